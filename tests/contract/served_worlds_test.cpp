// The connector suite over a network: each vendor's connector, over libcurl and the policies, against a server that
// enforces the vendor's limits.
#include <stocktracker/adapters/curl.hpp>
#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/adapters/yandex_market.hpp>
#include <stocktracker/http/policies.hpp>
#include <stocktracker/testing/connector_contract.hpp>
#include <stocktracker/testing/seeded_random.hpp>
#include <stocktracker/testing/world_server.hpp>

#include "tests/support/catch_check.hpp"

namespace st = stocktracker;

namespace {

class Served final : public st::testing::ConnectorSubject {
 public:
  Served(const st::Channel& channel, bool with_policies)
      : channel_(channel),
        world_({.seed = 31,
                .offers = 12,
                .limits = true,
                .channels = {st::Channel::wildberries, st::Channel::ozon, st::Channel::yandex_market}}),
        with_policies_(with_policies) {
    world_.clock()->advance(std::chrono::hours(24 * 20));
    world_.stand_still();  // waits make time pass
    world_.clock()->advance(std::chrono::hours(7));
    server_ = st::testing::WorldServer::start(world_, {.speed = 0}).value();
    curl_ = st::make_curl_transport().value();
    // The suite waits for limits as long as it takes, and repeats what is refused.
    st::HttpPolicyOptions options{.retry = {.max_wait = std::chrono::hours(24)}, .breaker = {.failures = 1'000}};
    policies_ = std::make_shared<st::HttpPolicies>(std::move(options), world_.clock(),
                                                   std::make_shared<st::testing::SeededRandom>(31), telemetry_);
  }
  st::Result<std::shared_ptr<st::Connector>> connector() override { return over(limited()); }
  std::shared_ptr<st::Connector> through(Middle middle) override { return over(middle(limited())).value(); }
  std::optional<st::testing::AccountTruth> truth() override { return world_.account_truth(channel_); }

  [[nodiscard]] const st::testing::World& world() const noexcept { return world_; }

 private:
  [[nodiscard]] std::shared_ptr<st::HttpTransport> limited() const {
    return with_policies_ ? st::HttpPolicies::over(policies_, curl_) : curl_;
  }
  [[nodiscard]] st::Result<std::shared_ptr<st::Connector>> over(std::shared_ptr<st::HttpTransport> transport) const {
    const st::ConnectorPorts ports{std::move(transport), world_.clock(), telemetry_};
    auto token = world_.token(channel_);
    if (channel_ == st::Channel::wildberries) {
      STK_TRY(const auto factory, st::wildberries::make_factory());
      return factory->connect(st::wildberries::credentials(std::move(token), server_->url()), ports);
    }
    if (channel_ == st::Channel::ozon) {
      STK_TRY(const auto factory, st::ozon::make_factory());
      return factory->connect(st::ozon::credentials(world_.seller(channel_), std::move(token), server_->url()), ports);
    }
    STK_TRY(const auto factory, st::yandex_market::make_factory());
    return factory->connect(st::yandex_market::credentials(std::move(token), {}, server_->url()), ports);
  }

  const st::Channel channel_;
  st::testing::World world_;
  const bool with_policies_;
  const std::shared_ptr<st::Telemetry> telemetry_ = std::make_shared<st::Telemetry>();
  std::unique_ptr<st::testing::WorldServer> server_;
  std::shared_ptr<st::HttpTransport> curl_;
  std::shared_ptr<st::HttpPolicies> policies_;
};

// The first part of each expectation that did not hold, with its case.
class Failures final : public st::testing::Check {
 public:
  void begin(std::string_view name) override { name_ = name; }
  void expect(bool holds, std::string_view what) override {
    if (!holds) texts.push_back(name_ + ": " + std::string(what));
  }
  std::vector<std::string> texts;

 private:
  std::string name_;
};

}  // namespace

TEST_CASE("over the policies the suite passes against a server with limits, and no request is refused as too many") {
  for (const st::Channel& channel : {st::Channel::wildberries, st::Channel::ozon, st::Channel::yandex_market}) {
    Served subject(channel, true);
    CatchCheck check;
    st::testing::connector_contract(subject, check);
    CAPTURE(channel.code());
    CHECK(check.expectations() > 100);
    CHECK(subject.world().requests() > 100);
    CHECK(subject.world().rejections() == 0);
  }
}

TEST_CASE("without policies the suite says that its requests go past the limits") {
  Served subject(st::Channel::wildberries, false);
  Failures failures;
  st::testing::connector_contract(subject, failures);
  CHECK(subject.world().rejections() > 0);
  REQUIRE_FALSE(failures.texts.empty());
  CHECK(failures.texts.back().starts_with("requests stay within the limits of the marketplace: "));
  CHECK(failures.texts.back().find("over HttpPolicies") != std::string::npos);
}
