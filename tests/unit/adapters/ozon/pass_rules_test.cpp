// From where a pass over Ozon's orders begins, whether one is gone on with, and what its interruption covers.
#include "adapters/ozon/order_pass.hpp"
#include "tests/unit/adapters/ozon/scripted_shop.hpp"

namespace st = stocktracker;
namespace oz = stocktracker::ozon;
using namespace ozon_rows;
using namespace std::chrono_literals;

namespace {

const st::Instant kNow = at("2026-11-26T09:00:00Z");  // of the script's clock
constexpr const char* kFbo = "/v3/posting/fbo/list";
constexpr const char* kFbs = "/v4/posting/fbs/list";

std::string dated(const std::string& number, st::Instant created, st::Duration processed_after = {}) {
  return posting(number, product(1, "A"),
                 R"(,"created_at":")" + st::to_rfc3339(created) + R"(","in_process_at":")" +
                     st::to_rfc3339(created + processed_after) + "\"");
}

// The first request whose path is that, from the n-th on.
std::string asked(const Shop& shop, const std::string& path) {
  const auto found = std::find_if(shop.script->asked.begin(), shop.script->asked.end(),
                                  [&](const std::string& one) { return one.find(path) != std::string::npos; });
  return found == shop.script->asked.end() ? std::string() : *found;
}

std::string time_in(const std::string& request, const std::string& member) {
  const std::string name = "\"" + member + "\":\"";
  const std::size_t from = request.find(name) + name.size();
  return request.substr(from, request.find('"', from) - from);
}

// Whether a call that begins at `since` goes on with the pass.
bool goes_on(const oz::OrderPass& pass, st::Instant since) {
  Shop shop;
  shop.memory->kept["orders_pass"] = pass.text();
  shop.script->always(kFbo, page("postings", "")).always(kFbs, page("postings", "")).always("", "{}");
  REQUIRE(shop.connector()->fetch_orders({since}, shop.rows, {}));
  return asked(shop, kFbo).find(R"("cursor":"c7")") != std::string::npos;
}

}  // namespace

TEST_CASE("a pass begins as far back as changes are read again, within the year that Ozon keeps, and never ahead") {
  const auto since = [](st::Instant asked_since, st::Duration restated) {
    Shop shop;
    shop.script->always(kFbo, page("postings", "")).always(kFbs, page("postings", "")).always("", "{}");
    REQUIRE(shop.connector({.restated = restated})->fetch_orders({asked_since}, shop.rows, {}));
    return time_in(asked(shop, kFbo), "since");
  };
  const st::Instant earliest = kNow - 364 * 24h;
  CHECK(since(kNow - 24h, 60 * 24h) == st::to_rfc3339(kNow - 61 * 24h));
  CHECK(since(earliest + 61 * 24h, 60 * 24h) == st::to_rfc3339(earliest + 24h));
  CHECK(since(earliest + 30 * 24h, 60 * 24h) == st::to_rfc3339(earliest));
  CHECK(since(earliest - 24h, 0s) == st::to_rfc3339(earliest));
  CHECK(since(kNow + 1h, 0s) == st::to_rfc3339(kNow));
}

TEST_CASE("a pass is gone on with by a day behind what it reached, and where its end is no more than hours away") {
  const oz::OrderPass pass{kNow - 10 * 24h, kNow, kNow - 5 * 24h, {"c7", ""}};
  CHECK(goes_on(pass, pass.reached - 24h));
  CHECK_FALSE(goes_on(pass, pass.reached - 24h - 1us));
  // A clock that went back leaves a pass that ends ahead.
  for (const auto& [ends, still] : {std::pair<st::Duration, bool>{6h, true}, {6h + 1us, false}}) {
    oz::OrderPass moved = pass;
    moved.until = kNow + ends;
    CHECK(goes_on(moved, pass.reached) == still);
    moved.until = kNow - ends;
    CHECK(goes_on(moved, pass.reached) == still);
  }
}

TEST_CASE("returns are read up to now, also by a call that goes on with an earlier pass") {
  Shop shop;
  shop.memory->kept["orders_pass"] = oz::OrderPass{kNow - 10 * 24h, kNow - 3h, kNow - 5 * 24h, {"c7", ""}}.text();
  shop.script->always(kFbo, page("postings", "")).always(kFbs, page("postings", "")).always("", "{}");
  REQUIRE(shop.connector()->fetch_orders({kNow - 5 * 24h}, shop.rows, {}));
  CHECK(time_in(asked(shop, "/v1/returns/list"), "time_to") == st::to_rfc3339(kNow));
  CHECK(time_in(asked(shop, kFbo), "to") == st::to_rfc3339(kNow - 3h));
}

// Begun anew each time, it would never end.
TEST_CASE("a pass that is gone on with keeps its place though our clock is hours away from the marketplace's") {
  for (const char* const theirs : {"Thu, 26 Nov 2026 06:00:00 GMT", "Thu, 26 Nov 2026 11:00:00 GMT"}) {
    CAPTURE(theirs);
    Shop shop;
    shop.memory->kept["orders_pass"] = oz::OrderPass{kNow - 10 * 24h, kNow, kNow - 5 * 24h, {"c7", ""}}.text();
    shop.script->always(kFbo, page("postings", ""), 200, {{"Date", theirs}})
        .always(kFbs, page("postings", ""), 200, {{"Date", theirs}})
        .always("", "{}", 200, {{"Date", theirs}});
    REQUIRE(shop.connector()->fetch_orders({kNow - 5 * 24h}, shop.rows, {}));
    CHECK(asked(shop, kFbo).find(R"("cursor":"c7")") != std::string::npos);
    CHECK(time_in(asked(shop, kFbo), "since") == st::to_rfc3339(kNow - 10 * 24h));
    CHECK(time_in(asked(shop, kFbo), "to") == st::to_rfc3339(kNow));
  }
}

TEST_CASE("a list with times that go back by days covers nothing before its end, by hours it does") {
  for (const bool days : {true, false}) {
    CAPTURE(days);
    Shop shop;
    shop.script->latency = 10s;
    shop.script->always("/v1/returns/list", "{}").always(kFbs, page("postings", ""));
    const st::Instant day = kNow - 20 * 24h;
    shop.script->answer(kFbo, page("postings", dated("P-1", day), "f1"))
        .answer(kFbo, page("postings", dated("P-2", day + 3 * 24h), "f2"))
        .answer(kFbo, page("postings", dated("P-3", day + 3 * 24h - (days ? 25h : 23h)), "f3"));
    st::CallContext context;
    context.deadline = kNow + 45s;  // returns, a page of one list and three of the other
    REQUIRE_FALSE(shop.connector()->fetch_orders({kNow - 24h}, shop.rows, context));
    CHECK(shop.memory->kept["orders_pass"].empty() == days);
  }
}

TEST_CASE("what is covered lies before all orders that may still be listed: the longest wait of all pages counts") {
  Shop shop;
  shop.script->latency = 10s;
  const st::Instant day = kNow - 20 * 24h;
  shop.script->always("/v1/returns/list", "{}")
      .always(kFbs, page("postings", ""))
      .answer(kFbo, page("postings", dated("P-1", day, 5h) + "," + dated("P-2", day + 1h, 1h), "f1"))
      .answer(kFbo, page("postings", dated("P-3", day + 10h, 2h) + "," + dated("P-4", day + 20h, 1h), "f2"));
  st::CallContext context;
  context.deadline = kNow + 35s;
  REQUIRE_FALSE(shop.connector()->fetch_orders({kNow - 24h}, shop.rows, context));
  CHECK(shop.rows.seen.back() == "covered|" + st::to_rfc3339(kNow - 61 * 24h) + "|" + st::to_rfc3339(day + 15h));
}

// What came before such an end is not kept: the next call must read it again.
TEST_CASE("a pass that ends in an answer that cannot be read, or with the account taken over, leaves no place") {
  class Lost final : public st::OrderSink {
   public:
    st::Result<void> lines(std::span<const st::OrderLineRow>) override {
      return ++pages < 3 ? st::Result<void>(st::success()) : st::Result<void>(st::Errc::lease_lost);
    }
    void restart() override {}
    int pages = 0;
  };
  const st::Instant day = kNow - 20 * 24h;
  const auto pages = [&](Shop& shop) {
    shop.script->always("/v1/returns/list", "{}")
        .always(kFbs, page("postings", ""))
        .answer(kFbo, page("postings", dated("P-1", day), "f1"))
        .answer(kFbo, page("postings", dated("P-2", day + 24h), "f2"));
  };
  Shop taken_over;
  pages(taken_over);
  taken_over.script->answer(kFbo, page("postings", dated("P-3", day + 48h), "f3"));
  Lost sink;
  const auto lost = taken_over.connector()->fetch_orders({kNow - 24h}, sink, {});
  REQUIRE_FALSE(lost);
  CHECK(lost.error().errc() == st::Errc::lease_lost);
  CHECK(taken_over.memory->kept["orders_pass"].empty());

  Shop unreadable;
  pages(unreadable);
  unreadable.script->answer(kFbo, R"({"postings":7,"has_next":true,"cursor":"f3"})");
  const auto broken = unreadable.connector()->fetch_orders({kNow - 24h}, unreadable.rows, {});
  REQUIRE_FALSE(broken);
  CHECK(broken.error().kind() == st::ErrorKind::protocol);
  CHECK(unreadable.memory->kept["orders_pass"].empty());
  CHECK(unreadable.rows.seen.back().starts_with("line|P-2/1"));  // no period is covered
}
