// The system's clock and the manual one: waits, and how they end. Random numbers of the system and from a seed.
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/testing/manual_clock.hpp>
#include <stocktracker/testing/seeded_random.hpp>

#include <thread>

#include "tests/support/catch.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

TEST_CASE("the system's clock waits, and stops waiting when asked") {
  auto clock = st::make_system_clock();
  const auto start = clock->now();
  REQUIRE(clock->wait_until(start + 20ms, {}));
  CHECK(clock->now() >= start + 20ms);
  CHECK(clock->wait_until(start, {}));

  std::stop_source source;
  std::thread stopper([&] {
    std::this_thread::sleep_for(10ms);
    source.request_stop();
  });
  const auto waited = clock->wait_until(clock->now() + 1h, source.get_token());
  stopper.join();
  CHECK(waited.error().errc() == st::Errc::cancelled);
}

TEST_CASE("a lone waiter makes virtual time jump") {
  st::testing::ManualClock clock(st::Instant::from_seconds(0));
  REQUIRE(clock.wait_until(st::Instant::from_seconds(3600), {}));
  CHECK(clock.now() == st::Instant::from_seconds(3600));
  clock.advance_to(st::Instant::from_seconds(10));
  CHECK(clock.now() == st::Instant::from_seconds(3600));
  clock.step_back(1s);
  CHECK(clock.now() == st::Instant::from_seconds(3599));
}

TEST_CASE("virtual time moves when all who take part wait, to the earliest") {
  st::testing::ManualClock clock(st::Instant::from_seconds(0));
  clock.set_participants(2);
  st::Instant seen_by_late;
  std::thread late([&] {
    REQUIRE(clock.wait_until(st::Instant::from_seconds(20), {}));
    seen_by_late = clock.now();
    clock.set_participants(1);
  });
  REQUIRE(clock.wait_until(st::Instant::from_seconds(10), {}));
  CHECK(clock.now() == st::Instant::from_seconds(10));
  REQUIRE(clock.wait_until(st::Instant::from_seconds(30), {}));
  late.join();
  CHECK(seen_by_late >= st::Instant::from_seconds(20));
  CHECK(clock.now() == st::Instant::from_seconds(30));
}

TEST_CASE("seeded numbers repeat, the system's do not") {
  st::testing::SeededRandom a(7);
  st::testing::SeededRandom b(7);
  CHECK(a.next() == b.next());
  auto random = st::make_system_random();
  const auto now = st::Instant::from_seconds(1);
  CHECK(random->make_id<st::RunId>(now) != random->make_id<st::RunId>(now));
}
