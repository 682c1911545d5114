// TelemetryExport: histograms, escaping, limits of memory, and what both formats look like to the byte.
#include <stocktracker/adapters/telemetry_export.hpp>
#include <stocktracker/ports/metric_table.hpp>
#include <stocktracker/testing/manual_clock.hpp>

#include <cstdlib>
#include <fstream>
#include <random>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
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
  // Measurements that were dropped.
  [[nodiscard]] std::int64_t refused() const {
    const std::string page = exporter->prometheus_text();
    const std::string line = "\nstocktracker_export_dropped_total{item=\"measurement\"} ";
    const std::size_t at = page.find(line);
    return at == std::string::npos ? 0 : std::stoll(page.substr(at + line.size()));
  }

  std::shared_ptr<st::testing::ManualClock> clock = std::make_shared<st::testing::ManualClock>();
  std::shared_ptr<st::TelemetryExport> exporter;
};

// As Prometheus reads it: `metric{a="1"}` with names of its form, no name twice, and a name that belongs to the metric.
bool is_valid_series(const std::string& text, const std::string& metric) {
  static const std::regex kSeries(
      R"re(([a-zA-Z_][a-zA-Z0-9_]*)(\{[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*"(,[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*")*\})?)re");
  static const std::regex kName(R"re([{,]([a-zA-Z_][a-zA-Z0-9_]*)=")re");
  std::smatch parts;
  if (!std::regex_match(text, parts, kSeries)) return false;
  const std::string name = parts[1];
  if (name != metric && name != metric + "_bucket" && name != metric + "_sum" && name != metric + "_count")
    return false;
  std::set<std::string> names;
  for (auto at = std::sregex_iterator(text.begin(), text.end(), kName); at != std::sregex_iterator(); ++at) {
    const std::string label = (*at)[1];
    if (!names.insert(label).second || label.starts_with("__")) return false;
    if (label == "le" && name != metric + "_bucket") return false;
  }
  return true;
}

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
  CHECK(exported.refused() == 2);
}

TEST_CASE("labels are mended before they are compared: none is there twice, and none is reserved") {
  const Exported exported;
  exported.count("x_total", 1, {{"a-b", "1"}, {"a_b", "2"}, {"-_le", "3"}, {"_-x", "4"}, {"le", "5"}});
  CHECK(exported.shows("x_total{a_b=\"1\"} 1"));
  const std::string wide(200, 'n');
  exported.count("y_total", 1, {{wide + "1", "1"}, {wide + "2", "2"}});
  CHECK(exported.shows("y_total{" + std::string(127, 'n') + "=\"1\"} 1"));
}

TEST_CASE("labels in another order are the same series") {
  const Exported exported;
  exported.count("x_total", 1, {{"b", "1"}, {"a", "2"}});
  exported.count("x_total", 1, {{"a", "2"}, {"b", "1"}});
  CHECK(exported.shows("x_total{b=\"1\",a=\"2\"} 2"));
}

TEST_CASE("of more labels than are kept the last are left out, and values are cut") {
  const Exported exported;
  std::vector<std::string> names;
  for (int n = 0; n < 40; ++n) names.push_back("l" + std::to_string(n));
  std::vector<st::MetricLabel> labels;
  for (const std::string& name : names) labels.push_back({name, "v"});
  exported.count("x_total", 1, labels);
  CHECK(exported.exporter->prometheus_text().find("l15=\"v\"} 1") != std::string::npos);
  exported.count("y_total", 1, {{"a", std::string(1'000, 'v')}});
  CHECK(exported.shows("y_total{a=\"" + std::string(128, 'v') + "\"} 1"));
}

TEST_CASE("a metric that readers could take for another one is dropped and counted") {
  struct Pair {
    const char* first;
    bool first_counts;
    const char* second;
    bool second_counts;
  };
  for (const Pair& pair :
       {Pair{"lat", false, "lat_count", true}, Pair{"lat", false, "lat_sum", true},
        Pair{"lat", false, "lat_bucket", true}, Pair{"lat_count", true, "lat", false},
        Pair{"lat", false, "lat_seconds", false}, Pair{"lat_seconds_count", true, "lat", false},
        Pair{"x", true, "x_total", true}, Pair{"x_total", true, "x", false}, Pair{"lat_sum", false, "lat", false}}) {
    CAPTURE(pair.first, pair.second);
    const Exported exported;
    const auto measure = [&](const char* name, bool counts) {
      counts ? exported.count(name, 1) : exported.observe(name, 1s);
    };
    measure(pair.first, pair.first_counts);
    CHECK(exported.refused() == 0);
    measure(pair.second, pair.second_counts);
    measure(pair.second, pair.second_counts);
    measure(pair.first, pair.first_counts);
    CHECK(exported.refused() == 2);
    const std::string page = exported.exporter->prometheus_text();
    CHECK(page.find(std::string("# TYPE ") + pair.first + " ") != std::string::npos);
    CHECK(page.find(std::string("# TYPE ") + pair.second + " ") == std::string::npos);
    CHECK(exported.exporter->otlp_metrics().find("\"" + std::string(pair.second) + "\"") == std::string::npos);
  }
}

TEST_CASE("the metrics of the table have their names also if a program's metric comes first, and all fit together") {
  const Exported exported;
  exported.count("stocktracker_sync_runs_ended", 1);
  exported.count("stocktracker_sync_run_duration_seconds_count", 1);
  CHECK(exported.refused() == 2);
  for (const st::MetricInfo& info : st::kMetricTable) {
    info.kind == st::MetricKind::counter ? exported.count(info.name, 1) : exported.observe(info.name, 1s);
  }
  CHECK(exported.refused() == 2);
  std::set<std::string> seen;
  for (const st::MetricInfo& info : st::kMetricTable) {
    for (const char* suffix : {"", "_bucket", "_count", "_sum"}) {
      if (*suffix != 0 && info.kind == st::MetricKind::counter) continue;
      CHECK(seen.insert(std::string(info.name) + suffix).second);
    }
  }
}

TEST_CASE("a program has so many metrics of its own, with names of so many bytes; what is beyond is dropped") {
  const Exported exported({.most_own_metrics = 2});
  for (const char* name : {"a", "b", "c", "a", "d"}) exported.count(name, 1);
  CHECK(exported.shows("a 2"));
  CHECK(exported.refused() == 2);
  exported.count("stocktracker_sync_runs_ended_total", 1);
  CHECK(exported.refused() == 2);
  const Exported named;
  named.count(std::string(128, 'n'), 1);
  CHECK(named.refused() == 0);
  named.count(std::string(129, 'n'), 1);
  named.count(std::string(129, '-'), 1);
  CHECK(named.refused() == 2);
}

TEST_CASE("a count and a sum stop at the largest number, and what is above is counted as dropped") {
  const Exported exported;
  exported.count("x_total", INT64_MAX - 1);
  exported.count("x_total", 1);
  CHECK(exported.refused() == 0);
  exported.count("x_total", INT64_MAX);
  CHECK(exported.shows("x_total 9223372036854775807"));
  CHECK(exported.refused() == 1);
  exported.count("stocktracker_export_dropped_total", INT64_MAX, {{"item", "measurement"}});
  exported.count("x_total", 1);
  CHECK(exported.shows("stocktracker_export_dropped_total{item=\"measurement\"} 9223372036854775807"));
  const Exported sums;
  for (int i = 0; i < 1'000'010; ++i) sums.observe("y_seconds", st::Duration::max());
  CHECK(sums.refused() == 10);
  CHECK(sums.shows("y_seconds_count 1000000"));
}

TEST_CASE("texts of log events are cut between characters, and of many fields the last are left out") {
  const Exported exported;
  const std::string wide = std::string(1'023, 'x') + "\xD0\x9C";
  std::vector<std::string> names;
  for (int n = 0; n < 40; ++n) names.push_back("f" + std::to_string(n));
  std::vector<st::LogField> fields;
  for (const std::string& name : names) fields.push_back({name, wide});
  exported.exporter->log({st::Severity::error, std::string(5'000, 'e'), wide, fields});
  const std::string logs = exported.exporter->take_otlp_logs();
  CHECK(logs.find("\"eventName\":\"" + std::string(128, 'e') + "\"") != std::string::npos);
  CHECK(logs.find("\"body\":{\"stringValue\":\"" + std::string(1'023, 'x') + "\"") != std::string::npos);
  CHECK(logs.find("\"f15\"") != std::string::npos);
  CHECK(logs.find("\"f16\"") == std::string::npos);
  CHECK(logs.size() < 20'000);
}

TEST_CASE("series beyond the limit are added up in one") {
  const Exported exported({.most_series = 2});
  for (const char* shop : {"a", "b", "c", "d", "a"}) exported.count("x_total", 1, {{"shop", shop}});
  CHECK(exported.shows("x_total{shop=\"a\"} 2"));
  CHECK(exported.shows("x_total{shop=\"b\"} 1"));
  CHECK(exported.shows("x_total{overflow=\"true\"} 2"));
  CHECK(exported.shows("stocktracker_export_dropped_total{item=\"series\"} 2"));
  // The limit holds as well for a program that measures under the name of the exporter's own metric.
  for (const char* item : {"p", "q"}) exported.count("stocktracker_export_dropped_total", 1, {{"item", item}});
  CHECK(!exported.shows("stocktracker_export_dropped_total{item=\"q\"} 1"));
  CHECK(exported.shows("stocktracker_export_dropped_total{overflow=\"true\"} 2"));
  CHECK(exported.shows("stocktracker_export_dropped_total{item=\"series\"} 4"));
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

TEST_CASE(
    "a label without a value is one that is not there: readers add nothing up, and refuse a series that is there "
    "twice") {
  const Exported exported;
  exported.count("own_total", 1, {{"a", ""}});
  exported.count("own_total", 2, {});
  exported.count("own_total", 4, {{"a", ""}, {"b", "x"}});
  const std::string page = exported.exporter->prometheus_text();
  CHECK(page.find("\nown_total 3\nown_total{b=\"x\"} 4\n") != std::string::npos);
}

TEST_CASE("a clock that is set back, or was never set, gives no point that ends before its start") {
  for (const std::int64_t start : {1'700'000'000, 3'600, 0}) {
    CAPTURE(start);
    const auto clock = std::make_shared<st::testing::ManualClock>(st::Instant::from_seconds(start));
    const auto exporter = st::make_telemetry_export({.clock = clock}).value();
    exporter->count("own_total", 1, {});
    clock->step_back(1h);
    exporter->log({st::Severity::error, "x", "happened", {}});
    const std::string at = start == 0 ? "0" : std::to_string(start) + "000000000";
    const std::string times = R"("startTimeUnixNano":")" + at + R"(","timeUnixNano":")" + at + '"';
    CHECK(exporter->otlp_metrics().find(times) != std::string::npos);
    CHECK(exporter->take_otlp_logs().find("-") == std::string::npos);
  }
}

TEST_CASE("whatever is measured, a page has each series once, with valid names, under its own metric") {
  // Names that mending and endings make equal.
  std::vector<std::string> names;
  for (const char* base : {"a", "a-b", "a_b", "9", "", "le", "a_total", "stocktracker_ledger_entries"}) {
    for (const char* ending : {"", "_total", "_seconds", "_bucket", "_count", "_sum"})
      names.push_back(base + std::string(ending));
  }
  const std::vector<std::string> labels{"a", "b", "a-b", "a_b", "le", "-_x", "__x", "", "\xD0\x9C", "9", "_9"};
  const std::vector<std::string> values{"", "v", "two\nlines", "\"\\", "\x1E\x1F", "\xFF", std::string(300, 'w')};
  for (unsigned seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::minstd_rand random(seed);
    const auto any = [&](const std::vector<std::string>& of) -> const std::string& { return of[random() % of.size()]; };
    const Exported exported({.most_series = 200, .most_own_metrics = 20});
    for (int n = 0; n < 2'000; ++n) {
      std::vector<st::MetricLabel> with;
      for (unsigned i = random() % 4; i > 0; --i) with.push_back({any(labels), any(values)});
      random() % 2 == 0 ? exported.count(any(names), 1, with) : exported.observe(any(names), 1s, with);
    }
    std::istringstream page(exported.exporter->prometheus_text());
    std::set<std::string> series;
    std::set<std::string> metrics;
    std::string metric;
    bool good = true;
    for (std::string line; std::getline(page, line);) {
      if (line.starts_with("# HELP ")) continue;
      if (line.starts_with("# TYPE ")) {
        metric = line.substr(7, line.find(' ', 7) - 7);
        good = good && metrics.insert(metric).second;
        continue;
      }
      const std::string key = line.substr(0, line.rfind(' '));
      good = good && series.insert(key).second && is_valid_series(key, metric);
      if (!good) FAIL("not valid: " << line);
    }
    CHECK(series.size() > 100);
  }
}

TEST_CASE("a clock that throws ends neither a log event nor a page") {
  struct Thrown final : st::Clock {
    st::Instant now() const override { throw std::runtime_error("no time"); }
    st::Result<void> wait_until(st::Instant, std::stop_token) override { throw 1; }
  };
  const auto exporter = st::make_telemetry_export({.clock = std::make_shared<Thrown>(), .service = "s"}).value();
  exporter->log({st::Severity::error, "x", "happened", {}});
  exporter->count("own", 1, {});
  CHECK(exporter->prometheus_text().find("own") != std::string::npos);
  CHECK(exporter->otlp_metrics().find("own") != std::string::npos);
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
