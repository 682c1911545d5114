// TelemetryExport: histograms, escaping, limits of memory, and what both formats look like to the byte.
#include <stocktracker/adapters/telemetry_export.hpp>
#include <stocktracker/testing/manual_clock.hpp>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <vector>

#include "tests/support/catch.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

struct Exported {
  explicit Exported(st::TelemetryExportOptions options = {}) {
    options.clock = clock;
    exporter = st::make_telemetry_export(std::move(options)).value();
  }
  void count(std::string_view metric, std::int64_t by, std::vector<st::MetricLabel> labels = {}) const {
    exporter->count(metric, by, labels);
  }
  void observe(std::string_view metric, st::Duration value, std::vector<st::MetricLabel> labels = {}) const {
    exporter->observe(metric, value, labels);
  }
  [[nodiscard]] bool shows(const std::string& line) const {
    return ("\n" + exporter->prometheus_text()).find("\n" + line + "\n") != std::string::npos;
  }

  std::shared_ptr<st::testing::ManualClock> clock = std::make_shared<st::testing::ManualClock>();
  std::shared_ptr<st::TelemetryExport> exporter;
};

// STK_GOLDEN=write writes anew.
void check_golden(const std::string& name, const std::string& text) {
  const std::string path = "tests/telemetry/golden/" + name;
  if (const char* const mode = std::getenv("STK_GOLDEN"); mode && std::string_view(mode) == "write") {
    std::ofstream(path, std::ios::binary) << text;
  }
  std::ostringstream known;
  known << std::ifstream(path, std::ios::binary).rdbuf();
  CHECK(text == known.str());
}

}  // namespace

TEST_CASE("a histogram is cumulative, its bounds are inclusive, and its sum is exact") {
  const Exported exported;
  const std::string name = "stocktracker_event_relay_delay_seconds";
  exported.observe(name, 100ms);
  exported.observe(name, 100ms + 1us);
  exported.observe(name, 2h);
  exported.observe(name, -1s);  // counts as 0
  CHECK(exported.shows(name + "_bucket{le=\"0.1\"} 2"));
  CHECK(exported.shows(name + "_bucket{le=\"1\"} 3"));
  CHECK(exported.shows(name + "_bucket{le=\"3600\"} 3"));
  CHECK(exported.shows(name + "_bucket{le=\"+Inf\"} 4"));
  CHECK(exported.shows(name + "_sum 7200.200001"));
  CHECK(exported.shows(name + "_count 4"));
  CHECK(exported.shows("# TYPE " + name + " histogram"));
}

TEST_CASE("the sum of many small durations carries into seconds") {
  const Exported exported;
  for (int i = 0; i < 5; ++i) exported.observe("y_seconds", 600ms);
  CHECK(exported.shows("y_seconds_sum 3"));
}

TEST_CASE("names and labels that nobody could parse are mended, and values are escaped") {
  const Exported exported;
  exported.count("my shop.calls", 2, {{"first-name", "a\"b\\c"}, {"le", "1"}, {"__x", "1"}, {"first-name", "again"}});
  CHECK(exported.shows("my_shop_calls{first_name=\"a\\\"b\\\\c\"} 2"));
  exported.count("9", 1, {{"", "two\nlines \xFF"}});
  CHECK(exported.shows("_9{_=\"two lines ?\"} 1"));
  exported.count("9", 1, {{"", "two lines ?"}});  // the same series: a page must not have it twice
  CHECK(exported.shows("_9{_=\"two lines ?\"} 2"));
  exported.count("9", -5, {{"", "two lines ?"}});  // a counter never falls
  CHECK(exported.shows("_9{_=\"two lines ?\"} 2"));
}

TEST_CASE("one name has one kind: what does not fit is dropped and counted") {
  const Exported exported;
  exported.count("x_total", 1);
  exported.observe("x_total", 1s);
  exported.observe("stocktracker_export_dropped_total", 1s);
  CHECK(exported.shows("x_total 1"));
  CHECK(exported.shows("stocktracker_export_dropped_total{item=\"series\"} 2"));
}

TEST_CASE("series beyond the limit are added up in one") {
  const Exported exported({.most_series = 2});
  for (const char* shop : {"a", "b", "c", "d", "a"}) exported.count("x_total", 1, {{"shop", shop}});
  CHECK(exported.shows("x_total{shop=\"a\"} 2"));
  CHECK(exported.shows("x_total{shop=\"b\"} 1"));
  CHECK(exported.shows("x_total{overflow=\"true\"} 2"));
  CHECK(exported.shows("stocktracker_export_dropped_total{item=\"series\"} 2"));
}

TEST_CASE("log records are taken once; of too many the oldest are dropped; below the least severity none is kept") {
  const Exported exported({.most_log_records = 2});
  CHECK(exported.exporter->take_otlp_logs().empty());
  exported.exporter->log({st::Severity::debug, "quiet", "not kept"});
  for (const char* name : {"one", "two", "three"}) exported.exporter->log({st::Severity::error, name, "text"});
  const std::string logs = exported.exporter->take_otlp_logs();
  CHECK(logs.find("\"one\"") == std::string::npos);
  CHECK(logs.find("\"eventName\":\"two\"") < logs.find("\"eventName\":\"three\""));
  CHECK(logs.find("quiet") == std::string::npos);
  CHECK(exported.exporter->take_otlp_logs().empty());
  CHECK(exported.shows("stocktracker_export_dropped_total{item=\"log_record\"} 1"));
}

TEST_CASE("the next telemetry receives everything, also what is not kept") {
  struct Counter final : st::Telemetry {
    void log(const st::LogEvent&) override { ++calls; }
    void count(std::string_view, std::int64_t, std::span<const st::MetricLabel>) override { ++calls; }
    void observe(std::string_view, st::Duration, std::span<const st::MetricLabel>) override { ++calls; }
    int calls = 0;
  };
  const auto next = std::make_shared<Counter>();
  const Exported exported({.next = next, .most_series = 0});
  exported.exporter->log({st::Severity::debug, "quiet", "not kept"});
  exported.count("x_total", 1);
  exported.observe("y_seconds", 1s);
  CHECK(next->calls == 3);
}

TEST_CASE("options without a clock or a service are refused") {
  CHECK_FALSE(st::make_telemetry_export({}));
  CHECK_FALSE(st::make_telemetry_export({.clock = std::make_shared<st::testing::ManualClock>(), .service = ""}));
}

TEST_CASE("both formats are what they were, to the byte") {
  const Exported exported({.service = "shop", .instance = "shop-1"});
  exported.count("stocktracker_sync_runs_ended_total", 3, {{"vendor", "ozon"}, {"state", "ok"}});
  exported.count("stocktracker_sync_runs_ended_total", 1, {{"vendor", "wildberries"}, {"state", "partial"}});
  exported.observe("stocktracker_sync_run_duration_seconds", 2500ms, {{"vendor", "ozon"}});
  exported.observe("stocktracker_sync_run_duration_seconds", 90s, {{"vendor", "ozon"}});
  exported.count("own_pushes_total", 7, {{"shop", "\xD0\x9C\xD0\xB0\xD0\xBC\xD0\xB0"}});
  const std::vector<st::LogField> fields{{"tenant", "t"}, {"error", "the \"disk\" is full"}};
  exported.exporter->log({st::Severity::warning, "relay.failed", "events wait for the next relay", fields});
  exported.clock->advance(60s);
  check_golden("metrics.prom", exported.exporter->prometheus_text());
  check_golden("metrics.json", exported.exporter->otlp_metrics() + "\n");
  check_golden("logs.json", exported.exporter->take_otlp_logs() + "\n");
}
