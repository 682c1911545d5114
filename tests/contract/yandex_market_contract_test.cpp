#include <stocktracker/adapters/yandex_market.hpp>
#include <stocktracker/testing/connector_contract.hpp>
#include <stocktracker/testing/world.hpp>

#include "tests/support/catch_check.hpp"

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
