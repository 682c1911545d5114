// The clock suite itself: a clock that keeps the contract, and the same with one fault planted, each of which the suite
// must find.
#include <stocktracker/testing/clock_contract.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/catch.hpp"
#include "tests/support/found_check.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

enum class Planted {
  nothing,
  other_beginning,    // counts from the start of the machine
  goes_back,          // now and then a millisecond
  returns_at_once,    // no wait at all
  wakes_early,        // what is near is taken for reached
  wakes_late,         // a quarter of a second after it
  waits_for_past,     // a second for what has passed
  past_is_error,      // a deadline that has passed is refused
  stop_unseen_first,  // a stop request that was there before is not looked at
  stop_unseen,        // nor one that is made meanwhile
  stop_seen_late,     // or only at the next tick of 1.5 s
  stop_is_success,    // the wait ends as if its instant were reached
  stop_is_timeout,    // an error of another kind
  stop_ends_all,      // the waits of other tokens, too
};

class Watch final : public st::Clock {
 public:
  explicit Watch(Planted planted) : planted_(planted) {}

  [[nodiscard]] st::Instant now() const override {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    auto micros = std::chrono::duration_cast<st::Duration>(since).count();
    if (planted_ == Planted::other_beginning) {
      micros = std::chrono::duration_cast<st::Duration>(std::chrono::steady_clock::now().time_since_epoch()).count();
    }
    if (planted_ == Planted::goes_back && ++reads_ % 7 == 0) micros -= 1'000;
    return st::Instant::from_micros(micros);
  }

  [[nodiscard]] st::Result<void> wait_until(st::Instant at, std::stop_token stop) override {
    if (stop.stop_requested() && planted_ != Planted::stop_unseen_first) return st::Errc::cancelled;
    if (planted_ == Planted::returns_at_once) return st::success();
    if (planted_ == Planted::past_is_error && at < now()) return st::Errc::deadline_exceeded;
    if (planted_ == Planted::waits_for_past && at <= now()) at = now() + 1100ms;
    if (planted_ == Planted::wakes_early) at = at - 50ms;
    if (planted_ == Planted::wakes_late && at > now()) at = at + 250ms;
    if (planted_ == Planted::stop_unseen_first && stop.stop_requested()) stop = {};
    if (planted_ == Planted::stop_unseen) stop = {};
    if (planted_ == Planted::stop_seen_late) return ticks(at, stop);
    std::unique_lock lock(mutex_);
    const int generation = stops_;
    const std::stop_callback on_stop(stop, [&] {
      if (planted_ == Planted::stop_ends_all) ++stops_;
    });
    while (now() < at) {
      if (stop.stop_requested()) {
        if (planted_ == Planted::stop_is_success) return st::success();
        if (planted_ == Planted::stop_is_timeout) return st::Errc::deadline_exceeded;
        return st::Errc::cancelled;
      }
      if (stops_ != generation) return st::Errc::cancelled;
      moved_.wait_for(lock, 1ms);
    }
    return st::success();
  }

 private:
  st::Result<void> ticks(st::Instant at, const std::stop_token& stop) const {
    while (now() < at) {
      std::this_thread::sleep_for(std::min<st::Duration>(at - now(), 1500ms));
      if (stop.stop_requested()) return st::Errc::cancelled;
    }
    return st::success();
  }

  const Planted planted_;
  mutable std::atomic<int> reads_ = 0;
  std::mutex mutex_;
  std::condition_variable moved_;
  std::atomic<int> stops_ = 0;
};

}  // namespace

TEST_CASE("a clock that keeps the contract passes the clock suite") {
  FoundCheck check;
  st::testing::clock_contract(std::make_shared<Watch>(Planted::nothing), check);
  CHECK(check.text().empty());
  CHECK(check.expectations() >= 15);
}

TEST_CASE("each planted fault of a clock is found by the case that is about it") {
  struct Case {
    Case(Planted fault, const char* words) : planted(fault), found(words) {}
    Planted planted;
    const char* found;
    FoundCheck check{};
  };
  std::deque<Case> cases;
  for (const auto& [planted, found] : {
           std::pair{Planted::other_beginning, "now is after 2020"},
           std::pair{Planted::goes_back, "now does not go back by itself"},
           std::pair{Planted::returns_at_once, "the instant is reached when the wait is over"},
           std::pair{Planted::wakes_early, "the instant is reached when the wait is over"},
           std::pair{Planted::wakes_late, "and the wait ends soon after it"},
           std::pair{Planted::waits_for_past, "what has passed is not waited for"},
           std::pair{Planted::past_is_error, "a wait for the past"},
           std::pair{Planted::stop_unseen_first, "who is cancelled already does not wait: a wait for the past"},
           std::pair{Planted::stop_unseen_first, "who is cancelled already does not wait: a wait for the future"},
           std::pair{Planted::stop_unseen, "a wait that is cancelled ends at once: within a second"},
           std::pair{Planted::stop_seen_late, "a wait that is cancelled ends at once: within a second"},
           std::pair{Planted::stop_is_success, "a wait that is cancelled ends at once: the wait"},
           std::pair{Planted::stop_is_timeout, "a wait that is cancelled ends at once: the wait"},
           std::pair{Planted::stop_ends_all, "a stop request ends the waits of its own token alone: the other wait"},
       }) {
    cases.emplace_back(planted, found);
  }
  // Side by side: some wait for seconds.
  std::vector<std::thread> threads;
  for (Case& one : cases) {
    threads.emplace_back([&] { st::testing::clock_contract(std::make_shared<Watch>(one.planted), one.check); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Case& one : cases) {
    CAPTURE(static_cast<int>(one.planted), one.found);
    INFO(one.check.text());
    CHECK(one.check.has(one.found));
  }
}
