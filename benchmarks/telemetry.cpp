// A measurement of the library into the exporter that keeps it, among as many series as a service has.
#include <benchmark/benchmark.h>

#include <array>
#include <string>

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/telemetry_export.hpp>
#include <stocktracker/ports/metric_table.hpp>

namespace {

namespace st = stocktracker;

constexpr const char* kCounter = "stocktracker_http_exchanges_total";
constexpr const char* kHistogram = "stocktracker_http_exchange_duration_seconds";

// The series that is measured, and a thousand others.
std::shared_ptr<st::TelemetryExport> filled(std::span<const st::MetricLabel> labels) {
  auto exporter = st::make_telemetry_export({.clock = st::make_system_clock()}).value();
  for (const st::MetricInfo& info : st::kMetricTable) {
    for (int n = 0; n < 40; ++n) {
      const std::string operation = "ozon.operation_" + std::to_string(n);
      const std::array<st::MetricLabel, 2> others{{{"vendor", "ozon"}, {"operation", operation}}};
      info.kind == st::MetricKind::counter ? exporter->count(info.name, 1, others)
                                           : exporter->observe(info.name, st::Duration(1), others);
    }
  }
  exporter->count(kCounter, 1, labels);
  exporter->observe(kHistogram, st::Duration(1), labels.first(2));
  return exporter;
}

constexpr std::array<st::MetricLabel, 3> kLabels{
    {{"vendor", "wildberries"}, {"operation", "wildberries.seller_stock"}, {"outcome", "2xx"}}};

void telemetry_count(benchmark::State& state) {
  const auto exporter = filled(kLabels);
  for (auto _ : state) exporter->count(kCounter, 1, kLabels);
}
BENCHMARK(telemetry_count);

void telemetry_observe(benchmark::State& state) {
  const auto exporter = filled(kLabels);
  const auto labels = std::span(kLabels).first(2);
  for (auto _ : state) exporter->observe(kHistogram, st::Duration(12'345), labels);
}
BENCHMARK(telemetry_observe);

}  // namespace
