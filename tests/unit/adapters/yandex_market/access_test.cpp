// Which cabinet a key opens and with which rights, its requests at a time, and what the marketplace can do.
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "tests/unit/adapters/yandex_market/scripted_shop.hpp"

namespace st = stocktracker;
namespace ym = stocktracker::yandex_market;
using namespace yandex_rows;

TEST_CASE("no more requests are under way than the cabinet may have, and those that wait show life") {
  class Crowd final : public st::HttpTransport, public st::ProgressSink {
   public:
    st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext&) override {
      std::unique_lock lock(mutex_);
      if (request.url.find("/offer-prices") != std::string::npos) {
        ++held;
        most = std::max(most, held);
        changed_.notify_all();
        changed_.wait(lock, [&] { return let_go; });
        --held;
      }
      st::HttpResponse response{200, {}, request.url.find("/v2/campaigns?") != std::string::npos ? kShops : "{}"};
      response.body.reserve(response.body.size() + st::kBodyPadding);
      return response;
    }
    void report(const st::Progress&) noexcept override {}
    void waiting() noexcept override {
      const std::lock_guard lock(mutex_);
      waiters.insert(std::this_thread::get_id());
      changed_.notify_all();
    }
    /// Until each of so many threads is with the marketplace or waits for its turn.
    void until_all_are_placed(std::size_t threads) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return held + waiters.size() >= threads; });
    }
    void release() {
      const std::lock_guard lock(mutex_);
      let_go = true;
      changed_.notify_all();
    }
    std::size_t held = 0;
    std::size_t most = 0;
    std::set<std::thread::id> waiters;
    bool let_go = false;

   private:
    std::mutex mutex_;
    std::condition_variable changed_;
  };
  const auto crowd = std::make_shared<Crowd>();
  const auto connector =
      ym::make_factory({.requests_at_once = 2})
          .value()
          ->connect(ym::credentials(st::Secret::copy_of("key")),
                    {crowd, std::make_shared<st::testing::ManualClock>(), std::make_shared<st::Telemetry>(), nullptr})
          .value();
  REQUIRE(connector->verify_credentials({}));
  std::vector<std::thread> threads;
  std::atomic<int> done{0};
  for (int n = 0; n < 5; ++n) {
    threads.emplace_back([&] {
      Rows rows;
      st::CallContext context;
      context.progress = crowd;
      if (connector->fetch_prices(rows, context)) ++done;
    });
  }
  crowd->until_all_are_placed(5);
  crowd->release();
  for (std::thread& one : threads) one.join();
  CHECK(crowd->most == 2);
  CHECK(done == 5);
}

TEST_CASE("the cabinet is the one that the key opens, of all pages, or the one that was named among several") {
  Shop shop(false);
  shop.script
      ->answer(
          "/v2/campaigns?",
          R"({"campaigns":[{"id":31,"business":{"id":900,"name":"One"},"placementType":"FBS"}],"paging":{"nextPageToken":"k"}})")
      .answer("/v2/campaigns?", R"({"campaigns":[{"id":30,"business":{"id":900,"name":"Later"},"placementType":"FBY"},)"
                                R"({"id":30,"business":{"id":900},"placementType":"FBY"}]})")
      .always("/offers/stocks", "{}");
  const auto connector = shop.connector();
  const auto seller = connector->verify_credentials({}).value();
  CHECK(seller.key == "900");
  CHECK(seller.name == "One");
  CHECK(shop.script->owners.front().starts_with("key "));
  CHECK(shop.script->owners.front() != "key  ");
  CHECK(shop.script->asked == Lines{"GET /v2/campaigns?limit=100", "GET /v2/campaigns?limit=100&pageToken=k"});
  // From then on limits are counted for the cabinet, and the shops are known.
  REQUIRE(connector->fetch_stock({.kind = st::StockKind::fbo}, shop.rows, {}));
  CHECK(shop.script->owners.back() == "900 ");
  CHECK(shop.script->asked.size() == 4);
  CHECK(shop.asked("/offers/stocks") == Lines{"POST /v2/campaigns/30/offers/stocks?limit=100 {}"});
  CHECK(shop.script->secrets == Lines(4, "Api-Key: key"));

  const char* const two =
      R"({"campaigns":[{"id":1,"business":{"id":10,"name":"Ten"}},{"id":2,"business":{"id":20,"name":"Twenty"}}]})";
  const auto named = [&](const char* business) {
    Shop one(false);
    one.script->answer("/v2/campaigns?", two);
    const auto who = one.connector({}, business)->verify_credentials({});
    return who ? who.value().key + " " + who.value().name + " " + one.script->owners.at(0)
               : std::string(to_string(who.error().errc()));
  };
  CHECK(named("20") == "20 Twenty 20 ");
  CHECK(named("10") == "10 Ten 10 ");
  CHECK(named("30") == "vendor_forbidden");
  CHECK(named("") == "credentials_missing");
  for (const char* const odd : {"x", "1x", "0", "-1"}) {
    CHECK(ym::make_factory().value()->connect(ym::credentials(st::Secret::copy_of("key"), odd), {}).error().errc() ==
          st::Errc::invalid_argument);
  }
  // Two keys are two accounts until their cabinets are known, and neither name shows the key.
  Lines owners;
  for (const char* const key : {"canary-1", "canary-2"}) {
    Shop one;
    REQUIRE(one.connect(ym::make_factory().value(), ym::credentials(st::Secret::copy_of(key)))->verify_credentials({}));
    owners.push_back(one.script->owners.at(0));
    CHECK(owners.back().find("canary") == std::string::npos);
  }
  CHECK(owners[0] != owners[1]);
  // A fresh key without a cabinet leaves the one that is known.
  const auto factory = ym::make_factory().value();
  const auto merged = factory->merged(ym::credentials(st::Secret::copy_of("old"), "20"),
                                      ym::credentials(st::Secret::copy_of("new")), {});
  REQUIRE(merged.find("business") != nullptr);
  CHECK(merged.find("business")->reveal() == "20");
  CHECK(merged.find("api_key")->reveal() == "new");
  CHECK(factory->connect(ym::credentials(st::Secret::copy_of("k"), "", "http://example.com"), {}).error().errc() ==
        st::Errc::invalid_argument);
}

TEST_CASE("whether a cabinet works with groups is asked again with each list of warehouses") {
  Shop shop;
  shop.script->answer("/v2/businesses/900/warehouses", in_result("warehouses", ""))
      .answer("/v3/businesses/900/warehouses", in_result("warehouses", R"({"id":6,"name":"South"})"))
      .answer("/v2/businesses/900/warehouses",
              in_result("warehouses", R"({"id":6,"name":"South","campaignId":22,"groupInfo":{"id":7,"name":"G"}})"))
      .always("/v2/campaigns/22/offers/stocks", "{}");
  const auto connector = shop.connector();
  REQUIRE(connector->list_warehouses(shop.rows, {}));
  REQUIRE(connector->list_warehouses(shop.rows, {}));
  CHECK(shop.rows.seen == Lines{"warehouse|6|South|active", "warehouse|group:7|G (South)|active"});
  const std::vector<std::string> offers{"A"};
  CHECK(connector->fetch_stock({st::StockKind::fbs, "group:7", "", offers}, shop.rows, {}));
}

TEST_CASE("rights of a key of the Market's are those that it reports") {
  const auto facts = [](const std::string& scopes) {
    Shop shop;
    shop.script->answer("/v2/auth/token", R"({"result":{"apiKey":{"name":"k","authScopes":[)" + scopes + "]}}}");
    return shop.connector()->ask_facts({});
  };
  const auto mixed =
      facts(R"("OFFERS_AND_CARDS_MANAGEMENT_READ_ONLY","INVENTORY_AND_ORDER_PROCESSING","PRICING_READ_ONLY")").value();
  REQUIRE(mixed.size() == 1);
  CHECK(mixed[0].part == "api_key");
  CHECK(mixed[0].categories.size() == 3);
  CHECK_FALSE(mixed[0].read_only);
  CHECK(facts(R"("PRICING_READ_ONLY")").value()[0].read_only);
  CHECK_FALSE(facts("").value()[0].read_only);
  CHECK_FALSE(facts("7").has_value());
}

TEST_CASE("every status of the Market has its meaning, and only some are worth a retry") {
  for (const auto& [status, code] : std::vector<std::pair<int, st::Errc>>{{204, st::Errc::vendor_schema},
                                                                          {400, st::Errc::vendor_rejected},
                                                                          {401, st::Errc::vendor_unauthorized},
                                                                          {402, st::Errc::vendor_payment_required},
                                                                          {403, st::Errc::vendor_forbidden},
                                                                          {404, st::Errc::vendor_method_gone},
                                                                          {405, st::Errc::vendor_method_gone},
                                                                          {409, st::Errc::vendor_rejected},
                                                                          {420, st::Errc::vendor_throttled},
                                                                          {423, st::Errc::vendor_unavailable},
                                                                          {429, st::Errc::vendor_throttled},
                                                                          {499, st::Errc::vendor_unavailable},
                                                                          {500, st::Errc::vendor_unavailable},
                                                                          {503, st::Errc::vendor_unavailable}}) {
    INFO(status);
    Shop shop(false);
    shop.script->answer("/v2/campaigns?", kShops, status, {{"X-Market-Req-Id", "m-1"}, {"Retry-After", "1224"}});
    const auto error = shop.connector()->verify_credentials({}).error();
    CHECK(error.errc() == code);
    CHECK(error.details().vendor_request_id == "m-1");
    const bool waits = code == st::Errc::vendor_throttled || code == st::Errc::vendor_unavailable;
    CHECK(error.retryable() == waits);
    CHECK(error.details().retry_after == (waits ? std::optional<st::Duration>(1224s) : std::nullopt));
  }
}

TEST_CASE("what the Market can do is what its documentation says, and no option asks for more") {
  const st::Capabilities& can = ym::capabilities();
  CHECK(can.zone == "Europe/Moscow");
  CHECK_FALSE(can.numeric_offer_keys);
  CHECK(can.fbo_absent == st::Absent::unknown);  // an offer that a list leaves out is not sold out
  CHECK(can.fbs_absent == st::Absent::unknown);
  CHECK_FALSE(can.fbo_by_offers);
  CHECK(can.visibility_delay == 5min);
  CHECK_FALSE(can.compare_and_set);
  CHECK(can.orders_kept == 24h * 360);
  CHECK_FALSE(can.orders_by_period);
  CHECK(can.orders_complete);
  CHECK(can.order_changes_timed);
  CHECK((can.orders && can.prices));
  CHECK((can.offers_per_page == 100 && can.stock_rows_per_page == 100 && can.offers_per_fbs_request == 500));
  const std::vector<std::pair<int ym::Options::*, int>> members{
      {&ym::Options::offers_per_page, 100},          {&ym::Options::stock_offers_per_page, 100},
      {&ym::Options::offers_per_stock_request, 500}, {&ym::Options::orders_per_page, 50},
      {&ym::Options::prices_per_page, 500},          {&ym::Options::requests_at_once, 4}};
  for (const auto& [member, most] : members) {
    for (const auto& [value, fits] :
         std::vector<std::pair<int, bool>>{{0, false}, {1, true}, {most, true}, {most + 1, false}}) {
      ym::Options options;
      options.*member = value;
      CHECK(options.validate().has_value() == fits);
    }
  }
  CHECK(ym::make_factory().value()->hosts() == Lines{"api.partner.market.yandex.ru"});
}
