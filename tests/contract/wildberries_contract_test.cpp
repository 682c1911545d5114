#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/testing/connector_contract.hpp>
#include <stocktracker/testing/world.hpp>

#include "tests/support/catch_check.hpp"

namespace st = stocktracker;

namespace {

class Wildberries final : public st::testing::ConnectorSubject {
 public:
  explicit Wildberries(st::wildberries::Options options) : factory_(st::wildberries::make_factory(options).value()) {
    world_.clock()->advance(std::chrono::hours(24 * 20));
  }
  st::Result<std::shared_ptr<st::Connector>> connector() override { return over(world_.transport()); }
  std::shared_ptr<st::Connector> through(Middle middle) override { return over(middle(world_.transport())).value(); }

 private:
  st::Result<std::shared_ptr<st::Connector>> over(std::shared_ptr<st::HttpTransport> transport) {
    return factory_->connect(st::wildberries::credentials(world_.token(st::Channel::wildberries)),
                             {std::move(transport), world_.clock(), std::make_shared<st::Telemetry>()});
  }
  st::testing::World world_{{.seed = 11, .offers = 250}};
  std::shared_ptr<st::ConnectorFactory> factory_;
};

}  // namespace

TEST_CASE("the Wildberries connector keeps the connector contract, whatever its page sizes") {
  for (const auto& options : {st::wildberries::Options{}, st::wildberries::Options{.cards_per_page = 7,
                                                          .stock_rows_per_page = 50,
                                                          .fbs_offers_per_request = 9,
                                                          .orders_per_page = 40,
                                                          .prices_per_page = 11}}) {
    Wildberries subject(options);
    CatchCheck check;
    st::testing::connector_contract(subject, check);
    CHECK(check.expectations() > 60);
  }
}
