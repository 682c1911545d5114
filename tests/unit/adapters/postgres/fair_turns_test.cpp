// Who gets the next connection. No server is needed for that.
#include "adapters/postgres/fair_turns.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/support/catch.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;
using st::postgres::Turns;

namespace {

const st::TenantId kAnna(st::Uuid::v7(st::Instant::from_seconds(10), 1, 1));
const st::TenantId kBoris(st::Uuid::v7(st::Instant::from_seconds(11), 1, 1));
const st::TenantId kVera(st::Uuid::v7(st::Instant::from_seconds(12), 1, 1));

const auto now = [] { return st::Instant::from_seconds(1'795'300'000); };

// A thread that waits for a place and then keeps it until the test takes it away.
class Waiting {
 public:
  Waiting(Turns& turns, const st::TenantId& tenant, st::CallContext context = {})
      : thread_([this, &turns, tenant, context] {
          result_ = turns.enter(tenant, context, now);
          entered_ = result_.has_value();
          done_ = true;
        }) {
    std::this_thread::sleep_for(2ms);  // it stands in line before the next one
  }
  ~Waiting() { thread_.join(); }
  [[nodiscard]] bool entered_soon() const {
    for (int n = 0; n < 400 && !done_; ++n) std::this_thread::sleep_for(5ms);
    return entered_;
  }
  [[nodiscard]] bool waits() const {
    std::this_thread::sleep_for(30ms);
    return !done_;
  }
  [[nodiscard]] const st::Result<void>& result() const { return result_; }

 private:
  std::atomic<bool> entered_ = false;
  std::atomic<bool> done_ = false;
  st::Result<void> result_ = st::success();
  std::thread thread_;
};

}  // namespace

TEST_CASE("one tenant never holds every place, however many of its calls wait") {
  Turns turns(4, 30s);
  for (int n = 0; n < 3; ++n) REQUIRE(turns.enter(kAnna, {}, now));
  const Waiting fourth(turns, kAnna);
  CHECK(fourth.waits());
  CHECK(turns.enter(kBoris, {}, now));  // at once: the last place is not hers
  turns.leave(kAnna);
  CHECK(fourth.entered_soon());
}

TEST_CASE("of two places or one each tenant has one") {
  Turns two(2, 30s);
  REQUIRE(two.enter(kAnna, {}, now));
  CHECK(two.enter(kBoris, {}, now));
  Turns one(1, 30s);
  REQUIRE(one.enter(kAnna, {}, now));
  const Waiting next(one, kBoris);
  CHECK(next.waits());
  one.leave(kAnna);
  CHECK(next.entered_soon());
}

TEST_CASE("a tenant behind two that crowd every place waits for one of their transactions") {
  Turns turns(4, 30s);
  for (int n = 0; n < 3; ++n) REQUIRE(turns.enter(kAnna, {}, now));
  REQUIRE(turns.enter(kVera, {}, now));
  Waiting anna(turns, kAnna);
  Waiting vera(turns, kVera);
  const Waiting boris(turns, kBoris);
  CHECK(boris.waits());
  turns.leave(kAnna);
  CHECK(boris.entered_soon());
  CHECK(anna.waits());
  CHECK(vera.waits());
  for (const auto& tenant : {kAnna, kAnna}) turns.leave(tenant);
  CHECK(anna.entered_soon());
  CHECK(vera.entered_soon());
}

TEST_CASE("two hundred calls of one tenant take turns with three of another") {
  Turns turns(1, 30s);
  REQUIRE(turns.enter(kVera, {}, now));
  std::mutex mutex;
  std::vector<st::TenantId> order;
  std::atomic<int> standing = 0;
  std::vector<std::thread> threads;
  const auto stand = [&](const st::TenantId& tenant) {
    threads.emplace_back([&, tenant] {
      ++standing;
      if (!turns.enter(tenant, {}, now)) return;
      {
        const std::lock_guard lock(mutex);
        order.push_back(tenant);
      }
      turns.leave(tenant);
    });
  };
  for (int n = 0; n < 200; ++n) stand(kAnna);
  for (int n = 0; n < 3; ++n) stand(kBoris);
  while (standing < 203) std::this_thread::sleep_for(1ms);
  std::this_thread::sleep_for(100ms);
  turns.leave(kVera);
  for (std::thread& thread : threads) thread.join();
  REQUIRE(order.size() == 203);
  // Whichever of them stood first.
  CHECK(std::count(order.begin(), order.begin() + 2, kBoris) == 1);
  CHECK(std::count(order.begin(), order.begin() + 6, kBoris) == 3);
}

TEST_CASE("a call that gets no place in time is refused with the numbers and a remedy; a stopped one leaves the line") {
  Turns turns(1, 150ms);
  REQUIRE(turns.enter(kAnna, {}, now));
  const auto before = std::chrono::steady_clock::now();
  const auto late = turns.enter(kBoris, {}, now);
  CHECK(std::chrono::steady_clock::now() - before >= 150ms);
  REQUIRE_FALSE(late);
  CHECK(late.error().errc() == st::Errc::overloaded);
  CHECK(late.error().retryable());
  CHECK(late.error().message().find("1 of 1 are in use, 0 of them by this tenant") != std::string::npos);
  CHECK(late.error().message().find("PostgresOptions::connections") != std::string::npos);
  std::stop_source source;
  source.request_stop();
  CHECK(turns.enter(kBoris, {.stop = source.get_token()}, now).error().errc() == st::Errc::cancelled);
  CHECK(turns.enter(kBoris, {.deadline = now()}, now).error().errc() == st::Errc::deadline_exceeded);
  turns.leave(kAnna);
  CHECK(turns.enter(kBoris, {}, now));
}

TEST_CASE("a server without room for more serves with what there is, for a second") {
  Turns turns(8, 5s);
  REQUIRE(turns.enter(kAnna, {}, now));
  REQUIRE(turns.enter(kBoris, {}, now));
  turns.narrow(2);
  const Waiting third(turns, kVera);
  CHECK(third.waits());
  const auto before = std::chrono::steady_clock::now();
  CHECK(third.entered_soon());
  CHECK(std::chrono::steady_clock::now() - before > 500ms);
}
