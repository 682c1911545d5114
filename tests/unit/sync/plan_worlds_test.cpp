// A plan compared with the run after it: requests of each source, counted where they leave, for each vendor's world.
#include <map>
#include <mutex>

#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/adapters/yandex_market.hpp>

#include "tests/support/shop.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

// The source of a request, by its operation.
const char* source_of(std::string_view operation) {
  struct Row {
    std::string_view operation;
    const char* source;
  };
  for (const Row& row : {Row{"wildberries.cards_list", "catalogue"},
                         Row{"wildberries.warehouses", "warehouses"},
                         Row{"wildberries.wb_warehouses", "fbo"},
                         Row{"wildberries.seller_stock", "fbs"},
                         Row{"wildberries.order_feed", "orders"},
                         Row{"wildberries.prices", "prices"},
                         Row{"ozon.product_list", "catalogue"},
                         Row{"ozon.product_info", "catalogue"},
                         Row{"ozon.product_archive", "fbo"},
                         Row{"ozon.warehouses", "warehouses"},
                         Row{"ozon.ozon_warehouses", "fbo"},
                         Row{"ozon.fbo_stock", "fbo"},
                         Row{"ozon.fbs_stock", "fbs"},
                         Row{"ozon.fbo_postings", "orders"},
                         Row{"ozon.fbs_postings", "orders"},
                         Row{"ozon.returns", "orders"},
                         Row{"ozon.prices", "prices"},
                         Row{"yandex_market.campaigns", "catalogue"},
                         Row{"yandex_market.offer_mappings", "catalogue"},
                         Row{"yandex_market.own_warehouses", "warehouses"},
                         Row{"yandex_market.grouped_warehouses", "warehouses"},
                         Row{"yandex_market.market_warehouses", "fbo"},
                         Row{"yandex_market.campaign_stock", "fbo"},
                         Row{"yandex_market.own_stock", "fbs"},
                         Row{"yandex_market.orders", "orders"},
                         Row{"yandex_market.order_changes_since", "orders"},
                         Row{"yandex_market.offer_prices", "prices"}}) {
    if (row.operation == operation) return row.source;
  }
  return "other";
}

class Counting final : public st::HttpTransport {
 public:
  explicit Counting(std::shared_ptr<st::HttpTransport> next) : next_(std::move(next)) {}
  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext& context) override {
    {
      const std::lock_guard lock(mutex_);
      ++sent_[source_of(request.operation)];
      ++by_operation[std::string(request.operation)];
    }
    return next_->send(request, context);
  }
  std::map<std::string, std::int64_t> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(sent_, {});
  }
  std::map<std::string, std::int64_t> by_operation;

 private:
  std::mutex mutex_;
  std::map<std::string, std::int64_t> sent_;
  const std::shared_ptr<st::HttpTransport> next_;
};

st::Credentials credentials_of(const st::testing::World& world, const st::Channel& channel) {
  auto token = world.token(channel);
  if (channel == st::Channel::ozon) return st::ozon::credentials(world.seller(channel), std::move(token));
  if (channel == st::Channel::yandex_market) return st::yandex_market::credentials(std::move(token));
  return st::wildberries::credentials(std::move(token));
}

}  // namespace

TEST_CASE("what a plan says before a run, the run sends: exactly, or at least as much where the plan says so") {
  for (const st::Channel& channel : {st::Channel::wildberries, st::Channel::ozon, st::Channel::yandex_market}) {
    st::testing::World world({.seed = 8,
                              .offers = 1'250,
                              .seller_warehouses = 2,
                              .orders_per_offer_day_x100 = 2,
                              .channels = {st::Channel::wildberries, st::Channel::ozon, st::Channel::yandex_market}});
    world.clock()->advance(24h * 5);
    const auto counting = std::make_shared<Counting>(world.transport());
    auto engine = st::open({.path = ":memory:",
                            .limits = st::LimitTable{},
                            .transport = counting,
                            .clock = world.clock(),
                            .random = std::make_shared<st::testing::SeededRandom>(8),
                            .executor = st::make_inline_executor()})
                      .value();
    const auto account = engine.accounts().connect(credentials_of(world, channel)).value().id;
    const st::SyncOptions options{.orders = true, .prices = true};
    for (const bool first : {true, false}) {
      world.clock()->advance(1h);
      CAPTURE(channel.code(), first);
      const auto plan = engine.sync().plan(account, options).value();
      (void)counting->take();
      counting->by_operation.clear();
      const auto run = engine.sync().run(account, options).value();
      REQUIRE(run.state == st::RunState::ok);
      std::map<std::string, std::int64_t> planned;
      std::map<std::string, bool> at_least;
      for (const st::PlannedSource& source : plan.sources) {
        const std::string name = source.name.substr(0, source.name.find(':'));
        planned[name] += source.requests;
        at_least[name] = at_least[name] || source.at_least;
      }
      const auto sent = counting->take();
      for (const auto& [operation, count] : counting->by_operation) UNSCOPED_INFO(operation << " " << count);
      std::int64_t all = 0;
      for (const auto& [name, requests] : planned) {
        const auto found = sent.find(name);
        const std::int64_t real = found == sent.end() ? 0 : found->second;
        CAPTURE(name, requests, real, at_least[name]);
        CHECK((at_least[name] ? requests <= real : requests == real));
        all += real;
      }
      CHECK(sent.count("other") == 0);
      CHECK(plan.requests() <= run.requests);
      if (first) continue;  // the first plan does not know the seller's warehouses
      CHECK(run.requests == all);
      // No more than what orders take beyond their least number, and a page here and there.
      const auto orders = sent.find("orders");
      const std::int64_t of_orders = orders == sent.end() ? 0 : orders->second;
      CHECK(run.requests - of_orders <= (plan.requests() - planned["orders"]) * 5 / 4 + 2);
    }
  }
}
