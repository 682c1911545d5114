// Tokens that are replaced while a run is under way.
#include <functional>
#include <set>

#include "tests/support/wire.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

// Asks for its offers and its warehouses with one request each, signed with a part of the credentials and a word of its
// own.
class Keyed final : public st::Connector {
 public:
  Keyed(const st::Credentials& credentials, std::shared_ptr<st::HttpTransport> transport, st::Idempotency idempotency)
      : key_(credentials.find("key")->clone()), transport_(std::move(transport)), idempotency_(idempotency) {}
  const st::Capabilities& capabilities() const noexcept override {
    static const st::Capabilities can{.channel = st::Channel("keyed"), .zone = "UTC"};
    return can;
  }
  st::Result<st::SellerIdentity> verify_credentials(const st::CallContext&) override {
    return st::SellerIdentity{"7", "Seven"};
  }
  st::Result<void> list_offers(st::OfferSink&, const st::CallContext& context) override { return ask(context); }
  st::Result<void> list_warehouses(st::WarehouseSink&, const st::CallContext& context) override { return ask(context); }
  st::Result<void> fetch_stock(const st::StockQuery&, st::StockSink&, const st::CallContext&) override {
    return st::success();
  }

 private:
  st::Result<void> ask(const st::CallContext& context) {
    st::HttpRequest request;
    request.url = "https://keyed.example/";
    request.operation = "keyed.ask";
    request.idempotency = idempotency_;
    request.secret_headers.push_back({"Authorization", st::Secret("Bearer " + revealed(key_))});
    request.secret_headers.push_back({"X-Client", st::Secret::copy_of("client-7")});
    STK_TRY(const auto response, transport_->send(request, context));
    return response.status == 401 ? st::Result<void>(st::Errc::vendor_unauthorized) : st::success();
  }

  const st::Secret key_;
  const std::shared_ptr<st::HttpTransport> transport_;
  const st::Idempotency idempotency_;
};

class KeyedFactory final : public st::ConnectorFactory {
 public:
  explicit KeyedFactory(st::Idempotency idempotency) : idempotency_(idempotency) {}
  st::Channel channel() const noexcept override { return st::Channel("keyed"); }
  st::Result<std::shared_ptr<st::Connector>> connect(const st::Credentials& credentials,
                                                     const st::ConnectorPorts& ports) override {
    if (once_connected) std::exchange(once_connected, nullptr)();
    return std::make_shared<Keyed>(credentials, ports.transport, idempotency_);
  }
  std::function<void()> once_connected;

 private:
  const st::Idempotency idempotency_;
};

struct KeyedShop {
  explicit KeyedShop(st::Idempotency idempotency)
      : factory(std::make_shared<KeyedFactory>(idempotency)),
        engine(st::open({.path = ":memory:",
                         .limits = st::LimitTable{},
                         .transport = wire,
                         .clock = world.clock(),
                         .executor = st::make_inline_executor(),
                         .connectors = {factory}})
                   .value()) {}
  st::AccountId connect(const std::string& key) {
    st::Credentials credentials;
    credentials.channel = st::Channel("keyed");
    credentials.parts.push_back({"client", st::Secret::copy_of("7")});  // the end of other words, too
    credentials.parts.push_back({"key", st::Secret::copy_of(key)});
    return engine.accounts().connect(std::move(credentials)).value().id;
  }
  st::testing::World world{{.seed = 1, .offers = 1}};
  std::shared_ptr<Wire> wire = std::make_shared<Wire>(world, world);
  std::shared_ptr<KeyedFactory> factory;
  st::Engine engine;
};

}  // namespace

TEST_CASE("a token that another process replaced is used at the next request of a run under way, and by the next run") {
  const bool refused = GENERATE(true, false);
  CAPTURE(refused);
  Place place(true);
  auto engine = place.open();
  auto another = place.open();
  const st::Secret old = place.token();
  const st::Secret fresh = place.token(st::testing::WildberriesToken().categories, 300);
  const auto account = Place::connect(engine, place.anna, old.clone()).value().id;
  REQUIRE(Place::run(engine, place.anna, account) == "ok");
  place.wire->during(2, [&] {
    REQUIRE(Place::connect(another, place.anna, fresh.clone()));
    place.wire->sent.resize(2);  // those of the check are not the run's
    if (refused) {
      place.wire->revoked = only(old);
    } else {
      place.house.first.clock()->advance(11s);  // more than a third of the lease
    }
  });
  CHECK(Place::run(engine, place.anna, account) == "ok");
  const auto& sent = place.wire->sent;
  REQUIRE(sent.size() > 4);
  for (std::size_t i = 0; i < sent.size(); ++i) {
    CAPTURE(i);
    CHECK(sent[i].secrets == (i < 2 ? only(old) : only(fresh)));
  }
  place.wire->sent.clear();
  CHECK(Place::run(engine, place.anna, account) == "ok");
  CHECK(place.wire->secrets_at("vendor") == only(fresh));
}

TEST_CASE("a token that another process replaced and keeps to itself ends the use of the old one") {
  Place place(false);
  auto engine = place.open();
  auto another = place.open();
  const st::Secret old = place.token();
  const st::Secret fresh = place.token(st::testing::WildberriesToken().categories, 300);
  const auto account = Place::connect(engine, place.anna, old.clone()).value().id;
  place.wire->during(2, [&] {
    REQUIRE(Place::connect(another, place.anna, fresh.clone()));
    place.wire->sent.resize(2);
    place.house.first.clock()->advance(11s);
  });
  CHECK(Place::run(engine, place.anna, account) == "partial credentials_missing");
  CHECK(place.wire->sent.size() == 2);
  place.wire->sent.clear();
  CHECK(Place::run(engine, place.anna, account) == "credentials_missing");
  CHECK(place.wire->sent.empty());
  CHECK(Place::run(another, place.anna, account) == "ok");
  CHECK(place.wire->secrets_at("vendor") == only(fresh));
  // In one process a run under way has the new one at once.
  place.wire->during(2, [&] {
    REQUIRE(Place::connect(another, place.anna, old.clone()));
    place.wire->sent.clear();
    place.wire->revoked = only(fresh);
  });
  CHECK(Place::run(another, place.anna, account) == "ok");
  CHECK(place.wire->secrets_at("vendor") == only(old));
}

TEST_CASE(
    "a run without a key ends where another process with one has stored new credentials, and sends nothing more") {
  Place place(false);
  auto engine = place.open();
  auto another = place.house.open(place.house.first, true);
  const auto account = Place::connect(engine, place.anna, place.token()).value().id;
  place.wire->during(2, [&] {
    REQUIRE(Place::connect(another, place.anna, place.token(st::testing::WildberriesToken().categories, 300)));
    place.wire->sent.resize(2);
    place.house.first.clock()->advance(11s);
  });
  CHECK(Place::run(engine, place.anna, account) == "partial credentials_missing");
  CHECK(place.wire->sent.size() == 2);
  place.wire->sent.clear();
  CHECK(Place::run(engine, place.anna, account) == "key_missing");
  CHECK(place.wire->sent.empty());
}

TEST_CASE("a run sends nothing more when its account was connected for another address") {
  const bool refused = GENERATE(true, false);
  CAPTURE(refused);
  Place place(true);
  auto engine = place.open();
  auto another = place.open();
  place.wire->evil = place.house.first.transport();
  const st::Secret old = place.token();
  const st::Secret fresh = place.token(st::testing::WildberriesToken().categories, 300);
  const auto account = Place::connect(engine, place.anna, old.clone()).value().id;
  place.wire->during(2, [&] {
    REQUIRE(Place::connect(another, place.anna, fresh.clone(), kEvil));
    place.wire->sent.clear();
    if (refused) {
      place.wire->revoked = only(old);
    } else {
      place.house.first.clock()->advance(11s);
    }
  });
  const auto run = engine.sync().run(account, {.tenant = place.anna}).value();
  CHECK(place.wire->sent.empty());
  std::set<std::string> messages;
  for (const auto& source : run.sources) {
    if (source.error) messages.insert(source.error->message());
  }
  REQUIRE(messages.size() == 1);
  CHECK(messages.begin()->find("connected for another address") != std::string::npos);
  CHECK(messages.begin()->find("synchronise again") != std::string::npos);
  CHECK(Place::run(engine, place.anna, account) == "ok");
  CHECK(place.wire->secrets_at("evil") == only(fresh));
  CHECK(place.wire->secrets_at("vendor").empty());
}

TEST_CASE("a refused request is sent once more with the new key, unless it may not be sent twice") {
  const auto idempotency = GENERATE(st::Idempotency::safe, st::Idempotency::keyed, st::Idempotency::unsafe);
  const bool again = idempotency != st::Idempotency::unsafe;
  CAPTURE(again);
  KeyedShop shop(idempotency);
  const auto account = shop.connect("old-7");
  shop.wire->during(1, [&] {
    shop.connect("new-7");
    shop.wire->revoked = {"Bearer old-7"};
  });
  const auto run = shop.engine.sync().run(account).value();
  const auto& sent = shop.wire->sent;
  REQUIRE(sent.size() == (again ? 3 : 2));
  CHECK(sent[0].secrets == std::set<std::string>{"Bearer old-7", "client-7"});
  for (std::size_t i = 1; i < sent.size(); ++i) {
    CHECK(sent[i].secrets == std::set<std::string>{"Bearer new-7", "client-7"});
  }
  CHECK(run.requests == static_cast<std::int64_t>(sent.size()));
  for (const auto& source : run.sources) {
    CAPTURE(source.name);
    if (source.name == "catalogue") CHECK((source.state == st::SourceState::denied) != again);
  }
}

TEST_CASE("a key that is replaced while a run begins is not sent") {
  KeyedShop shop(st::Idempotency::safe);
  const auto account = shop.connect("old-7");
  shop.factory->once_connected = [&] { shop.connect("new-7"); };
  CHECK(shop.engine.sync().run(account));
  CHECK(shop.wire->sent.size() == 2);
  CHECK(shop.wire->secrets_at("vendor") == std::set<std::string>{"Bearer new-7", "client-7"});
}
