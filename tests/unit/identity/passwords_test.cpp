// Passwords on the cpu lane: what may be set, turns, deadlines, the time of an unknown user.
#include <stocktracker/adapters/bcrypt.hpp>
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/identity/passwords.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/support/catch.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<st::PasswordHasher> bcrypt(int cost) {
  return st::make_bcrypt({.cost = cost, .allow_low_cost = true}).value();
}

std::shared_ptr<st::Executor> pool(unsigned cpu_threads) {
  return st::make_thread_pool({.cpu_threads = cpu_threads}).value();
}

st::Passwords quick(const st::PasswordOptions& options = {}) {
  return st::Passwords::of(bcrypt(4), pool(2), st::make_system_clock(), options).value();
}

// Holds its callers until it is opened, and counts them.
class Gate final : public st::PasswordHasher {
 public:
  st::Result<std::string> hash(const st::Secret&) const override {
    if (is_made_.exchange(true)) pass();
    return std::string("stored");
  }
  st::Result<bool> verify(const st::Secret& password, std::string_view stored) const override {
    pass();
    return password.reveal() == stored;
  }
  bool is_outdated(std::string_view) const noexcept override { return false; }

  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  // False if there are never so many within the time.
  [[nodiscard]] bool wait_for(int inside, std::chrono::milliseconds most = 60s) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, most, [&] { return inside_ >= inside; });
  }
  [[nodiscard]] int most() const {
    const std::lock_guard lock(mutex_);
    return most_;
  }

 private:
  void pass() const {
    std::unique_lock lock(mutex_);
    most_ = std::max(most_, ++inside_);
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
    --inside_;
  }

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable std::atomic<bool> is_made_ = false;
  mutable int inside_ = 0;
  mutable int most_ = 0;
  bool open_ = false;
};

class Throwing final : public st::PasswordHasher {
 public:
  st::Result<std::string> hash(const st::Secret&) const override { return std::string("stored"); }
  st::Result<bool> verify(const st::Secret&, std::string_view) const override { throw std::runtime_error("no salt"); }
  bool is_outdated(std::string_view) const noexcept override { return false; }
};

}  // namespace

TEST_CASE("a password that was set is right, and every other one is wrong") {
  const st::Passwords passwords = quick();
  const st::Secret chosen("correct horse");
  const std::string stored = passwords.hash(chosen).value();
  CHECK(passwords.verify(chosen, stored).value().right);
  CHECK_FALSE(passwords.verify(chosen, stored).value().outdated);
  CHECK_FALSE(passwords.verify(st::Secret("Correct horse"), stored).value().right);
  CHECK_FALSE(passwords.verify(st::Secret(), stored).value().right);
  CHECK(passwords.verify(chosen, "no stored text").error().errc() == st::Errc::invalid_text);
}

TEST_CASE("a user that does not exist has no right password, not even the one that is hashed for the time") {
  const st::Passwords passwords = quick();
  for (const char* guess : {"", "nobody's password", "correct horse"}) {
    CHECK_FALSE(passwords.verify(st::Secret::copy_of(guess), std::nullopt).value().right);
  }
}

TEST_CASE("a password that is stored with another cost is outdated once it is right") {
  const std::string stored = bcrypt(5)->hash(st::Secret("correct horse")).value();
  const st::Passwords passwords = quick();
  const auto check = passwords.verify(st::Secret("correct horse"), stored).value();
  CHECK((check.right && check.outdated));
  CHECK_FALSE(passwords.verify(st::Secret("wrong horse"), stored).value().outdated);
}

TEST_CASE("short and common passwords cannot be set, and those that were still sign in") {
  const auto common = std::make_shared<const st::CommonPasswords>(std::vector<std::string>{"qwertyuiop"});
  const st::Passwords passwords = quick({.shortest = 10, .refused = common});
  const auto refused = [&](std::string_view text) {
    const auto answer = passwords.hash(st::Secret::copy_of(text));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().errc() == st::Errc::invalid_argument);
    CHECK(answer.error().details().field == "password");
    if (!text.empty()) CHECK(answer.error().message().find(text) == std::string::npos);
  };
  refused("");
  refused("123456789");
  refused("QwertyUiop");
  refused(std::string(73, 'a'));
  refused(std::string_view("a zero byte\0 in it", 18));
  CHECK(passwords.hash(st::Secret("1234567890")));
  const std::string stored = bcrypt(4)->hash(st::Secret("qwertyuiop")).value();
  CHECK(passwords.verify(st::Secret("qwertyuiop"), stored).value().right);
}

TEST_CASE("options and seams that make no sense are refused, and the field is named") {
  const auto field = [](st::PasswordOptions options) {
    return st::Passwords::of(bcrypt(4), pool(1), st::make_system_clock(), options).error().message();
  };
  CHECK(field({.shortest = 7}).find("shortest") != std::string::npos);
  CHECK(field({.shortest = 73}).find("shortest") != std::string::npos);
  CHECK(field({.most_waiting = 10'001}).find("most_waiting") != std::string::npos);
  CHECK(st::Passwords::of(nullptr, pool(1), st::make_system_clock()).error().details().field == "hasher");
  CHECK(st::Passwords::of(bcrypt(4), nullptr, st::make_system_clock()).error().details().field == "executor");
  CHECK(st::Passwords::of(bcrypt(4), pool(1), nullptr).error().details().field == "clock");
}

TEST_CASE("at most half of the cpu lane checks passwords, and other work goes on beside them") {
  const auto gate = std::make_shared<Gate>();
  const auto executor = pool(4);
  const auto passwords = st::Passwords::of(gate, executor, st::make_system_clock()).value();
  std::atomic<int> right = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 10; ++i) {
    callers.emplace_back([&] { right += passwords.verify(st::Secret("a"), "a").value().right ? 1 : 0; });
  }
  REQUIRE(gate->wait_for(2));
  CHECK_FALSE(gate->wait_for(3, 300ms));
  std::atomic<int> others = 0;
  CHECK(st::parallel(*executor, st::Lane::cpu, 20, [&](std::size_t) -> st::Result<void> {
    ++others;
    return st::success();
  }));
  CHECK(others == 20);
  CHECK(gate->most() == 2);
  gate->open();
  for (std::thread& caller : callers) caller.join();
  CHECK(right == 10);
  CHECK(gate->most() == 2);
}

TEST_CASE("a lane of one thread still checks passwords") {
  const auto passwords = st::Passwords::of(bcrypt(4), pool(1), st::make_system_clock()).value();
  CHECK(
      passwords.verify(st::Secret("correct horse"), passwords.hash(st::Secret("correct horse")).value()).value().right);
}

TEST_CASE("who waits too long or is stopped leaves, and the others get their turn") {
  const auto gate = std::make_shared<Gate>();
  const auto passwords = st::Passwords::of(gate, pool(2), st::make_system_clock(), {.most_waiting = 1}).value();
  std::atomic<bool> first = false;
  std::thread working([&] { first = passwords.verify(st::Secret("a"), "a").value().right; });
  REQUIRE(gate->wait_for(1));

  for (int i = 0; i < 3; ++i) {
    CHECK(passwords.verify(st::Secret("a"), "a", {.timeout = 30ms}).error().errc() == st::Errc::deadline_exceeded);
  }
  std::stop_source stop;
  st::Result<st::PasswordCheck> stopped = st::PasswordCheck{};
  // One may wait. It takes the place again when one of the calls below had it.
  std::thread waiting([&] {
    do {
      stopped = passwords.verify(st::Secret("a"), "a", {.stop = stop.get_token()});
    } while (!stopped && stopped.error().errc() == st::Errc::overloaded);
  });
  st::Errc refused = st::Errc::internal;
  while (refused != st::Errc::overloaded) {
    refused = passwords.verify(st::Secret("a"), "a", {.timeout = 10ms}).error().errc();
  }
  stop.request_stop();
  waiting.join();
  CHECK(stopped.error().errc() == st::Errc::cancelled);
  gate->open();
  working.join();
  CHECK(first);
  CHECK(passwords.verify(st::Secret("a"), "a").value().right);
}

TEST_CASE("who leaves while the password is being checked does not free the thread before its time") {
  const auto gate = std::make_shared<Gate>();
  const auto passwords = st::Passwords::of(gate, pool(2), st::make_system_clock()).value();
  CHECK(passwords.verify(st::Secret("a"), "a", {.timeout = 30ms}).error().errc() == st::Errc::deadline_exceeded);
  CHECK(passwords.verify(st::Secret("a"), "a", {.timeout = 30ms}).error().errc() == st::Errc::deadline_exceeded);
  CHECK(gate->most() == 1);
  gate->open();
  CHECK(passwords.verify(st::Secret("a"), "a", {.timeout = 10s}).value().right);
}

TEST_CASE("a lane that takes nothing more, and a hasher that throws, leave no turn taken") {
  const auto executor = pool(1);
  const auto passwords = st::Passwords::of(std::make_shared<Throwing>(), executor, st::make_system_clock()).value();
  for (int i = 0; i < 3; ++i) {
    const auto answer = passwords.verify(st::Secret("a"), "a", {.timeout = 10s});
    CHECK(answer.error().errc() == st::Errc::internal);
    CHECK(answer.error().message().find("no salt") != std::string::npos);
  }
  executor->close();
  for (int i = 0; i < 3; ++i) {
    CHECK(passwords.verify(st::Secret("a"), "a", {.timeout = 10s}).error().errc() == st::Errc::overloaded);
  }
}

// Interleaved, so that a busy machine slows down both. Medians of the two differ by less than a tenth, and their ranges
// overlap: a guess cannot be told from one sign-in.
TEST_CASE("an unknown user takes as long as a known one", "[time]") {
  const auto passwords = st::Passwords::of(bcrypt(8), pool(2), st::make_system_clock()).value();
  const std::string stored = passwords.hash(st::Secret("correct horse")).value();
  std::vector<std::int64_t> known;
  std::vector<std::int64_t> unknown;
  const auto timed = [&](std::optional<std::string_view> text) {
    const auto begin = std::chrono::steady_clock::now();
    CHECK_FALSE(passwords.verify(st::Secret("wrong horse"), text).value().right);
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin).count();
  };
  for (int i = 0; i < 31; ++i) {
    known.push_back(timed(stored));
    unknown.push_back(timed(std::nullopt));
  }
  std::sort(known.begin(), known.end());
  std::sort(unknown.begin(), unknown.end());
  CAPTURE(known, unknown);
  const std::int64_t median = known[15];
  CHECK(std::abs(unknown[15] - median) * 5 < median);
  CHECK(known.front() < unknown[15]);
  CHECK(unknown.front() < known[15]);
}
