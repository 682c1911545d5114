#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/testing/connector_contract.hpp>
#include <stocktracker/testing/world.hpp>

#include "tests/support/catch_check.hpp"

namespace st = stocktracker;

namespace {

class Ozon final : public st::testing::ConnectorSubject {
 public:
  explicit Ozon(st::ozon::Options options) : factory_(st::ozon::make_factory(std::move(options)).value()) {
    world_.clock()->advance(std::chrono::hours(24 * 20));
  }
  st::Result<std::shared_ptr<st::Connector>> connector() override { return over(world_.transport()); }
  std::shared_ptr<st::Connector> through(Middle middle) override { return over(middle(world_.transport())).value(); }

 private:
  st::Result<std::shared_ptr<st::Connector>> over(std::shared_ptr<st::HttpTransport> transport) {
    return factory_->connect(st::ozon::credentials(world_.seller(st::Channel::ozon), world_.token(st::Channel::ozon)),
                             {std::move(transport), world_.clock(), std::make_shared<st::Telemetry>()});
  }
  st::testing::World world_{{.seed = 12, .offers = 120, .channels = {st::Channel::wildberries, st::Channel::ozon}}};
  std::shared_ptr<st::ConnectorFactory> factory_;
};

}  // namespace

TEST_CASE("the Ozon connector keeps the connector contract, whatever its page sizes") {
  for (const auto& options : {st::ozon::Options{}, st::ozon::Options{.products_per_page = 7,
                                                   .stock_rows_per_page = 11,
                                                   .offers_per_fbo_request = 9,
                                                   .postings_per_page = 13,
                                                   .prices_per_page = 10,
                                                   .restated = std::chrono::hours(24 * 3)}}) {
    Ozon subject(options);
    CatchCheck check;
    st::testing::connector_contract(subject, check);
    CHECK(check.expectations() > 60);
  }
}
