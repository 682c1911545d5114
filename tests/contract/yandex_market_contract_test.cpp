// The connector suite over Yandex Market's connector, with the truth of a simulated account.
#include <stocktracker/adapters/yandex_market.hpp>
#include "tests/contract/world_subject.hpp"

namespace st = stocktracker;

namespace {

class YandexMarket final : public st::testing::ConnectorSubject {
 public:
  /// With groups, the first two of the warehouses share a pile; a third one stands outside.
  YandexMarket(st::yandex_market::Options options, bool groups, int warehouses)
      : world_({.seed = 13,
                .offers = 120,
                .seller_warehouses = warehouses,
                .channels = {st::Channel::wildberries, st::Channel::yandex_market},
                .warehouse_groups = groups}),
        factory_(st::yandex_market::make_factory(std::move(options)).value()) {
    world_.clock()->advance(std::chrono::hours(24 * 20));
  }
  st::Result<std::shared_ptr<st::Connector>> connector() override { return over(world_.transport()); }
  std::shared_ptr<st::Connector> through(Middle middle) override { return over(middle(world_.transport())).value(); }

 private:
  st::Result<std::shared_ptr<st::Connector>> over(std::shared_ptr<st::HttpTransport> transport) {
    return factory_->connect(st::yandex_market::credentials(world_.token(st::Channel::yandex_market)),
                             {std::move(transport), world_.clock(), std::make_shared<st::Telemetry>()});
  }
  st::testing::World world_;
  std::shared_ptr<st::ConnectorFactory> factory_;
};

}  // namespace

TEST_CASE("the Yandex Market connector keeps the connector contract, whatever its page sizes and its cabinet") {
  struct Kind {
    bool groups;
    int warehouses;
  };
  for (const Kind kind : {Kind{false, 2}, Kind{true, 2}, Kind{true, 3}}) {
    for (const auto& options : {st::yandex_market::Options{}, st::yandex_market::Options{.offers_per_page = 7,
                                                              .stock_offers_per_page = 11,
                                                              .offers_per_stock_request = 9,
                                                              .orders_per_page = 13,
                                                              .prices_per_page = 10}}) {
      YandexMarket subject(options, kind.groups, kind.warehouses);
      CatchCheck check;
      st::testing::connector_contract(subject, check);
      CHECK(check.expectations() > 60);
    }
  }
}

namespace {

// A small account, every row of which is compared.
class SmallYandexMarket final : public WorldSubject {
 public:
  explicit SmallYandexMarket(bool groups)
      : WorldSubject(st::Channel::yandex_market, {.seed = 23,
                                                  .channels = {st::Channel::wildberries, st::Channel::yandex_market},
                                                  .warehouse_groups = groups}) {}

 protected:
  std::shared_ptr<st::Connector> over(std::shared_ptr<st::HttpTransport> transport, const Pages& pages) override {
    st::yandex_market::Options options;
    if (pages.rows > 0) {
      options.offers_per_page = options.stock_offers_per_page = std::min(pages.rows, 100);
      options.orders_per_page = std::min(pages.rows, 50);
      options.prices_per_page = std::min(pages.rows, 500);
      // Lists whose pages the connector does not choose.
      world().faults().at({},
                          {.kind = st::testing::FaultKind::shrink_pages, .size = static_cast<std::size_t>(pages.rows)});
    }
    if (pages.keys > 0) options.offers_per_stock_request = std::min(pages.keys, 500);
    return st::yandex_market::make_factory(std::move(options))
        .value()
        ->connect(st::yandex_market::credentials(world().token(channel())), ports(std::move(transport)))
        .value();
  }
};

}  // namespace

TEST_CASE("each list of Yandex Market's is what the account holds, row by row, in pages and batches of every size") {
  SmallYandexMarket subject(false);
  subject.run();
}

TEST_CASE("each list of Yandex Market's is what the account holds where warehouses are a group, too") {
  SmallYandexMarket subject(true);
  subject.run();
}

TEST_CASE("the sizes of pages that the Yandex Market connector promises are the most that it asks for") {
  const st::Capabilities& can = st::yandex_market::capabilities();
  const st::yandex_market::Options options;
  CHECK(options.offers_per_page == can.offers_per_page);
  CHECK(options.stock_offers_per_page == can.stock_rows_per_page);
  CHECK(options.offers_per_stock_request == can.offers_per_fbs_request);
  CHECK_FALSE(st::yandex_market::make_factory({.offers_per_page = can.offers_per_page + 1}));
  CHECK_FALSE(st::yandex_market::make_factory({.stock_offers_per_page = can.stock_rows_per_page + 1}));
  CHECK_FALSE(st::yandex_market::make_factory({.offers_per_stock_request = can.offers_per_fbs_request + 1}));
}
