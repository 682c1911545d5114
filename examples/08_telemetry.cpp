// What an operator watches: a day with a marketplace that breaks down, as Prometheus text and as OpenTelemetry's JSON.
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/telemetry_export.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/stocktracker.hpp>
#include <stocktracker/testing/seeded_random.hpp>
#include <stocktracker/testing/world.hpp>

#include <cstdio>

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

// A log of your own behind the exporter: one line for each event that somebody should read.
class Lines final : public st::Telemetry {
 public:
  void log(const st::LogEvent& event) override {
    if (event.severity < st::Severity::info) return;
    std::fprintf(stderr, "%s %.*s: %.*s\n", to_string(event.severity), static_cast<int>(event.name.size()),
                 event.name.data(), static_cast<int>(event.message.size()), event.message.data());
  }
};

st::Result<void> run() {
  st::testing::World world({.seed = 42, .offers = 100});
  world.faults().at(3h, st::testing::answer_status(503, 40)).at(9h, st::testing::truncate_body(3, "wb-warehouses"));

  STK_TRY(auto exporter,
          st::make_telemetry_export({.clock = world.clock(), .next = std::make_shared<Lines>(), .service = "example"}));
  STK_TRY(auto engine, st::open({.path = ":memory:",
                                 .transport = world.transport(),
                                 .clock = world.clock(),
                                 .random = std::make_shared<st::testing::SeededRandom>(42),
                                 .executor = st::make_inline_executor(),
                                 .telemetry = exporter}));
  STK_TRY(auto account, engine.accounts().connect(st::wildberries::credentials(world.token(st::Channel::wildberries))));
  world.run_for(24h, st::testing::every(1h), [&] { (void)engine.sync().run(account.id); });  // the telemetry reports it

  // What GET /metrics answers to Prometheus.
  std::printf("%s\n", exporter->prometheus_text().c_str());
  // What a program sends, every minute or so, to http://collector:4318/v1/metrics and /v1/logs.
  std::printf("%s\n", exporter->otlp_metrics().c_str());
  std::printf("%s\n", exporter->take_otlp_logs().c_str());
  return st::success();
}

}  // namespace

int main() {
  const auto ran = run();
  if (!ran) std::fprintf(stderr, "%s\n", ran.error().text().c_str());
  return ran ? 0 : 1;
}
