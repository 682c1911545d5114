// The clock suite over the system's clock and the manual one.
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/testing/clock_contract.hpp>
#include <stocktracker/testing/manual_clock.hpp>

#include "tests/support/catch_check.hpp"

namespace st = stocktracker;

TEST_CASE("the system's clock keeps the clock contract") {
  CatchCheck check;
  st::testing::clock_contract(st::make_system_clock(), check);
  CHECK(check.expectations() >= 10);
}

TEST_CASE("the manual clock keeps the clock contract") {
  CatchCheck check;
  st::testing::clock_contract(std::make_shared<st::testing::ManualClock>(), check);
  CHECK(check.expectations() >= 10);
}
