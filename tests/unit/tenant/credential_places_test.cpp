// What is stored of an account opens for its tenant, account and part alone.
#include <stocktracker/adapters/openssl.hpp>
#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/testing/manual_clock.hpp>

#include "marketplace/accounts_core.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/revealed.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;

namespace {

// Two tenants with two accounts of two parts each, under one key: nothing but their places keeps them apart.
struct Vault {
  struct Place {
    st::TenantId tenant;
    st::AccountId account;
    std::string part;
    [[nodiscard]] std::string secret() const { return tenant.text() + account.text() + part; }
  };

  Vault() {
    ports.clock = std::make_shared<st::testing::ManualClock>();
    ports.telemetry = std::make_shared<st::Telemetry>();
    ports.storage = st::make_sqlite_folder({.path = folder.file("s"), .schema = st::schema()}).value();
    ports.sealer = sealer;
    core = std::make_shared<st::AccountsCore>(ports, std::vector<std::shared_ptr<st::ConnectorFactory>>(), nullptr,
                                              nullptr, true);
    for (std::uint64_t t = 1; t <= 2; ++t) {
      const st::TenantId tenant(st::Uuid::v7(st::Instant::from_seconds(1), 1, t));
      REQUIRE(ports.storage->create_tenant(tenant, {}));
      for (std::uint64_t a = 1; a <= 2; ++a) {
        // The second account has the same id in both tenants.
        const st::AccountId account(st::Uuid::v7(st::Instant::from_seconds(2), 1, a == 2 ? 9 : 10 * t));
        for (const char* part : {"client", "token"}) places.push_back({tenant, account, part});
        const auto write = [&](st::Transaction& tx) -> st::Result<void> {
          const std::string id = account.text();
          STK_TRY(tx.upsert("account", st::OnConflict::fail,
                            {st::SqlColumn::constant("account_id", id), st::SqlColumn::constant("channel", "ozon"),
                             st::SqlColumn::constant("seller_key", id), st::SqlColumn::constant("seller_name", "s"),
                             st::SqlColumn::constant("label", id), st::SqlColumn::constant("connected_at", 1),
                             st::SqlColumn::constant("credential_stamp", id)}));
          st::Credentials credentials;
          credentials.channel = st::Channel::ozon;
          for (const Place& place : places) {
            if (place.tenant != tenant || place.account != account) continue;
            credentials.parts.push_back({place.part, st::Secret::copy_of(place.secret())});
          }
          return core->write_credentials(tx, account_of(account), credentials, tenant);
        };
        REQUIRE(plane(tenant)->transact({}, st::TransactMode::write, write));
      }
    }
  }
  static st::Account account_of(const st::AccountId& id) {
    return {id, st::Channel::ozon, id.text(), "s", id.text(), {}};
  }
  std::shared_ptr<st::Database> plane(const st::TenantId& tenant) { return ports.storage->tenant(tenant).value(); }
  [[nodiscard]] st::Result<st::AccountCredentials> read(const Place& place) const {
    return core->credentials(account_of(place.account), {.tenant = place.tenant});
  }
  std::string sealed_at(const Place& place) {
    static constexpr st::Statement kSealed{"test.sealed",
                                           "SELECT sealed FROM credential WHERE account_id = $1 AND name = $2"};
    std::string sealed;
    const std::string id = place.account.text();
    const auto look = [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(auto rows, tx.query(kSealed, {id, place.part}));
      STK_TRY(const bool any, rows->next());
      if (any) sealed = std::string(rows->text(0));
      return st::success();
    };
    REQUIRE(plane(place.tenant)->transact({}, st::TransactMode::read, look));
    REQUIRE_FALSE(sealed.empty());
    return sealed;
  }
  void put(const Place& place, const std::string& sealed) {
    const std::string id = place.account.text();
    const auto write = [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(tx.upsert("credential", st::OnConflict::update,
                        {st::SqlColumn::constant("account_id", id), st::SqlColumn::constant("name", place.part),
                         st::SqlColumn::constant("sealed", st::SqlValue::blob(sealed))}));
      return st::success();
    };
    REQUIRE(plane(place.tenant)->transact({}, st::TransactMode::write, write));
  }

  TempFolder folder;
  std::shared_ptr<st::Sealer> sealer =
      st::make_sealer(st::make_key_text(st::Secret::copy_of("k-1 " + std::string(43, 'A') + "="), "the test").value());
  st::Ports ports;
  std::shared_ptr<st::AccountsCore> core;
  std::vector<Place> places;
};

}  // namespace

TEST_CASE("what is stored for a part of an account opens in no other part, account or tenant") {
  Vault vault;
  REQUIRE(vault.places.size() == 8);
  int tried = 0;
  for (const auto& to : vault.places) {
    const std::string own = vault.sealed_at(to);
    for (const auto& from : vault.places) {
      INFO(from.secret() << " in the place of " << to.secret());
      vault.put(to, &from == &to ? own : vault.sealed_at(from));
      const auto read = vault.read(to);
      if (&from == &to) {
        REQUIRE(read);
        const st::Secret* part = read.value().credentials.find(to.part);
        REQUIRE(part != nullptr);
        CHECK(revealed(*part) == to.secret());
        continue;
      }
      CHECK(read.error().errc() == st::Errc::seal_broken);
      CHECK(read.error().text().find(from.secret()) == std::string::npos);
      ++tried;
    }
    vault.put(to, own);
  }
  CHECK(tried == 56);
}

TEST_CASE("stored credentials name the place that other versions of the program look for") {
  // Another place would open nothing that was sealed before an update.
  Vault vault;
  for (const auto& place : vault.places) {
    const std::string tenant = place.tenant.text();
    const std::string row = place.account.text() + "/" + place.part;
    const auto opened = vault.sealer->open(vault.sealed_at(place), {tenant, "credential", "sealed", row});
    REQUIRE(opened);
    CHECK(revealed(opened.value()) == place.secret());
  }
}

TEST_CASE("credentials that are replaced leave no part of the old ones, and none of another account's go") {
  Vault vault;
  const auto& first = vault.places.front();
  const auto write = [&](st::Transaction& tx) -> st::Result<void> {
    st::Credentials credentials;
    credentials.parts.push_back({"token", st::Secret::copy_of("new")});
    return vault.core->write_credentials(tx, Vault::account_of(first.account), credentials, first.tenant);
  };
  REQUIRE(vault.plane(first.tenant)->transact({}, st::TransactMode::write, write));
  int others = 0;
  for (const auto& place : vault.places) {
    const auto read = vault.read(place).value();
    if (place.tenant == first.tenant && place.account == first.account) {
      REQUIRE(read.credentials.parts.size() == 1);
      CHECK(revealed(read.credentials.parts.front().value) == "new");
      continue;
    }
    CHECK(revealed(*read.credentials.find(place.part)) == place.secret());
    ++others;
  }
  CHECK(others == 6);
}
