// The table of stages beside what long calls report.
#include <mutex>
#include <set>

#include "tests/support/house.hpp"

namespace st = stocktracker;

namespace {

class Stages final : public st::ProgressSink {
 public:
  void report(const st::Progress& step) override {
    const std::lock_guard lock(mutex_);
    seen_.emplace(step.stage);
  }
  [[nodiscard]] std::set<std::string> seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  mutable std::mutex mutex_;
  std::set<std::string> seen_;
};

bool is_source(const std::string& stage) { return stage == "fbo" || stage.starts_with("fbs:"); }

}  // namespace

TEST_CASE("what long calls report is a stage of the table or the name of a source") {
  House house;
  const auto anna = house.tenant("anna");
  const auto account = house.seller(anna, house.first);
  const auto day = std::chrono::hours(30);
  house.first.run_for(day, st::testing::every(day), [] {});  // there are orders
  auto engine = house.open(house.first);
  const auto stages = std::make_shared<Stages>();
  st::CallContext context{.tenant = anna};
  context.progress = stages;
  REQUIRE(engine.sync().run(account, {.orders = true, .prices = true}, context));
  REQUIRE(engine.stock().columns({}, context));
  REQUIRE(engine.listings().recompute_products(context));
  REQUIRE(engine.ledger().retain(house.first.clock()->now(), context));
  const std::string file = house.folder.file("anna.db");
  REQUIRE(engine.export_tenant(file, context));
  REQUIRE(engine.tenants().suspend(anna));
  const std::string copy = house.folder.file("backup.db");
  REQUIRE(engine.backup(copy, context));
  st::CallContext of_all;
  of_all.progress = stages;
  House elsewhere;
  auto other = elsewhere.open(elsewhere.first);
  REQUIRE(other.import_tenant(file, "guest", of_all));
  REQUIRE(engine.tenants().restore(anna, copy, of_all));
  REQUIRE(engine.backup(house.folder.file("all"), of_all));
  const auto seen = stages->seen();
  for (const std::string& stage : seen) {
    INFO(stage);
    CHECK((st::progress_stage(stage) != nullptr || is_source(stage)));
  }
  // The other two are long in tests of their own: "rows" in import_steps_test.cpp, "migrations" on PostgreSQL.
  for (const st::ProgressStage& stage : st::kProgressStages) {
    INFO(stage.name);
    CHECK(stage.version == 1);
    if (stage.name == st::kStageRows || stage.name == st::kStageMigrations) continue;
    CHECK(seen.count(std::string(stage.name)) == 1);
  }
}
