// The suite of clocks.
#include <stocktracker/testing/clock_contract.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

namespace stocktracker::inline v0::testing {
namespace {

using namespace std::chrono_literals;
using Real = std::chrono::steady_clock;

constexpr auto kSoon = 1s;  // of the system's clock: a machine may be busy
// A clock that ignores stop requests fails after this, and does not hang.
constexpr auto kLong = 3s;
constexpr std::int64_t kYear2020 = 1'577'836'800;  // seconds

void time_passes(Clock& clock, Check& check) {
  check.begin("time passes, and is of this age");
  check.expect(clock.now() > Instant::from_seconds(kYear2020), "now is after 2020");
  Instant last = clock.now();
  bool back = false;
  for (int n = 0; n < 1'000; ++n) {
    const Instant now = clock.now();
    back = back || now < last;
    last = now;
  }
  check.expect(!back, "now does not go back by itself");
}

void waits(Clock& clock, Check& check) {
  check.begin("a wait ends when its instant is reached");
  // One wait in time is enough: a machine may be busy.
  bool in_time = false;
  for (int n = 0; n < 5; ++n) {
    const auto began = Real::now();
    const Instant at = clock.now() + 20ms;
    if (check.expect_ok(clock.wait_until(at, {}), "a wait of 20 ms")) {
      check.expect(clock.now() >= at, "the instant is reached when the wait is over");
    }
    in_time = in_time || Real::now() - began < 120ms;
  }
  check.expect(in_time, "and the wait ends soon after it");
  const auto began = Real::now();
  check.expect_ok(clock.wait_until(clock.now(), {}), "a wait for the present");
  check.expect_ok(clock.wait_until(clock.now() - 24h, {}), "a wait for the past");
  check.expect_ok(clock.wait_until(Instant::from_seconds(0), {}), "a wait for 1970");
  check.expect(Real::now() - began < kSoon, "what has passed is not waited for");
}

void cancelled_before(Clock& clock, Check& check) {
  check.begin("who is cancelled already does not wait");
  std::stop_source stop;
  stop.request_stop();
  const auto began = Real::now();
  check.expect_error(clock.wait_until(clock.now() + kLong, stop.get_token()), Errc::cancelled, "a wait for the future");
  check.expect_error(clock.wait_until(clock.now() - 1h, stop.get_token()), Errc::cancelled, "a wait for the past");
  check.expect(Real::now() - began < kSoon, "at once");
}

void cancelled_meanwhile(Clock& clock, Check& check) {
  check.begin("a wait that is cancelled ends at once");
  std::stop_source stop;
  const Instant at = clock.now() + kLong;
  std::atomic<bool> waiting = false;
  Result<void> ended = success();
  std::thread waiter([&] {
    waiting = true;
    ended = clock.wait_until(at, stop.get_token());
  });
  while (!waiting) std::this_thread::yield();
  std::this_thread::sleep_for(20ms);
  const auto began = Real::now();
  stop.request_stop();
  waiter.join();
  check.expect(Real::now() - began < kSoon, "within a second");
  // A clock that jumps when all threads wait may have arrived first.
  if (clock.now() < at) check.expect_error(ended, Errc::cancelled, "the wait");
}

void many_wait(Clock& clock, Check& check) {
  check.begin("many threads wait, each for its own instant");
  constexpr int kThreads = 8;
  const Instant start = clock.now();
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int n = 0; n < kThreads; ++n) {
    threads.emplace_back([&, n] {
      const Instant at = start + std::chrono::milliseconds(10 * (n % 4 + 1));
      if (clock.wait_until(at, {}) && clock.now() >= at) ++right;
    });
  }
  for (auto& thread : threads) thread.join();
  check.expect(right == kThreads, "all reach their instants");
}

void others_wait_on(Clock& clock, Check& check) {
  check.begin("a stop request ends the waits of its own token alone");
  std::stop_source stop;
  std::stop_source other;
  const Instant at = clock.now() + 300ms;
  Result<void> stopped = success();
  Result<void> waited = Errc::internal;
  bool reached = false;
  std::thread one([&] { stopped = clock.wait_until(clock.now() + kLong, stop.get_token()); });
  std::thread two([&] {
    waited = clock.wait_until(at, other.get_token());
    reached = clock.now() >= at;
  });
  std::this_thread::sleep_for(20ms);
  stop.request_stop();
  one.join();
  two.join();
  if (check.expect_ok(waited, "the other wait")) check.expect(reached, "lasts until its instant");
}

}  // namespace

void clock_contract(const std::shared_ptr<Clock>& clock, Check& check) {
  time_passes(*clock, check);
  waits(*clock, check);
  cancelled_before(*clock, check);
  cancelled_meanwhile(*clock, check);
  many_wait(*clock, check);
  others_wait_on(*clock, check);
}

}  // namespace stocktracker::inline v0::testing
