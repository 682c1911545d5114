// Scripted faults of pages and lists, and what a run makes of them.
#include "tests/support/shop.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;
using st::testing::Fault;
using st::testing::FaultKind;

namespace {

struct Expected {
  FaultKind kind;
  st::SourceState state;  // of the source that it hits
  int status = 0;
};

std::string unmarked(std::string picture) {
  const std::string mark = "kept";
  for (std::size_t at = picture.find(mark); at != std::string::npos; at = picture.find(mark, at)) {
    picture.replace(at, mark.size(), "known");
  }
  return picture;
}

}  // namespace

TEST_CASE(
    "each fault of the script ends its source in a typed way, spares the others, and leaves no trace when it is over") {
  const std::vector<Expected> faults{
      {FaultKind::status, st::SourceState::failed, 500}, {FaultKind::status, st::SourceState::denied, 401},
      {FaultKind::status, st::SourceState::denied, 402}, {FaultKind::status, st::SourceState::denied, 403},
      {FaultKind::throttle, st::SourceState::throttled}, {FaultKind::gone, st::SourceState::failed},
      {FaultKind::reset, st::SourceState::failed},       {FaultKind::slow, st::SourceState::failed},
      {FaultKind::truncate, st::SourceState::failed},    {FaultKind::broken_json, st::SourceState::failed},
      {FaultKind::wrong_types, st::SourceState::ok},     {FaultKind::unknown_fields, st::SourceState::ok},
      {FaultKind::repeat_rows, st::SourceState::ok},     {FaultKind::shrink_pages, st::SourceState::ok}};
  const std::vector<std::pair<std::string, std::string>> sources{{"wb-warehouses", "fbo"},
                                                                 {"/api/v3/stocks/", "fbs:"},
                                                                 {"cards/list", "catalogue"},
                                                                 {"/api/v3/warehouses", "warehouses"}};
  for (const auto& [path, name] : sources) {
    for (const Expected& expected : faults) {
      CAPTURE(path, to_string(expected.kind), expected.status);
      Shop shop({.seed = 33, .offers = 40, .orders_per_offer_day_x100 = 0});
      REQUIRE(shop.sync().state == st::RunState::ok);
      const std::string before = shop.picture();
      Fault fault;
      fault.kind = expected.kind;
      fault.path = path;
      fault.status = expected.status == 0 ? 503 : expected.status;
      fault.wait = expected.kind == FaultKind::slow ? st::Duration(10min) : st::Duration(30min);
      fault.size = 7;
      fault.lasts = 1h;
      shop.world.faults().at(1h, fault);
      shop.world.clock()->advance(1h + 1min);
      // A minute for what takes 200 ms: a slow answer ends at the deadline.
      const auto run = shop.engine.sync().run(shop.account.id, {.timeout = 1min}).value();
      const auto& outcome = source(run, name);
      CAPTURE(run.to_json());
      // If the report has pages, rows that come twice look like those of a report that was rebuilt.
      CHECK(outcome.state == expected.state);
      if (expected.state == st::SourceState::ok) {
        CHECK(outcome.disposition == st::Disposition::applied);
      } else {
        CHECK(outcome.disposition == st::Disposition::not_applied);
        REQUIRE(outcome.error);
        CHECK(outcome.error->kind() != st::ErrorKind::internal);
        CHECK_FALSE(outcome.error->details().operation.empty());
        CHECK(run.state != st::RunState::ok);
      }
      CHECK(run.changes().zeroed == 0);
      // One row that cannot be read: its amount is kept, and marked.
      CHECK((expected.kind == FaultKind::wrong_types ? unmarked(shop.picture()) : shop.picture()) == before);
      const auto recorded = shop.engine.sync().runs().next()->value();
      CHECK(source(recorded, name).state == outcome.state);
      shop.world.clock()->advance(3h);
      CHECK(shop.sync().state == st::RunState::ok);
      CHECK(shop.picture() == before);
      CHECK(shop.total() == shop.truth());
      shop.check_ledger();
    }
  }
}

TEST_CASE("pages that stall before the end of the list zero nothing, whichever way stock is read") {
  for (const auto type : {st::testing::WildberriesTokenType::personal, st::testing::WildberriesTokenType::base}) {
    Shop shop({.seed = 11, .offers = 30}, ":memory:", {.type = type});
    REQUIRE(shop.sync().state == st::RunState::ok);
    const auto before = shop.picture();
    // Three cards a page, and each begins three cards before its cursor: it never moves.
    shop.world.faults()
        .at(1h, {.kind = FaultKind::shrink_pages, .path = "cards/list", .size = 3, .lasts = 1h})
        .at(1h, {.kind = FaultKind::repeat_rows, .path = "cards/list", .size = 3, .lasts = 1h});
    shop.world.clock()->advance(1h + 1min);
    const auto run = shop.engine.sync().run(shop.account.id).value();
    CHECK(source(run, "catalogue").state == st::SourceState::failed);
    CHECK(run.changes().zeroed == 0);
    CHECK(shop.picture() == before);
    shop.world.clock()->advance(3h);
    CHECK(shop.sync().state == st::RunState::ok);
    CHECK(shop.total() == shop.truth());
  }
}

TEST_CASE("a run of a seller without cards is ok and has no rows") {
  Shop shop({.seed = 3, .offers = 0, .marketplace_warehouses = 0, .seller_warehouses = 0});
  const auto run = shop.sync();
  CHECK(run.state == st::RunState::ok);
  for (const auto& outcome : run.sources) CHECK(outcome.rows == 0);
  CHECK(shop.positions().empty());
  CHECK(shop.total() == 0);
}
