// The plan of a run: requests of each source, estimated from capabilities and what is stored.
#include "tests/support/bazaar.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

// "catalogue 3 warehouses 1+": + is the least number, ~ a wait.
std::string text_of(const st::SyncPlan& plan) {
  std::string text;
  for (const st::PlannedSource& source : plan.sources) {
    text += (text.empty() ? "" : " ") + source.name + " " + std::to_string(source.requests);
    if (source.at_least) text += "+";
    if (source.not_before) text += "~";
  }
  return text;
}

std::string planned(const Stall& stall, const st::SyncOptions& options = {}) {
  return text_of(stall.engine.sync().plan(stall.account, options).value());
}

}  // namespace

TEST_CASE("a plan counts the pages of what is known, and says where it knows only the least number") {
  Bazaar bazaar;
  bazaar.can.offers_per_page = 2;
  bazaar.can.stock_rows_per_page = 3;
  bazaar.can.offers_per_fbs_request = 2;
  bazaar.list({"A", "B", "C", "D", "E"});
  bazaar.sell_from({"w"});
  bazaar.hold_fbo({{"A", 1}, {"B", 2}, {"C", 3}, {"D", 0}});
  bazaar.hold_fbs("w", {{"E", 1}});
  Stall stall(bazaar);
  CHECK(planned(stall) == "catalogue 1+ warehouses 1+ fbo 1+");
  REQUIRE(stall.sync().state == st::RunState::ok);
  CHECK(planned(stall) == "catalogue 3 warehouses 1+ fbo 2 fbs:w 3");
  st::SyncOptions options{.orders = true, .prices = true};
  CHECK(planned(stall, options) == "catalogue 3 warehouses 1+ fbo 2 fbs:w 3 orders 1+ prices 1+");
  const auto plan = stall.engine.sync().plan(stall.account, options).value();
  CHECK(plan.account == stall.account);
  CHECK(plan.requests() == 11);
  CHECK(plan.at_least());
  options.stock = false;
  bazaar.can.prices = false;
  CHECK(planned(stall, options) == "orders 1+");
  // Where absence is not 0, the channel lists what is sold out as well.
  bazaar.can.fbo_absent = st::Absent::unknown;
  bazaar.can.stock_rows_per_page = 4;
  bazaar.can.offers_per_page = 0;
  bazaar.can.offers_per_fbs_request = 0;
  CHECK(planned(stall) == "catalogue 1+ warehouses 1+ fbo 2 fbs:w 1+");
}

TEST_CASE("a plan leaves out warehouses that are gone, and names the wait of a source") {
  Bazaar bazaar;
  bazaar.can.offers_per_page = bazaar.can.stock_rows_per_page = bazaar.can.offers_per_fbs_request = 100;
  bazaar.list({"A"});
  bazaar.sell_from({"v", "w"});
  bazaar.hold_fbo({{"A", 1}});
  bazaar.hold_fbs("v", {{"A", 1}});
  bazaar.hold_fbs("w", {{"A", 1}});
  Stall stall(bazaar);
  REQUIRE(stall.sync().state == st::RunState::ok);
  CHECK(planned(stall) == "catalogue 1 warehouses 1+ fbo 1 fbs:v 1 fbs:w 1");
  bazaar.sell_from({"w"});
  bazaar.stock["w"] = [](const st::StockQuery&, st::StockSink&, const st::CallContext&) -> st::Result<void> {
    return st::Error(st::Errc::vendor_throttled).retry_after(1h);
  };
  stall.pass(1min);
  const auto run = stall.sync();
  CHECK(Stall::source(run, "fbs:w").state == st::SourceState::throttled);
  const auto plan = stall.engine.sync().plan(stall.account).value();
  CHECK(text_of(plan) == "catalogue 1 warehouses 1+ fbo 1 fbs:w 1~");
  CHECK(plan.sources.back().not_before == Stall::source(run, "fbs:w").retry_at);
  stall.pass(1h);
  CHECK(planned(stall) == "catalogue 1 warehouses 1+ fbo 1 fbs:w 1");
}

TEST_CASE("a plan of an account that does not exist, or of options that are wrong, is an error") {
  Bazaar bazaar;
  Stall stall(bazaar);
  const auto nobody = st::AccountId::parse("01a20a90-0000-7000-8000-00000000000f").value();
  CHECK(stall.engine.sync().plan(nobody).error().errc() == st::Errc::not_found);
  CHECK(stall.engine.sync().plan(stall.account, {.lease = 1ms}).error().errc() == st::Errc::invalid_argument);
}
