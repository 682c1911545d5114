// Attacks on the handle of one tenant: other tenants, other actors, other ids, other times.
#include <atomic>
#include <thread>

#include <sqlite3.h>

#include "tests/support/house.hpp"
#include "tests/unit/tenant/service_calls.hpp"

namespace st = stocktracker;

namespace {

// Anna and Boris, each with a seller; the engine asks Anna's marketplace.
struct Neighbours {
  Neighbours()
      : anna(house.tenant("anna")),
        boris(house.tenant("boris")),
        annas(house.seller(anna, house.first)),
        boriss(house.seller(boris, house.second)),
        engine(house.open(house.first)) {}

  [[nodiscard]] st::TenantEngine handle(const st::TenantId& tenant) const {
    return engine->as(tenant, {.actor = "u-17", .permissions = st::Permissions::all()}).value();
  }
  [[nodiscard]] std::vector<ServiceCall> calls(const st::AccountId& account) {
    return service_calls(account,
                         [this] { return st::wildberries::credentials(house.first.token(st::Channel::wildberries)); });
  }

  House house;
  st::TenantId anna;
  st::TenantId boris;
  st::AccountId annas;
  st::AccountId boriss;
  std::optional<st::Engine> engine;
};

template <class R>
std::string code(const R& result) {
  return result ? "done" : to_string(result.error().errc());
}

bool in_state(const std::string& control, const std::string& tenant, const std::string& state) {
  sqlite3* db = nullptr;
  const std::string sql = "UPDATE tenant SET state = '" + state + "' WHERE tenant_id = '" + tenant + "'";
  const bool done = sqlite3_open(control.c_str(), &db) == SQLITE_OK &&
                    sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK && sqlite3_changes(db) == 1;
  sqlite3_close(db);
  return done;
}

}  // namespace

TEST_CASE("a handle refuses every call in the name of another tenant or actor") {
  Neighbours here;
  const auto boris = here.handle(here.boris);
  const std::string annas = House::picture(*here.engine, here.anna);
  const std::string boriss = House::picture(*here.engine, here.boris);
  const auto requests = here.house.first.requests();
  for (const ServiceCall& call : here.calls(here.annas)) {
    CAPTURE(call.name);
    const std::pair<st::CallContext, const char*> attacks[] = {{{.tenant = here.anna}, "tenant"},
                                                               {{.tenant = st::kDefaultTenant}, "tenant"},
                                                               {{.actor = "u-18"}, "actor"},
                                                               {{.tenant = here.boris, .actor = "u-18"}, "actor"}};
    for (const auto& [context, field] : attacks) {
      const auto refused = call.run(boris, context);
      REQUIRE(refused);
      CHECK(refused->errc() == st::Errc::tenant_mismatch);
      CHECK(refused->details().field == field);
    }
  }
  CHECK(here.house.first.requests() == requests);
  CHECK(House::picture(*here.engine, here.anna) == annas);
  CHECK(House::picture(*here.engine, here.boris) == boriss);
}

TEST_CASE("a handle without a tenant in the context means its own, and its actor is recorded") {
  Neighbours here;
  const auto anna = here.handle(here.anna);
  CHECK(anna.tenant() == here.anna);
  CHECK(anna.principal().actor == "u-17");
  const st::CallContext own{.tenant = here.anna, .actor = "u-17"};
  CHECK(anna.stock().total(here.annas).value().positions == anna.stock().total(here.annas, own).value().positions);
  CHECK(anna.stock().total(here.annas).value().positions > 0);
  CHECK(anna.sync().run(here.annas).value().actor == "u-17");
  const auto runs = anna.sync().runs().collect().value();
  CHECK(runs.front().actor == "u-17");
}

TEST_CASE("an actor that a store could not keep is refused: of a handle, and of a call without one") {
  Neighbours here;
  for (const std::string& bad :
       {std::string("two\nlines"), std::string("\xff"), std::string(1, '\0'), std::string(121, 'u')}) {
    CAPTURE(bad);
    CHECK(code(here.engine->as(here.anna, {.actor = bad, .permissions = st::Permissions::all()})) ==
          "invalid_argument");
    CHECK(code(here.engine->sync().run(here.annas, {}, {.tenant = here.anna, .actor = bad})) == "invalid_argument");
  }
  CHECK(code(here.engine->as(here.anna, {.actor = "", .permissions = st::Permissions::all()})) == "invalid_argument");
  CHECK(here.engine->sync().run(here.annas, {}, {.tenant = here.anna, .actor = std::string(120, 'u')}));
}

TEST_CASE("ids of another tenant's accounts find and change nothing through a handle") {
  Neighbours here;
  const auto boris = here.handle(here.boris);
  const std::string before = House::picture(*here.engine, here.anna);
  const std::string offer = here.handle(here.anna).stock().positions().next()->value().offer.key;
  const auto requests = here.house.first.requests();
  CHECK(code(boris.accounts().get(here.annas)) == "not_found");
  CHECK(code(boris.accounts().find(here.annas.text())) == "not_found");
  CHECK(code(boris.accounts().health(here.annas)) == "not_found");
  CHECK(code(boris.accounts().credentials(here.annas)) == "not_found");
  CHECK(code(boris.sync().run(here.annas)) == "not_found");
  CHECK(code(boris.sync().plan(here.annas)) == "not_found");
  CHECK(code(boris.sync().sources(here.annas)) == "not_found");
  CHECK(code(boris.sync().runs({.account = here.annas}).collect()) == "not_found");
  CHECK(code(boris.offers().list({.account = here.annas}).collect()) == "not_found");
  CHECK(code(boris.stock().positions({.account = here.annas}).collect()) == "not_found");
  CHECK(code(boris.stock().columns({.account = here.annas})) == "not_found");
  CHECK(code(boris.stock().total(here.annas)) == "not_found");
  CHECK(code(boris.ledger().known_since(here.annas)) == "not_found");
  CHECK(code(boris.ledger().movements({.account = here.annas}).collect()) == "not_found");
  CHECK(code(boris.orders().lines({.account = here.annas}).collect()) == "not_found");
  CHECK(code(boris.orders().coverage(here.annas)) == "not_found");
  CHECK(code(boris.prices().list({.account = here.annas}).collect()) == "not_found");
  CHECK(code(boris.analytics().stock_health({.account = here.annas})) == "not_found");
  CHECK(code(boris.analytics().offer_stock(here.annas)) == "not_found");
  CHECK(code(boris.listings().products({.account = here.annas}).collect()) == "not_found");
  CHECK(code(boris.analytics().set_low_stock(here.annas, offer, 1)) == "not_found");
  CHECK(code(boris.analytics().low_stock_of(here.annas, offer)) == "not_found");
  CHECK(code(boris.listings().decide(here.annas, offer, "mug")) == "not_found");
  CHECK(code(boris.listings().undecide(here.annas, offer)) == "not_found");
  const auto listings = boris.listings().matched().value();
  for (const auto& one : listings.offers) CHECK(one.account == here.boriss);
  CHECK(here.house.first.requests() == requests);
  CHECK(House::picture(*here.engine, here.anna) == before);
}

TEST_CASE("a handle is made for a tenant that is there, and for somebody") {
  Neighbours here;
  const auto make = [&](const st::TenantId& tenant, const std::string& actor) {
    return here.engine->as(tenant, {.actor = actor, .permissions = st::Permissions::all()});
  };
  for (const std::string& actor :
       {std::string(), std::string("a\nb"), std::string(121, 'x'), std::string(" "), std::string("a\u0085b"),
        std::string("\u202Aadmin\u202C"), std::string("\u2067admin"), std::string("\u200B")}) {
    CAPTURE(actor);
    const auto refused = make(here.anna, actor);
    CHECK(code(refused) == "invalid_argument");
    CHECK(refused.error().details().field == "actor");
  }
  CHECK(code(make({}, "u")) == "tenant_unset");
  CHECK(code(make(st::kDefaultTenant, "u")) == "not_found");
  CHECK(code(make(st::TenantId(here.annas.uuid()), "u")) == "not_found");
  REQUIRE(here.engine->tenants().remove(here.anna));
  CHECK(code(make(here.anna, "u")) == "not_found");
  CHECK(code(make(here.boris, "u")) == "done");
}

TEST_CASE("in a store of one seller a handle is for the default tenant") {
  House house;
  auto engine = st::open({.path = ":memory:",
                          .limits = st::LimitTable{},
                          .transport = house.first.transport(),
                          .clock = house.first.clock(),
                          .executor = st::make_inline_executor()})
                    .value();
  const st::Principal who{.actor = "u", .permissions = st::Permissions::all()};
  const auto handle = engine.as({}, who).value();
  CHECK(handle.tenant() == st::kDefaultTenant);
  const auto connected =
      handle.accounts().connect(st::wildberries::credentials(house.first.token(st::Channel::wildberries))).value();
  REQUIRE(handle.sync().run(connected.id).value().state == st::RunState::ok);
  CHECK(engine.as(st::kDefaultTenant, who).value().stock().total(connected.id).value().positions > 0);
  CHECK(handle.stock().total(connected.id, {.tenant = st::kDefaultTenant}).value().positions > 0);
  CHECK(engine.directory().accounts().collect().value().size() == 1);
  const st::TenantId other(connected.id.uuid());
  CHECK(code(engine.as(other, who)) == "not_found");
  CHECK(code(handle.stock().total(connected.id, {.tenant = other})) == "tenant_mismatch");
}

TEST_CASE("pages and services of a handle work after the handle and its engine are gone") {
  Neighbours here;
  const std::size_t all = here.handle(here.anna).stock().positions().collect().value().size();
  auto pages = here.handle(here.anna).stock().positions({.page_size = 5});
  REQUIRE(pages.next_page().value().size() == 5);
  auto not_begun = here.handle(here.anna).accounts().list();
  const auto analytics = here.handle(here.anna).analytics();
  auto sync = here.handle(here.anna).sync();
  here.engine.reset();
  const auto rest = pages.collect();
  REQUIRE(rest);
  CHECK(rest.value().size() == all - 5);
  CHECK(not_begun.collect().value().size() == 1);
  CHECK(analytics.stock_health({.account = here.annas}).value().by_offer.size() == 40);
  CHECK(sync.run(here.annas).value().actor == "u-17");
}

TEST_CASE("a handle of a tenant that is suspended, removed or quarantined meanwhile obeys its new state") {
  Neighbours here;
  const auto anna = here.handle(here.anna);
  auto engine = here.house.open(here.house.first);  // another process, say
  REQUIRE(engine.tenants().suspend(here.anna));
  CHECK(anna.stock().total(here.annas).value().positions > 0);
  CHECK(code(anna.settings().change({})) == "tenant_suspended");
  CHECK(code(anna.sync().run(here.annas)) == "tenant_suspended");
  const auto later = here.handle(here.anna);
  CHECK(code(later.ledger().verify()) == "done");
  REQUIRE(engine.tenants().resume(here.anna));
  CHECK(code(anna.settings().change({})) == "done");

  if (!House::make_storage) {
    const std::string control = here.house.folder.file("house") + "/control.db";
    REQUIRE(in_state(control, here.anna.text(), "quarantined"));
    CHECK_FALSE(anna.stock().total(here.annas));
    CHECK_FALSE(anna.settings().change({}));
    REQUIRE(in_state(control, here.anna.text(), "active"));
  }

  auto pages = anna.stock().positions({.page_size = 5});
  REQUIRE(pages.next_page());
  REQUIRE(engine.tenants().remove(here.anna));
  CHECK(code(pages.collect()) == "not_found");
  for (const ServiceCall& call : here.calls(here.annas)) {
    CAPTURE(call.name);
    const auto ended = call.run(anna, {});
    REQUIRE(ended);
    CHECK(ended->errc() == st::Errc::not_found);
  }
  CHECK(here.handle(here.boris).stock().total(here.boriss).value().positions > 0);
}

TEST_CASE("eight threads with two handles see their own tenant alone") {
  Neighbours here;
  const st::TenantEngine handles[] = {here.handle(here.anna), here.handle(here.boris)};
  const st::AccountId accounts[] = {here.annas, here.boriss};
  std::atomic<int> foreign = 0;
  std::atomic<int> own = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (std::size_t number = 0; number < 8; ++number) {
    threads.emplace_back([&, number] {
      const std::size_t mine = number % 2;
      const st::TenantEngine handle = handles[mine];
      for (int i = 0; i < 20; ++i) {
        const auto rows = handle.stock().positions().collect();
        if (!rows) continue;
        for (const auto& row : rows.value()) ++(row.account == accounts[mine] ? own : foreign);
        const auto listed = handle.accounts().list().collect();
        if (!listed || listed.value().size() != 1 || listed.value().front().id != accounts[mine]) ++foreign;
        const auto theirs = handle.stock().total(accounts[1 - mine], {.tenant = handles[1 - mine].tenant()});
        if (!theirs && theirs.error().errc() == st::Errc::tenant_mismatch) ++refused;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(foreign == 0);
  CHECK(own > 8 * 20 * 30);
  CHECK(refused == 8 * 20);
}
