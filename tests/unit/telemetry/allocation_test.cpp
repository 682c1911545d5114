// Counts what the program allocates: a measurement into a series that exists must not.
#include <stocktracker/adapters/telemetry_export.hpp>
#include <stocktracker/testing/manual_clock.hpp>

#include <array>

#include "tests/support/allocations.hpp"
#include "tests/support/catch.hpp"

namespace st = stocktracker;

TEST_CASE("a measurement into a series that exists allocates nothing") {
  const auto exporter =
      st::make_telemetry_export({.clock = std::make_shared<st::testing::ManualClock>(), .most_series = 3}).value();
  constexpr std::array<st::MetricLabel, 3> kLabels{
      {{"vendor", "wildberries"}, {"operation", "wildberries.seller_stock"}, {"outcome", "2xx"}}};
  constexpr std::array<st::MetricLabel, 1> kOther{
      {{"operation", "an operation that is not kept as a series of its own"}}};
  const auto measure = [&] {
    exporter->count("stocktracker_http_exchanges_total", 1, kLabels);
    exporter->observe("stocktracker_http_exchange_duration_seconds", st::Duration(12'345), std::span(kLabels).first(2));
    exporter->count("own_total", 1, {});
    exporter->count("own_total", 1, kOther);  // added up in the series of what is beyond the limit
  };
  measure();
  const std::int64_t before = allocations;
  const auto unused = std::make_unique<int>(1);
  REQUIRE(allocations == before + 1);  // they are counted
  for (int i = 0; i < 10'000; ++i) measure();
  CHECK(allocations == before + 1);
}
