// Tenants and their calls: found, suspended, removed, kept apart.
#include <filesystem>
#include <map>

#include "tests/support/house.hpp"

namespace st = stocktracker;

TEST_CASE("tenants are made, found, suspended and removed") {
  House house;
  auto engine = house.open(house.first);
  auto tenants = engine.tenants();
  const auto anna = tenants.create("Анна & Co").value();
  CHECK(anna.state == st::TenantState::active);
  CHECK(anna.created_at == house.first.clock()->now());
  const auto boris = tenants.create("boris").value();
  CHECK(tenants.create("boris").error().errc() == st::Errc::already_exists);
  CHECK(tenants.find("boris").value().id == boris.id);
  CHECK(tenants.find(anna.id.text()).value().name == "Анна & Co");
  for (const std::string& name : {std::string(), std::string(121, 'x'), std::string("a\nb"), std::string("a\x7f"),
                                  std::string("\x1f"), anna.id.text()}) {
    CHECK(tenants.create(name).error().details().field == "name");
  }
  CHECK(tenants.remove(tenants.create(std::string(120, 'x')).value().id));
  for (const char* name : {"nobody", "../boris", "boris%", "*", "' OR 1=1 --"}) {
    CHECK(tenants.find(name).error().errc() == st::Errc::not_found);
  }
  const auto all = tenants.list({.page_size = 1}).collect().value();
  CHECK(all.size() == 2);

  CHECK(tenants.resume(boris.id).error().errc() == st::Errc::invalid_argument);
  CHECK(tenants.suspend(boris.id).value().state == st::TenantState::suspended);
  CHECK(tenants.suspend(boris.id).error().message().find("is suspended, not active") != std::string::npos);
  CHECK(tenants.resume(boris.id).value().state == st::TenantState::active);

  CHECK(tenants.remove(boris.id));
  CHECK(tenants.remove(boris.id));
  CHECK(tenants.find("boris").error().errc() == st::Errc::not_found);
  const auto buried = tenants.find(boris.id.text()).value();
  CHECK(buried.state == st::TenantState::deleted);
  CHECK(buried.name == boris.id.text());
  CHECK(tenants.list().collect().value().size() == 1);
  CHECK(tenants.list({.deleted = true}).collect().value().size() == 3);
  CHECK(tenants.create("boris").value().id != boris.id);
  CHECK(tenants.suspend(boris.id).error().errc() == st::Errc::invalid_argument);
  CHECK(tenants.remove(st::TenantId(st::kDefaultTenant.uuid())).error().errc() == st::Errc::not_found);
  CHECK(tenants.list({.page_size = 0}).collect().error().errc() == st::Errc::invalid_argument);
}

TEST_CASE("every call with another tenant's context finds nothing and changes nothing") {
  House house;
  const auto anna = house.tenant("anna");
  const auto boris = house.tenant("boris");
  const auto annas = house.seller(anna, house.first);
  const auto boriss = house.seller(boris, house.second);
  auto engine = house.open(house.first);
  const std::string before = House::picture(engine, anna);
  REQUIRE(before.size() > 1'000);
  CHECK(before != House::picture(engine, boris));
  const auto one = engine.stock().positions({}, {.tenant = anna}).next()->value();

  const st::CallContext as_boris{.tenant = boris};
  auto accounts = engine.accounts();
  auto sync = engine.sync();
  CHECK(accounts.get(annas, as_boris).error().errc() == st::Errc::not_found);
  CHECK(accounts.find(annas.text(), as_boris).error().errc() == st::Errc::not_found);
  CHECK(accounts.health(annas, as_boris).error().errc() == st::Errc::not_found);
  CHECK(accounts.credentials(annas, as_boris).error().errc() == st::Errc::not_found);
  const auto listed = accounts.list(as_boris).collect().value();
  CHECK(listed.size() == 1);
  CHECK(listed.at(0).id == boriss);
  CHECK(sync.run(annas, as_boris).error().errc() == st::Errc::not_found);
  CHECK(sync.plan(annas, {}, as_boris).error().errc() == st::Errc::not_found);
  const auto unknown = st::Errc::not_found;
  CHECK(sync.runs({.account = annas}, as_boris).collect().error().errc() == unknown);
  CHECK(sync.sources(annas, as_boris).error().errc() == unknown);
  CHECK(engine.offers().list({.account = annas}, as_boris).collect().error().errc() == unknown);
  CHECK(engine.stock().positions({.account = annas}, as_boris).collect().error().errc() == unknown);
  CHECK(engine.stock().columns({.account = annas}, as_boris).error().errc() == unknown);
  CHECK(engine.stock().total(annas, as_boris).error().errc() == unknown);
  CHECK(engine.ledger().movements({.account = annas}, as_boris).collect().error().errc() == unknown);
  st::PositionQuery by_key;
  by_key.offer = one.offer.key;
  CHECK(engine.stock().positions(by_key, as_boris).collect().value().empty());
  st::MovementQuery movements;
  movements.offer = one.offer.key;
  CHECK(engine.ledger().movements(movements, as_boris).collect().value().empty());
  CHECK(engine.orders().lines({.account = annas}, as_boris).collect().error().errc() == unknown);
  CHECK(engine.orders().coverage(annas, as_boris).error().errc() == unknown);
  CHECK(engine.prices().list({.account = annas}, as_boris).collect().error().errc() == unknown);
  CHECK(engine.analytics().stock_health({.account = annas}, as_boris).error().errc() == unknown);
  auto listings = engine.listings();
  CHECK(listings.decide(annas, one.offer.key, "mug", as_boris).error().errc() == st::Errc::not_found);
  CHECK(listings.undecide(annas, one.offer.key, as_boris).error().errc() == unknown);
  const auto boriss_listings = listings.matched(as_boris).value();
  for (const auto& offer : boriss_listings.offers) CHECK(offer.account == boriss);
  CHECK(House::picture(engine, anna) == before);
  CHECK(engine.ledger().verify({.tenant = anna}).value().broken == 0);
}

TEST_CASE("a call that names no tenant is refused, whatever it asks") {
  House house;
  const auto anna = house.tenant("anna");
  const auto account = house.seller(anna, house.first);
  auto engine = house.open(house.first);
  const auto requests = house.first.requests();
  const auto unset = st::Errc::tenant_unset;
  auto accounts = engine.accounts();
  CHECK(accounts.get(account).error().errc() == unset);
  CHECK(accounts.get(account).error().message().find("set CallContext::tenant") != std::string::npos);
  CHECK(accounts.list().collect().error().errc() == unset);
  CHECK(accounts.health(account).error().errc() == unset);
  CHECK(accounts.credentials(account).error().errc() == unset);
  CHECK(engine.sync().run(account).error().errc() == unset);
  CHECK(engine.sync().run_all().error().errc() == unset);
  CHECK(engine.sync().runs().collect().error().errc() == unset);
  CHECK(engine.sync().sources(account).error().errc() == unset);
  CHECK(engine.offers().list().collect().error().errc() == unset);
  CHECK(engine.stock().positions().collect().error().errc() == unset);
  CHECK(engine.stock().columns().error().errc() == unset);
  CHECK(engine.stock().total(account).error().errc() == unset);
  CHECK(engine.ledger().movements().collect().error().errc() == unset);
  CHECK(engine.ledger().known_since(account).error().errc() == unset);
  CHECK(engine.ledger().verify().error().errc() == unset);
  CHECK(engine.orders().lines({.account = account}).collect().error().errc() == unset);
  CHECK(engine.orders().coverage(account).error().errc() == unset);
  CHECK(engine.prices().list({.account = account}).collect().error().errc() == unset);
  CHECK(engine.analytics().stock_health({.account = account}).error().errc() == unset);
  CHECK(engine.listings().matched().error().errc() == unset);
  CHECK(engine.listings().decide(account, "1", "mug").error().errc() == unset);
  CHECK(engine.listings().undecide(account, "1").error().errc() == unset);
  CHECK(house.first.requests() == requests);
  const auto stranger = st::CallContext{.tenant = st::kDefaultTenant};
  CHECK(engine.stock().columns({}, stranger).error().errc() == st::Errc::not_found);
}

TEST_CASE("orders, prices, matching and health of a tenant are its own, on either store") {
  House house;
  const auto anna = house.tenant("anna");
  const auto boris = house.tenant("boris");
  const auto annas = house.seller(anna, house.first);
  const auto boriss = house.seller(boris, house.second);
  const st::CallContext as_anna{.tenant = anna};
  const st::CallContext as_boris{.tenant = boris};
  auto engine = house.open(house.first);
  for (int day = 0; day < 9; ++day) {
    house.first.clock()->advance(std::chrono::hours(24));
    const auto run = engine.sync().run(annas, {.orders = true, .prices = true}, as_anna).value();
    REQUIRE(run.state == st::RunState::ok);
  }
  const auto truth = house.first.order_truth(st::Channel::wildberries);
  CHECK(truth.size() > 20);
  CHECK(engine.orders().lines({.account = annas}, as_anna).collect().value().size() == truth.size());
  CHECK(engine.prices().list({.account = annas}, as_anna).collect().value().size() == 40);
  const auto health = engine.analytics().stock_health({.account = annas}, as_anna).value();
  CHECK(health.orders_known);
  CHECK(health.by_offer.size() == 40);
  CHECK(health.offers + health.unknown == 40);
  std::int64_t ordered = 0;
  for (const auto& offer : health.by_offer) ordered += offer.orders.value_or(0);
  CHECK(ordered > 0);
  // One word in two tenants is two products.
  auto listings = engine.listings();
  const auto before = listings.matched(as_anna).value();
  REQUIRE(before.offers.size() == 40);
  CHECK(before.offers[0].account == annas);
  CHECK_FALSE(before.offers[0].barcodes.empty());
  REQUIRE(listings.decide(annas, before.offers[0].key, "mug", as_anna).has_value());
  REQUIRE(listings.decide(annas, before.offers[1].key, "mug", as_anna).has_value());
  const auto after = listings.matched(as_anna).value();
  REQUIRE(after.matches.products.size() == 1);
  CHECK(after.matches.products[0].by == st::MatchedBy::person);
  CHECK(listings.matched(as_boris).value().matches.products.empty());
  CHECK(engine.analytics().stock_health({.account = boriss}, as_boris).value().by_offer.size() == 40);
  REQUIRE(listings.undecide(annas, before.offers[0].key, as_anna).has_value());
  CHECK(listings.matched(as_anna).value().offers[0].product.empty());
}

TEST_CASE("a suspended tenant reads and changes nothing, and asks the marketplace nothing") {
  House house;
  const auto anna = house.tenant("anna");
  const auto account = house.seller(anna, house.first);
  auto engine = house.open(house.first);
  auto another = house.open(house.first);  // another process, say
  const st::CallContext context{.tenant = anna};
  CHECK(another.tenants().suspend(anna));
  const auto requests = house.first.requests();
  CHECK(engine.sync().run(account, context).error().errc() == st::Errc::tenant_suspended);
  CHECK(house.first.requests() == requests);
  CHECK(engine.stock().total(account, context).value().on_hand.units() > 0);
  CHECK(another.tenants().resume(anna));
  CHECK(engine.sync().run(account, context).value().state == st::RunState::ok);
}

// What is read of a suspended tenant must be what it was: an operator looks at it, or its seller has left.
TEST_CASE("a run that is under way when its tenant is suspended, at whatever request, stores nothing of it") {
  int suspended = 0;
  for (const int request : {1, 2, 5}) {
    CAPTURE(request);
    House house;
    const auto anna = house.tenant("anna");
    const auto account = house.seller(anna, house.first);
    const auto day = std::chrono::hours(30);
    house.first.run_for(day, st::testing::every(day), [] {});
    auto engine = house.open(house.first);
    const auto hooked = house.transport;
    auto another = house.open(house.second);
    const auto before = engine.stock().total(account, {.tenant = anna}).value();
    const auto entries = engine.ledger().verify({.tenant = anna}).value().entries;
    int sent = 0;
    hooked->in_between = [&] {
      if (++sent != request) return;
      REQUIRE(another.tenants().suspend(anna));
      ++suspended;
    };
    CHECK(engine.sync().run(account, {.tenant = anna}).error().errc() == st::Errc::tenant_suspended);
    CHECK(engine.stock().total(account, {.tenant = anna}).value().observed_at == before.observed_at);
    CHECK(engine.ledger().verify({.tenant = anna}).value().entries == entries);
    hooked->in_between = nullptr;
    REQUIRE(another.tenants().resume(anna));
    house.first.clock()->advance(std::chrono::hours(1));  // the lease that the run could not give back
    CHECK(engine.sync().run(account, {.tenant = anna}).value().state == st::RunState::ok);
    CHECK(engine.ledger().verify({.tenant = anna}).value().entries > entries);
  }
  CHECK(suspended == 3);
}

TEST_CASE("a tenant that is removed during its synchronisation is gone") {
  House house;
  const auto anna = house.tenant("anna");
  const auto boris = house.tenant("boris");
  const auto account = house.seller(anna, house.first);
  house.seller(boris, house.second);
  auto remover = house.open(house.second);
  auto engine = house.open(house.first);
  const std::string boriss = House::picture(engine, boris);
  int requests = 0;
  house.transport->in_between = [&] {
    if (++requests == 3) CHECK(remover.tenants().remove(anna));
  };
  const auto run = engine.sync().run(account, {.tenant = anna});
  CHECK(requests >= 3);
  REQUIRE_FALSE(run);
  CHECK(run.error().errc() == st::Errc::not_found);
  CHECK(engine.stock().columns({}, {.tenant = anna}).error().errc() == st::Errc::not_found);
  if (!House::make_storage) {
    for (const auto& entry : std::filesystem::directory_iterator(house.folder.file("house") + "/tenants")) {
      CHECK(entry.path().filename().string().find(anna.text()) == std::string::npos);
    }
  }
  CHECK(House::picture(engine, boris) == boriss);
}

TEST_CASE("one process keeps the keys of its tenants apart") {
  House house;
  const auto anna = house.tenant("anna");
  const auto boris = house.tenant("boris");
  const auto credentials = [&] { return st::wildberries::credentials(house.first.token(st::Channel::wildberries)); };
  std::map<st::TenantId, st::AccountId> accounts;
  {
    auto engine = house.open(house.first);
    for (const auto& tenant : {anna, boris}) {
      const st::CallContext context{.tenant = tenant};
      accounts[tenant] = engine.accounts().connect(credentials(), {}, context).value().id;
    }
  }
  for (const auto& tenant : {boris, anna}) {
    auto engine = house.open(house.first);  // a process that serves this one alone
    const auto run = engine.sync().run(accounts[tenant], {.tenant = tenant});
    CHECK((run ? std::string() : run.error().text()) == "");
  }
}

TEST_CASE("a tenant moves to another installation, and leaves its credentials behind") {
  House house;
  const auto anna = house.tenant("anna");
  const auto account = house.seller(anna, house.first);
  auto engine = house.open(house.first);
  const st::CallContext as_anna{.tenant = anna};
  const std::string file = house.folder.file("anna.db");
  REQUIRE(engine.export_tenant(file, as_anna));
  CHECK(engine.export_tenant(file, as_anna).error().details().field == "target");
  CHECK(engine.export_tenant(house.folder.file("x.db"), {.tenant = st::kDefaultTenant}).error().errc() ==
        st::Errc::not_found);
  // Not twice in one installation.
  CHECK(engine.import_tenant(file, "anna again").error().errc() == st::Errc::already_exists);

  House other(900);
  auto abroad = other.open(house.first);
  CHECK(abroad.import_tenant(house.folder.file("none.db"), "anna").error().errc() == st::Errc::not_found);
  const auto arrived = abroad.import_tenant(file, "anna & co").value();
  CHECK(arrived.id == anna);
  CHECK(abroad.tenants().find("anna & co").value().id == anna);
  CHECK(House::picture(abroad, anna) == House::picture(engine, anna));
  CHECK(abroad.directory().accounts().collect().value().size() == 1);
  CHECK(abroad.ledger().verify(as_anna).value().broken == 0);
  // Its accounts are there; what they sign in with is not.
  const auto refused = abroad.sync().run(account, as_anna);
  CHECK_FALSE(refused);
  const auto again =
      abroad.accounts()
          .connect(st::wildberries::credentials(house.first.token(st::Channel::wildberries)), {}, as_anna)
          .value();
  CHECK(again.id == account);
  CHECK(abroad.sync().run(account, as_anna).value().state == st::RunState::ok);
  CHECK(abroad.import_tenant(file, "once more").error().errc() == st::Errc::already_exists);
}

TEST_CASE("the store of one seller becomes a tenant among many, and stays as it was") {
  House house;
  TempFolder own;
  const std::string shop = own.file("shop.db");
  st::AccountId account;
  const auto alone = [&] {
    return st::open({.path = shop,
                     .limits = st::LimitTable{},
                     .transport = house.first.transport(),
                     .clock = house.first.clock(),
                     .random = std::make_shared<st::testing::SeededRandom>(77),
                     .executor = st::make_inline_executor()})
        .value();
  };
  std::string before;
  {
    auto engine = alone();
    account =
        engine.accounts().connect(st::wildberries::credentials(house.first.token(st::Channel::wildberries))).value().id;
    CHECK(engine.sync().run(account).value().state == st::RunState::ok);
    before = House::picture(engine, {});
  }
  auto engine = house.open(house.first);
  const auto anna = engine.import_tenant(shop, "anna").value();
  CHECK_FALSE(anna.id.is_nil());
  CHECK(House::picture(engine, anna.id) == before);
  const st::CallContext as_anna{.tenant = anna.id};
  CHECK(engine.ledger().verify(as_anna).value().broken == 0);
  CHECK(engine.accounts()
            .connect(st::wildberries::credentials(house.first.token(st::Channel::wildberries)), {}, as_anna)
            .value()
            .id == account);
  CHECK(engine.sync().run(account, as_anna).value().state == st::RunState::ok);
  CHECK(engine.import_tenant(shop, "anna").error().errc() == st::Errc::already_exists);
  auto again = alone();
  CHECK(House::picture(again, {}) == before);
}

TEST_CASE("old facts fold into an opening, and what is known since stays as it was") {
  House house;
  const auto anna = house.tenant("anna");
  const auto boris = house.tenant("boris");
  const auto account = house.seller(anna, house.first);
  house.seller(boris, house.second);
  auto engine = house.open(house.first);
  const st::CallContext context{.tenant = anna};
  std::vector<st::Instant> days;
  for (int day = 0; day < 12; ++day) {
    house.first.run_for(std::chrono::hours(24), st::testing::every(std::chrono::hours(24)), [] {});
    REQUIRE(engine.sync().run(account, context).value().state == st::RunState::ok);
    days.push_back(house.first.clock()->now());
  }
  const auto as_of = [&](st::Instant at) {
    std::string text;
    st::PositionQuery query;
    query.as_of = at;
    const auto rows = engine.stock().positions(query, context).collect().value();
    for (const auto& p : rows) {
      text += p.offer.key + "@" + p.warehouse.key + "=" + (p.on_hand ? std::to_string(p.on_hand->units()) : "?") +
              to_string(p.state) + "\n";
    }
    return text;
  };
  std::vector<std::string> pictures;
  for (const st::Instant day : days) pictures.push_back(as_of(day));
  const std::string of_boris = House::picture(engine, boris);
  const auto entries = engine.ledger().verify(context).value().entries;

  auto ledger = engine.ledger();
  CHECK(ledger.retain(days.back() + std::chrono::hours(1), context).error().details().field == "since");
  const auto reported = ledger.retain(days[8], context).value();
  CHECK(reported.folded > 20);
  CHECK(reported.opened > 10);
  CHECK(reported.opened <= reported.folded);
  const auto after = ledger.verify(context).value();
  CHECK(after.broken == 0);
  for (const auto& fault : after.faults) CHECK(fault == "");
  CHECK(after.entries == entries - reported.folded);
  for (std::size_t day = 8; day < days.size(); ++day) CHECK(as_of(days[day]) == pictures[day]);
  const std::string first = as_of(days[0]);
  CHECK(first != pictures[0]);
  CHECK(first.find("=?unknown") != std::string::npos);
  CHECK(std::count(first.begin(), first.end(), '\n') >= std::count(pictures[0].begin(), pictures[0].end(), '\n'));
  const auto since = ledger.known_since(account, context).value();
  REQUIRE(since.has_value());
  CHECK(*since > days[0]);
  CHECK(*since < days[8]);
  CHECK(as_of(*since).find("unknown") == std::string::npos);
  CHECK(as_of(*since - std::chrono::microseconds(1)).find("=?unknown") != std::string::npos);
  const auto again = ledger.retain(days[8], context).value();
  CHECK(again.folded == 0);
  CHECK(again.opened == 0);
  CHECK(House::picture(engine, boris) == of_boris);
  // It goes on from there.
  REQUIRE(engine.sync().run(account, context).value().state == st::RunState::ok);
  CHECK(ledger.verify(context).value().broken == 0);
}

TEST_CASE("each tenant has settings of its own") {
  House house;
  const auto anna = house.tenant("anna");
  const auto boris = house.tenant("boris");
  auto engine = house.open(house.first);
  auto settings = engine.settings();
  CHECK(settings.get({.tenant = anna}).value() == st::TenantSettings{});
  const st::TenantSettings chosen{"kk-KZ", "Asia/Almaty", "Анна & Co", {"beta", "reports.daily"}, 3};
  REQUIRE(settings.change(chosen, {.tenant = anna}));
  CHECK(house.open(house.first).settings().get({.tenant = anna}).value() == chosen);
  CHECK(settings.get({.tenant = boris}).value() == st::TenantSettings{});
  CHECK(settings.get().error().errc() == st::Errc::tenant_unset);
  const auto wrong = [&](st::TenantSettings given) {
    const auto refused = settings.change(std::move(given), {.tenant = anna});
    REQUIRE_FALSE(refused);
    return refused.error().message();
  };
  CHECK(wrong({.locale = "русский"}).find("locale") != std::string::npos);
  CHECK(wrong({.zone = "../../etc/passwd"}).find("zone") != std::string::npos);
  CHECK(wrong({.brand = "a\nb"}).find("brand") != std::string::npos);
  CHECK(wrong({.features = {"b", "a"}}).find("features") != std::string::npos);
  CHECK(wrong({.features = {"a", "a"}}).find("features") != std::string::npos);
  CHECK(wrong({.low_stock = -1}).find("low_stock") != std::string::npos);
  CHECK(settings.get({.tenant = anna}).value() == chosen);
}

TEST_CASE("events of all tenants are read behind the last one that was seen, on either store") {
  House house;
  house.seller(house.tenant("anna"), house.first);
  house.seller(house.tenant("boris"), house.second);
  auto engine = house.open(house.first);
  REQUIRE(engine.directory().relay());
  const auto all = engine.directory().events({}, 1'000).value();
  REQUIRE(all.size() > 1);
  std::size_t read = 0;
  st::EventId last;
  while (true) {
    const auto page = engine.directory().events(last, 1).value();
    if (page.empty()) break;
    REQUIRE(read < all.size());
    CHECK(page.front().id == all[read++].id);
    last = page.front().id;
  }
  CHECK(read == all.size());
}
