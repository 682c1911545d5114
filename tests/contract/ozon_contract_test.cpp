// The connector suite over Ozon's connector, with the truth of a simulated account.
#include <stocktracker/adapters/ozon.hpp>
#include "tests/contract/world_subject.hpp"

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

namespace {

// A small account, every row of which is compared.
class SmallOzon final : public WorldSubject {
 public:
  SmallOzon()
      : WorldSubject(st::Channel::ozon, {.seed = 21, .channels = {st::Channel::wildberries, st::Channel::ozon}}) {}

 protected:
  std::shared_ptr<st::Connector> over(std::shared_ptr<st::HttpTransport> transport, const Pages& pages) override {
    st::ozon::Options options;
    if (pages.rows > 0) {
      options.products_per_page = options.stock_rows_per_page = options.prices_per_page = std::min(pages.rows, 1'000);
      options.postings_per_page = std::min(pages.rows, 100);
      // Lists whose pages the connector does not choose.
      world().faults().at({},
                          {.kind = st::testing::FaultKind::shrink_pages, .size = static_cast<std::size_t>(pages.rows)});
    }
    if (pages.keys > 0) options.offers_per_fbo_request = std::min(pages.keys, 1'000);
    return st::ozon::make_factory(std::move(options))
        .value()
        ->connect(st::ozon::credentials(world().seller(channel()), world().token(channel())),
                  ports(std::move(transport)))
        .value();
  }
};

}  // namespace

TEST_CASE("each list of Ozon's is what the account holds, row by row, in pages and batches of every size") {
  SmallOzon subject;
  subject.run();
}

TEST_CASE("the sizes of pages that the Ozon connector promises are the most that it asks for") {
  const st::Capabilities& can = st::ozon::capabilities();
  const st::ozon::Options options;
  CHECK(options.products_per_page == can.offers_per_page);
  CHECK(options.stock_rows_per_page == can.stock_rows_per_page);
  CHECK(options.offers_per_fbo_request == can.offers_per_fbs_request);
  CHECK_FALSE(st::ozon::make_factory({.products_per_page = can.offers_per_page + 1}));
  CHECK_FALSE(st::ozon::make_factory({.stock_rows_per_page = can.stock_rows_per_page + 1}));
  CHECK_FALSE(st::ozon::make_factory({.offers_per_fbo_request = can.offers_per_fbs_request + 1}));
}
