// The connector suite over Wildberries' connector, with the truth of a simulated account.
#include <stocktracker/adapters/wildberries.hpp>
#include "tests/contract/world_subject.hpp"

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

namespace {

// A small account, every row of which is compared.
class SmallWildberries final : public WorldSubject {
 public:
  SmallWildberries() : WorldSubject(st::Channel::wildberries, {.seed = 22, .undisclosed_percent = 50}) {}

 protected:
  std::shared_ptr<st::Connector> over(std::shared_ptr<st::HttpTransport> transport, const Pages& pages) override {
    st::wildberries::Options options;
    if (pages.rows > 0) {
      options.cards_per_page = std::min(pages.rows, 100);
      options.stock_rows_per_page = options.orders_per_page = options.prices_per_page = std::min(pages.rows, 1'000);
    }
    if (pages.keys > 0) options.fbs_offers_per_request = std::min(pages.keys, 1'000);
    return st::wildberries::make_factory(options)
        .value()
        ->connect(st::wildberries::credentials(world().token(channel())), ports(std::move(transport)))
        .value();
  }
  void complete(st::testing::AccountTruth& truth) const override { truth.orders_asked_again = std::chrono::hours(1); }
};

}  // namespace

TEST_CASE("each list of Wildberries' is what the account holds, row by row, in pages and batches of every size") {
  SmallWildberries subject;
  subject.run();
}

TEST_CASE("the sizes of pages that the Wildberries connector promises are the most that it asks for") {
  const st::Capabilities& can = st::wildberries::capabilities();
  const st::wildberries::Options options;
  CHECK(options.cards_per_page == can.offers_per_page);
  CHECK(options.stock_rows_per_page == can.stock_rows_per_page);
  CHECK(options.fbs_offers_per_request == can.offers_per_fbs_request);
  CHECK_FALSE(st::wildberries::make_factory({.cards_per_page = can.offers_per_page + 1}));
  CHECK_FALSE(st::wildberries::make_factory({.stock_rows_per_page = can.stock_rows_per_page + 1}));
  CHECK_FALSE(st::wildberries::make_factory({.fbs_offers_per_request = can.offers_per_fbs_request + 1}));
}
