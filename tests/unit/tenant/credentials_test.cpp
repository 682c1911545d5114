// Credentials in memory and in the store: one tenant's never serve another, and never go to another address.
#include <sqlite3.h>

#include <set>

#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/adapters/yandex_market.hpp>

#include "tests/support/wire.hpp"

namespace st = stocktracker;
using st::Channel;

namespace {

// Every account of the file is that one, under that stamp.
void forge(const std::string& file, const st::AccountId& account, const std::string& stamp) {
  sqlite3* raw = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &raw) == SQLITE_OK);
  std::string sql = "UPDATE account SET credential_stamp = '" + stamp + "';";
  for (const auto& table : st::schema().tables) {
    if (table.plane != st::Plane::tenant) continue;
    for (const auto& column : table.columns) {
      if (column.name == "account_id")
        sql += "UPDATE " + std::string(table.table) + " SET account_id = '" + account.text() + "';";
    }
  }
  REQUIRE(sqlite3_exec(raw, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(raw);
}

}  // namespace

TEST_CASE("a file that is imported with another tenant's account id gets none of the other's credentials") {
  const bool with_key = GENERATE(false, true);
  CAPTURE(with_key);
  Place place(with_key);
  auto engine = place.open();
  const st::Secret annas_token = place.token();
  const auto annas = Place::connect(engine, place.anna, annas_token.clone()).value().id;
  REQUIRE(Place::run(engine, place.anna, annas) == "ok");
  // Another installation, of the attacker's: a seller of their own, and a file of it that names anna's account.
  const st::Secret own = place.house.second.token(Channel::wildberries, {.categories = {"content"}});
  const std::string file = place.house.folder.file("mallory.db");
  {
    House abroad(900);
    abroad.opened = 500;  // ids of its own
    const auto mallory = abroad.tenant("mallory");
    abroad.seller(mallory, place.house.second);
    auto there = abroad.open(place.house.second);
    REQUIRE(there.export_tenant(file, {.tenant = mallory}));
  }
  forge(file, annas, place.stamp(place.anna));

  const auto mallory = engine.import_tenant(file, "mallory").value().id;
  const auto listed = engine.accounts().list({.tenant = mallory}).collect().value();
  REQUIRE(listed.size() == 1);
  const auto theirs = listed[0].id;
  CHECK(theirs != annas);
  CHECK(place.stamp(mallory).empty());
  place.wire->sent.clear();
  CHECK(Place::run(engine, mallory, theirs) == "credentials_missing");
  CHECK(Place::run(engine, mallory, annas) == "not_found");
  CHECK(place.wire->sent.empty());
  // Nor by connecting it: the attacker's server is the only one that is asked, and sees the attacker's token alone.
  REQUIRE(Place::connect(engine, mallory, own.clone(), kEvil).value().id == theirs);
  Place::run(engine, mallory, theirs);
  CHECK(place.wire->secrets_at("evil") == only(own));
  CHECK(place.wire->secrets_at("vendor").empty());
  // Nothing of the file is lost with its ids; the directory holds two accounts.
  std::set<st::AccountId> known;
  const auto directory = engine.directory().accounts().collect().value();
  for (const auto& entry : directory) known.insert(entry.account);
  CHECK(known == std::set<st::AccountId>{annas, theirs});
  CHECK(engine.ledger().verify({.tenant = mallory}).value().broken == 0);
  CHECK(engine.stock().positions({.account = theirs}, {.tenant = mallory}).collect().value().size() > 100);
  CHECK(engine.stock().positions({.account = annas}, {.tenant = mallory}).collect().error().errc() ==
        st::Errc::not_found);
  CHECK(Place::run(engine, place.anna, annas) == "ok");
}

TEST_CASE("a plane with another tenant's account and stamp written into it gets none of the other's credentials") {
  const bool with_key = GENERATE(false, true);
  CAPTURE(with_key);
  Place place(with_key);
  auto engine = place.open();
  const st::Secret annas_token = place.token();
  const auto annas = Place::connect(engine, place.anna, annas_token.clone()).value().id;
  const auto mallory = engine.tenants().create("mallory").value().id;
  const st::Secret own = place.house.second.token(Channel::wildberries, {.categories = {"content"}});
  REQUIRE(Place::connect(engine, mallory, own.clone(), kEvil));
  const std::string id = annas.text();
  const std::string stamp = place.stamp(place.anna);
  REQUIRE_FALSE(stamp.empty());
  const auto write = [&](st::Transaction& tx) -> st::Result<void> {
    static constexpr st::Statement kAccount{"test.account",
                                            "UPDATE account SET account_id = $1, credential_stamp = $2"};
    static constexpr st::Statement kCredential{"test.credential", "UPDATE credential SET account_id = $1"};
    STK_TRY(tx.execute(kCredential, {id}));
    STK_TRY(tx.execute(kAccount, {id, stamp}));
    return st::success();
  };
  REQUIRE(place.raw()->tenant(mallory).value()->transact({}, st::TransactMode::write, write));
  place.wire->sent.clear();
  CHECK(Place::run(engine, mallory, annas) == (with_key ? "seal_broken" : "credentials_missing"));
  CHECK(place.wire->sent.empty());
  REQUIRE(Place::connect(engine, mallory, own.clone(), kEvil).value().id == annas);
  Place::run(engine, mallory, annas);
  CHECK(place.wire->secrets_at("evil") == only(own));
  CHECK(place.wire->secrets_at("vendor").empty());
  CHECK(Place::run(engine, place.anna, annas) == "ok");
}

TEST_CASE("a token is never sent to an address that it was not connected for") {
  const bool with_key = GENERATE(false, true);
  CAPTURE(with_key);
  Place place(with_key);
  auto engine = place.open();
  place.wire->evil = place.house.first.transport();  // claims to be the same seller
  const st::Secret annas_token = place.token();
  const auto account = Place::connect(engine, place.anna, annas_token.clone()).value().id;
  const st::Secret content = place.token({"content"});
  REQUIRE(Place::connect(engine, place.anna, content.clone(), kEvil).value().id == account);
  Place::run(engine, place.anna, account);
  CHECK(place.wire->secrets_at("evil") == only(content));
  // Back at the marketplace: neither the address nor the tokens of the other one stay.
  place.wire->sent.clear();
  const st::Secret analytics = place.token({"analytics", "marketplace"});
  REQUIRE(Place::connect(engine, place.anna, analytics.clone()).value().id == account);
  Place::run(engine, place.anna, account);
  CHECK(place.wire->secrets_at("vendor") == only(analytics));
  CHECK(place.wire->secrets_at("evil").empty());
  // At one address tokens join.
  REQUIRE(Place::connect(engine, place.anna, place.token({"content"})));
  CHECK(Place::run(engine, place.anna, account) == "ok");
}

TEST_CASE("an address that is not given again is not kept, on any channel") {
  st::testing::World world(
      {.seed = 4, .offers = 10, .channels = {Channel::wildberries, Channel::ozon, Channel::yandex_market}});
  const auto wire = std::make_shared<Wire>(world, world);
  auto engine = st::open({.path = ":memory:",
                          .limits = st::LimitTable{},
                          .allowed_base_urls = {kEvil},
                          .transport = wire,
                          .clock = world.clock(),
                          .executor = st::make_inline_executor()})
                    .value();
  const auto credentials = [&](const Channel& channel, const std::string& address) {
    if (channel == Channel::ozon) {
      return st::ozon::credentials(world.seller(channel), world.token(channel), address);
    }
    if (channel == Channel::yandex_market) return st::yandex_market::credentials(world.token(channel), "", address);
    return st::wildberries::credentials(world.token(channel), address);
  };
  for (const Channel& channel : {Channel::wildberries, Channel::ozon, Channel::yandex_market}) {
    CAPTURE(channel.code());
    const auto before = engine.accounts().connect(credentials(channel, kEvil)).value().id;
    REQUIRE(engine.accounts().connect(credentials(channel, "")).value().id == before);
    wire->sent.clear();
    CHECK(engine.sync().run(before).value().state == st::RunState::ok);
    CHECK(wire->sent.size() > 3);
    CHECK(wire->secrets_at("evil").empty());
  }
}

TEST_CASE("a tenant that was suspended is connected again where nothing is stored") {
  Place place(false);
  auto engine = place.open();
  auto another = place.open();
  const auto account = Place::connect(engine, place.anna, place.token()).value().id;
  for (st::Engine* operators : {&engine, &another}) {
    REQUIRE(Place::connect(engine, place.anna, place.token()));
    REQUIRE(Place::run(engine, place.anna, account) == "ok");
    REQUIRE(operators->tenants().suspend(place.anna));
    REQUIRE(operators->tenants().resume(place.anna));
    place.wire->sent.clear();
    CHECK(Place::run(engine, place.anna, account) == "credentials_missing");
    CHECK(place.wire->sent.empty());
  }
}

TEST_CASE("a store with sealed credentials that is opened without a key names the option") {
  Place place(true);
  auto engine = place.open();
  const auto account = Place::connect(engine, place.anna, place.token()).value().id;
  auto without = place.house.open(place.house.first, false);
  const auto requests = place.house.first.requests();
  const auto ran = without.sync().run(account, {.tenant = place.anna});
  REQUIRE_FALSE(ran);
  CHECK(ran.error().errc() == st::Errc::key_missing);
  CHECK(ran.error().details().field == "key_file");
  const std::string& message = ran.error().message();
  CHECK(message.find("sealed, and the store was opened without a key") != std::string::npos);
  CHECK(message.find("OpenOptions::key_file") != std::string::npos);
  CHECK(place.house.first.requests() == requests);
  CHECK(Place::run(engine, place.anna, account) == "ok");
}

TEST_CASE("a restored tenant keeps the credentials that are stored and none that are held") {
  const bool with_key = GENERATE(false, true);
  CAPTURE(with_key);
  Place place(with_key);
  auto engine = place.open();
  const auto account = Place::connect(engine, place.anna, place.token()).value().id;
  REQUIRE(Place::run(engine, place.anna, account) == "ok");
  const std::string backup = place.house.folder.file("anna.db");
  REQUIRE(engine.backup(backup, {.tenant = place.anna}));
  REQUIRE(engine.tenants().suspend(place.anna));
  REQUIRE_FALSE(place.stamp(place.anna).empty());
  REQUIRE(engine.tenants().restore(place.anna, backup));
  CHECK(place.stamp(place.anna).empty());
  REQUIRE(engine.tenants().resume(place.anna));
  place.wire->sent.clear();
  CHECK(Place::run(engine, place.anna, account) == (with_key ? "ok" : "credentials_missing"));
  CHECK(place.wire->sent.empty() != with_key);
}

TEST_CASE("a removed tenant that somebody puts back has no credentials in memory") {
  Place place(false);
  auto engine = place.open();
  const auto account = Place::connect(engine, place.anna, place.token()).value();
  const std::string stamp = place.stamp(place.anna);
  REQUIRE(engine.tenants().remove(place.anna));
  const auto raw = place.raw();
  REQUIRE(raw->create_tenant(place.anna, {}));
  const std::string id = account.id.text();
  const auto put_back = [&](st::Transaction& tx) -> st::Result<void> {
    STK_TRY(tx.upsert(
        "account", st::OnConflict::fail,
        {st::SqlColumn::constant("account_id", id), st::SqlColumn::constant("channel", "wildberries"),
         st::SqlColumn::constant("seller_key", account.seller_key), st::SqlColumn::constant("seller_name", "Anna"),
         st::SqlColumn::constant("label", "Anna"), st::SqlColumn::constant("connected_at", std::int64_t{1}),
         st::SqlColumn::constant("credential_stamp", stamp)}));
    return st::success();
  };
  REQUIRE(raw->tenant(place.anna).value()->transact({}, st::TransactMode::write, put_back));
  const auto revive = [&](st::Transaction& tx) -> st::Result<void> {
    static constexpr st::Statement kRevive{"test.revive", "UPDATE tenant SET state = 'active'"};
    STK_TRY(tx.execute(kRevive));
    return st::success();
  };
  REQUIRE(raw->control().transact({}, st::TransactMode::write, revive));
  place.wire->sent.clear();
  CHECK(Place::run(engine, place.anna, account.id) == "credentials_missing");
  CHECK(place.wire->sent.empty());
}
