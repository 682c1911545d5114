// Limits of one tenant's accounts, in a process that asks the marketplaces for many.
#include <set>

#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/adapters/yandex_market.hpp>
#include <stocktracker/testing/scripted_transport.hpp>

#include "tests/support/bazaar.hpp"
#include "tests/support/house.hpp"

namespace st = stocktracker;

namespace {

constexpr st::Channel kChannels[] = {st::Channel::wildberries, st::Channel::ozon, st::Channel::yandex_market};

// Requests go to the world of whose turn it is.
class Switch final : public st::HttpTransport {
 public:
  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext& context) override {
    return to->transport()->send(request, context);
  }
  const st::testing::World* to = nullptr;
};

st::Credentials credentials(const st::testing::World& world, const st::Channel& channel) {
  if (channel == st::Channel::wildberries) return st::wildberries::credentials(world.token(channel));
  if (channel == st::Channel::ozon) return st::ozon::credentials(world.seller(channel), world.token(channel));
  return st::yandex_market::credentials(world.token(channel));
}

// "ozon 4711" of each bucket that is shown.
std::set<std::string> owners(const std::vector<st::QuotaStatus>& limits) {
  std::set<std::string> all;
  for (const auto& one : limits) all.insert(one.rule.vendor + " " + one.owner);
  return all;
}

struct Crowd {
  explicit Crowd(const std::string& path)
      : engine(
            st::open(
                {.path = path, .transport = transport, .clock = first.clock(), .executor = st::make_inline_executor()})
                .value()) {}

  static st::testing::WorldOptions world(std::uint64_t seed) {
    return {.seed = seed, .offers = 8, .channels = {std::begin(kChannels), std::end(kChannels)}};
  }
  // Connects and synchronises all channels; what their buckets should be called.
  std::set<std::string> settle(const st::testing::World& world, const st::CallContext& context) {
    transport->to = &world;
    std::set<std::string> names;
    for (const st::Channel& channel : kChannels) {
      const auto account = engine.accounts().connect(credentials(world, channel), {}, context).value();
      const auto run = engine.sync().run(account.id, context);
      REQUIRE(run);
      names.insert(std::string(channel.code()) + " " + account.seller_key);
    }
    return names;
  }

  st::testing::World first{world(5)};
  st::testing::World second{world(6)};
  std::shared_ptr<Switch> transport = std::make_shared<Switch>();
  st::Engine engine;
};

// A channel of the user's own, with limits and penalties of its own.
class LimitedFactory final : public st::ConnectorFactory {
 public:
  explicit LimitedFactory(Bazaar& bazaar) : inner_(bazaar) {}
  st::Channel channel() const noexcept override { return inner_.channel(); }
  st::Result<std::shared_ptr<st::Connector>> connect(const st::Credentials& credentials,
                                                     const st::ConnectorPorts& ports) override {
    return inner_.connect(credentials, ports);
  }
  st::Result<st::LimitTable> limits() const override {
    st::LimitTable table;
    table.limits = {{.vendor = "bazaar", .interval = std::chrono::minutes(1), .burst = 7}};
    table.penalties = {{.vendor = "bazaar", .from = 409, .to = 409, .requests = 4}};
    return table;
  }

 private:
  BazaarFactory inner_;
};

}  // namespace

TEST_CASE("limits of another tenant's sellers are not shown, and those of its own are, of every channel") {
  const TempFolder folder;
  Crowd crowd(folder.file("house") + "/");
  const auto anna = crowd.engine.tenants().create("anna").value().id;
  const auto boris = crowd.engine.tenants().create("boris").value().id;
  const auto empty = crowd.engine.tenants().create("carl").value().id;
  const auto annas = crowd.settle(crowd.first, {.tenant = anna});
  const auto boriss = crowd.settle(crowd.second, {.tenant = boris});
  REQUIRE(annas.size() == 3);
  for (const auto& name : annas) REQUIRE_FALSE(boriss.contains(name));

  const auto seen_by = [&](const st::TenantId& tenant) {
    const auto handle = crowd.engine.as(tenant, {.actor = "u", .permissions = {st::Permission::account_read}}).value();
    return owners(handle.accounts().limits().value());
  };
  CHECK(seen_by(anna) == annas);
  CHECK(seen_by(boris) == boriss);
  CHECK(seen_by(empty).empty());
  // Not for the program's own engine either: the context names the tenant.
  CHECK(owners(crowd.engine.accounts().limits({.tenant = boris}).value()) == boriss);
  CHECK(crowd.engine.accounts().limits().error().errc() == st::Errc::tenant_unset);
}

TEST_CASE("in a store of one seller all limits are shown, also of a key with a seller that is not known yet") {
  Crowd crowd(":memory:");
  const auto names = crowd.settle(crowd.first, {});
  const auto shown = owners(crowd.engine.accounts().limits().value());
  for (const auto& name : names) CHECK(shown.contains(name));
  const bool key = std::any_of(shown.begin(), shown.end(),
                               [](const std::string& name) { return name.starts_with("yandex_market key "); });
  CHECK(key);
}

// Numbers of sellers are short: two marketplaces give the same one to two sellers.
TEST_CASE("a seller sees no limits of another marketplace's seller who has the same key") {
  const TempFolder folder;
  const st::testing::World world({.seed = 5, .offers = 8, .channels = {st::Channel::ozon}});
  Bazaar bazaar;
  bazaar.clock = world.clock();
  bazaar.seller = world.seller(st::Channel::ozon);
  auto engine = st::open({.path = folder.file("house") + "/",
                          .transport = world.transport(),
                          .clock = world.clock(),
                          .executor = st::make_inline_executor(),
                          .connectors = {std::make_shared<BazaarFactory>(bazaar)}})
                    .value();
  const st::CallContext anna{.tenant = engine.tenants().create("anna").value().id};
  const st::CallContext boris{.tenant = engine.tenants().create("boris").value().id};
  const auto annas = engine.accounts().connect(credentials(world, st::Channel::ozon), {}, anna).value();
  REQUIRE(engine.sync().run(annas.id, anna));
  st::Credentials key;
  key.channel = Bazaar::kChannel;
  key.parts.push_back({"key", st::Secret::copy_of("k")});
  const auto boriss = engine.accounts().connect(std::move(key), {}, boris).value();
  REQUIRE(boriss.seller_key == annas.seller_key);
  CHECK_FALSE(engine.accounts().limits(anna).value().empty());
  CHECK(engine.accounts().limits(boris).value().empty());
}

TEST_CASE("limits of a connector that cannot be read are an error of open, with the channel's name") {
  class Unreadable final : public st::ConnectorFactory {
   public:
    st::Channel channel() const noexcept override { return Bazaar::kChannel; }
    st::Result<std::shared_ptr<st::Connector>> connect(const st::Credentials&, const st::ConnectorPorts&) override {
      return st::Errc::internal;
    }
    st::Result<st::LimitTable> limits() const override { return st::LimitTable::parse("{\"format\": 2}"); }
  };
  const auto opened = st::open({.path = ":memory:", .connectors = {std::make_shared<Unreadable>()}});
  REQUIRE_FALSE(opened);
  CHECK(opened.error().errc() == st::Errc::invalid_text);
  CHECK(opened.error().message().starts_with("the limits of the connector for bazaar: "));
  // An empty table: nobody's limits are read.
  CHECK(st::open({.path = ":memory:", .limits = st::LimitTable(), .connectors = {std::make_shared<Unreadable>()}}));
}

TEST_CASE(
    "limits of a connector that would limit nothing are an error of open: of no vendor of its own, without a time") {
  class Limiting final : public st::ConnectorFactory {
   public:
    explicit Limiting(st::LimitRule rule) : rule_(std::move(rule)) {}
    st::Channel channel() const noexcept override { return Bazaar::kChannel; }
    st::Result<std::shared_ptr<st::Connector>> connect(const st::Credentials&, const st::ConnectorPorts&) override {
      return st::Errc::internal;
    }
    // Others at each call.
    st::Result<st::LimitTable> limits() const override {
      st::LimitTable table{.limits = {rule_}};
      if (++calls > 1) table.limits[0].interval = {};
      return table;
    }
    mutable int calls = 0;

   private:
    const st::LimitRule rule_;
  };
  const st::LimitRule good{.vendor = "bazaar", .interval = std::chrono::minutes(1), .burst = 7};
  st::LimitRule misspelt = good;
  misspelt.vendor = "bazar";
  st::LimitRule timeless = good;
  timeless.interval = {};
  for (const auto& [rule, field] :
       {std::pair(misspelt, "limits[0].vendor"), std::pair(timeless, "limits[0].interval")}) {
    const auto opened = st::open({.path = ":memory:", .connectors = {std::make_shared<Limiting>(rule)}});
    REQUIRE_FALSE(opened);
    CHECK(opened.error().errc() == st::Errc::invalid_argument);
    CHECK(opened.error().details().field == field);
    CHECK(opened.error().message().starts_with("the limits of the connector for bazaar: "));
  }
  const auto once = std::make_shared<Limiting>(good);
  auto engine = st::open({.path = ":memory:", .connectors = {once}}).value();
  REQUIRE(engine.accounts().limits());
  CHECK(once->calls == 1);
}

TEST_CASE("a connector's own limits and penalties hold, unless the engine's table knows its channel or is empty") {
  struct Case {
    std::optional<st::LimitTable> given;
    std::vector<int> left;  // requests that may go after one that was answered by 409
  };
  st::LimitTable known;
  known.limits = {{.vendor = "bazaar", .interval = std::chrono::minutes(1), .burst = 20}};
  st::LimitTable other;
  other.limits = {{.vendor = "elsewhere", .interval = std::chrono::minutes(1), .burst = 20}};
  for (const Case& one : std::vector<Case>{{std::nullopt, {3}}, {other, {3}}, {known, {19}}, {st::LimitTable{}, {}}}) {
    CAPTURE(one.left.size());
    const auto transport = std::make_shared<st::testing::ScriptedTransport>();
    transport->answer("/list", 409, "{}");
    Bazaar bazaar;
    bazaar.stock[""] = [&](const st::StockQuery&, st::StockSink&, const st::CallContext& context) -> st::Result<void> {
      st::HttpRequest request;
      request.url = "https://bazaar.example/list";
      request.quota.vendor = "bazaar";
      request.quota.owner = "b1";
      STK_TRY(bazaar.transport->send(request, context));
      return st::success();
    };
    auto engine = st::open({.path = ":memory:",
                            .limits = one.given,
                            .transport = transport,
                            .clock = bazaar.clock,
                            .executor = st::make_inline_executor(),
                            .connectors = {std::make_shared<LimitedFactory>(bazaar)}})
                      .value();
    st::Credentials key;
    key.channel = Bazaar::kChannel;
    key.parts.push_back({"key", st::Secret::copy_of("k")});
    const auto account = engine.accounts().connect(std::move(key)).value();
    REQUIRE(engine.sync().run(account.id));
    REQUIRE(transport->left() == 0);
    std::vector<int> left;
    const auto limits = engine.accounts().limits();
    REQUIRE(limits);
    for (const auto& limit : limits.value()) left.push_back(limit.available);
    CHECK(left == one.left);
  }
}
