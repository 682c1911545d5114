// The report task on remains, end to end: which time it speaks about.
#include <stocktracker/testing/world.hpp>

#include "tests/unit/adapters/wildberries/reading.hpp"

namespace st = stocktracker;
using namespace reading;
using namespace std::chrono_literals;

namespace {

// A seller whose token may not call the main method.
struct Base {
  st::testing::World world{{.seed = 5, .offers = 20, .undisclosed_percent = 0}};
  std::shared_ptr<Memory> memory = std::make_shared<Memory>();
  Collect sink;
  Base() { memory->clock = world.clock(); }

  st::Result<void> read(st::Duration patience = 30s) {
    st::testing::WildberriesToken shape;
    shape.type = st::testing::WildberriesTokenType::base;
    return st::wildberries::make_factory({.report_patience = patience})
        .value()
        ->connect(st::wildberries::credentials(world.token(st::Channel::wildberries, shape)),
                  {world.transport(), world.clock(), std::make_shared<st::Telemetry>(), memory})
        .value()
        ->fetch_stock({.kind = st::StockKind::fbo}, sink, {});
  }
};

}  // namespace

TEST_CASE("the remains report speaks of the time at which its task was created") {
  Base base;
  base.world.clock()->advance(90min);
  const st::Instant ordered = base.world.clock()->now();
  REQUIRE(base.read());
  CHECK(base.sink.spoken_of == ordered);
  CHECK(base.world.clock()->now() >= ordered + 7s);
  CHECK_FALSE(base.sink.seen.empty());
}

TEST_CASE("a task that a later run takes up speaks of its own creation, by the marketplace's clock") {
  Base base;
  const st::Instant ordered = base.world.clock()->now();
  REQUIRE_FALSE(base.read(5s));
  base.world.clock()->advance(40min);
  base.world.clock()->step_back(10min);  // ours: the marketplace's goes on
  REQUIRE(base.read());
  CHECK(base.sink.spoken_of == ordered);
}

TEST_CASE("a task that an older version remembered has no time of its own") {
  Base base;
  REQUIRE_FALSE(base.read(5s));
  std::string& task = base.memory->kept["remains_task"];
  task.resize(task.rfind(' '));
  REQUIRE(base.read());
  CHECK_FALSE(base.sink.spoken_of.has_value());
  CHECK_FALSE(base.sink.seen.empty());
}
