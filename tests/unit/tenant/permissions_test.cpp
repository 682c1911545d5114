// What a principal may do: every function of the services with each permission missing, and what the audit keeps.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include <stocktracker/core/permission_table.hpp>
#include <stocktracker/testing/audit_log.hpp>

#include "tests/support/house.hpp"
#include "tests/support/revealed.hpp"
#include "tests/unit/tenant/service_calls.hpp"

namespace st = stocktracker;

namespace {

using P = st::Permission;

// Permissions of what other capabilities will do; no service asks for them yet.
constexpr P kAhead[] = {P::stock_write,    P::prices_write,   P::export_create,  P::job_read,      P::job_run,
                        P::webhook_manage, P::notice_manage,  P::session_revoke, P::apikey_manage, P::audit_read,
                        P::billing_read,   P::billing_manage, P::tenant_rename,  P::tenant_remove};

// Names of the functions that a public header declares for a class.
std::set<std::string> declared(const std::string& type, const std::string& header) {
  std::ifstream file("include/stocktracker/" + header);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  const std::size_t begin = text.find("class STK_API " + type + " {");
  REQUIRE(begin != std::string::npos);
  text = text.substr(begin, text.find("\n private:", begin) - begin);
  std::set<std::string> names;
  static const std::regex function(R"((?:^|[^:\w])([a-z_]+)\()");  // not std::chrono::seconds(10)
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t line_end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, line_end - at);
    at = line_end + 1;
    if (line.find("///") != std::string::npos || line.find("explicit") != std::string::npos) continue;
    for (std::sregex_iterator found(line.begin(), line.end(), function), last; found != last; ++found) {
      names.insert(type + "::" + (*found)[1].str());
    }
  }
  return names;
}

st::Credentials credentials(const st::testing::World& world) {
  return st::wildberries::credentials(world.token(st::Channel::wildberries));
}

// Fields of what the calls ask about and nobody has.
const std::set<std::string> kAbsent{"offer", "run", "user", "from"};

}  // namespace

TEST_CASE("the table of calls has every function of every service of a handle") {
  const std::pair<const char*, const char*> services[] = {
      {"Settings", "tenant/settings.hpp"},      {"Members", "identity/members.hpp"},
      {"Accounts", "marketplace/accounts.hpp"}, {"Sync", "sync/sync.hpp"},
      {"Offers", "inventory/offers.hpp"},       {"Events", "tenant/events.hpp"},
      {"Stock", "inventory/stock.hpp"},         {"Ledger", "inventory/ledger.hpp"},
      {"Orders", "inventory/orders.hpp"},       {"Prices", "inventory/prices.hpp"},
      {"Listings", "inventory/listings.hpp"},   {"Analytics", "analytics/analytics.hpp"}};
  std::set<std::string> functions;
  for (const auto& [type, header] : services) functions.merge(declared(type, header));
  std::set<std::string> called;
  for (const ServiceCall& call : service_calls({}, {})) called.insert(call.name);
  CHECK(called == functions);
  const std::set<std::string> handle{"events", "settings", "members", "accounts", "sync",     "offers",
                                     "stock",  "ledger",   "orders",  "prices",   "listings", "analytics"};
  std::set<std::string> handed_out = declared("TenantEngine", "assembly/tenant_engine.hpp");
  for (const char* other : {"tenant", "principal", "clock"})
    CHECK(handed_out.erase("TenantEngine::" + std::string(other)));
  std::set<std::string> known;
  for (const std::string& service : handle) known.insert("TenantEngine::" + service);
  CHECK(handed_out == known);

  // What the engine has beyond the handle is for operators: no principal reaches it.
  std::set<std::string> beyond = declared("Engine", "assembly/engine.hpp");
  for (const std::string& service : handle) CHECK(beyond.erase("Engine::" + service));
  CHECK(beyond == std::set<std::string>{"Engine::as", "Engine::backup", "Engine::clock", "Engine::close",
                                        "Engine::directory", "Engine::doctor", "Engine::export_tenant",
                                        "Engine::import_tenant", "Engine::keys", "Engine::tenants", "Engine::users"});
}

TEST_CASE("each permission is asked for by a service, or waits for one by name") {
  std::set<P> asked;
  for (const ServiceCall& call : service_calls({}, {})) asked.insert(call.needs.begin(), call.needs.end());
  for (const st::PermissionInfo& row : st::kPermissionTable) {
    CAPTURE(row.name);
    const bool ahead = std::find(std::begin(kAhead), std::end(kAhead), row.permission) != std::end(kAhead);
    CHECK(asked.contains(row.permission) != ahead);
  }
}

TEST_CASE("every function of the services is denied without its permission, and done with it alone") {
  House house;
  const auto anna = house.tenant("anna");
  const auto account = house.seller(anna, house.first);
  const auto log = std::make_shared<st::testing::AuditLog>();
  house.audit = log;
  const auto engine = house.open(house.first);
  for (const ServiceCall& call : service_calls(account, [&] { return credentials(house.first); })) {
    CAPTURE(call.name);
    REQUIRE_FALSE(call.needs.empty());
    for (const st::PermissionInfo& row : st::kPermissionTable) {
      const P missing = row.permission;
      const bool needed = std::find(call.needs.begin(), call.needs.end(), missing) != call.needs.end();
      if (!needed) continue;
      const auto handle =
          engine.as(anna, {.actor = "u", .permissions = st::Permissions::all().without(missing)}).value();
      const auto requests = house.first.requests();
      const auto refused = call.run(handle, {.request_id = "r-1"});
      REQUIRE(refused);
      CHECK(refused->errc() == st::Errc::permission_denied);
      CHECK(refused->message().find(to_string(missing)) != std::string::npos);
      CHECK(house.first.requests() == requests);
      const auto last = log->events().back();
      CHECK(last.refused == st::Errc::permission_denied);
      CHECK(last.action == to_string(missing));
      CHECK(last.tenant == anna);
      CHECK(last.actor == "u");
      CHECK(last.request_id == "r-1");
    }
    st::Permissions exactly;
    for (const P one : call.needs) exactly = exactly.with(one);
    const auto ended = call.run(engine.as(anna, {.actor = "u", .permissions = exactly}).value(), {});
    const bool asks_for_nothing =
        ended && ended->errc() == st::Errc::not_found && kAbsent.contains(ended->details().field);
    const bool is_for_programs =
        ended && ended->errc() == st::Errc::unsupported && std::string_view(call.name) == "Members::add";
    CHECK((!ended || asks_for_nothing || is_for_programs));
  }
}

TEST_CASE("each function of the services is permitted to exactly the roles that have its permissions") {
  House house;
  const auto anna = house.tenant("anna");
  const auto account = house.seller(anna, house.first);
  const auto engine = house.open(house.first);
  for (const ServiceCall& call : service_calls(account, [&] { return credentials(house.first); })) {
    for (const st::Role role : st::kRoles) {
      CAPTURE(call.name, to_string(role));
      const bool may = std::all_of(call.needs.begin(), call.needs.end(), [&](P p) { return st::permits(role, p); });
      const auto handle = engine.as(anna, {.actor = "u", .permissions = st::permissions_of(role)}).value();
      const auto ended = call.run(handle, {});
      const bool denied = ended && ended->errc() == st::Errc::permission_denied;
      CHECK(denied != may);
    }
  }
}

TEST_CASE("without a principal nothing is refused: the engine itself does every call") {
  House house;
  const auto anna = house.tenant("anna");
  const auto account = house.seller(anna, house.first);
  const auto engine = house.open(house.first);
  for (const EngineCall& call : engine_calls(account, [&] { return credentials(house.first); })) {
    CAPTURE(call.name);
    const auto ended = call.run(engine, {.tenant = anna});
    CHECK((!ended || ended->errc() == st::Errc::not_found));
  }
}

TEST_CASE("the audit keeps who changed what and who was refused, and no secret") {
  House house;
  const auto log = std::make_shared<st::testing::AuditLog>();
  house.audit = log;
  auto engine = house.open(house.first);
  const auto anna = engine.tenants().create("anna", {.actor = "operator"}).value().id;
  const auto handle = engine.as(anna, {.actor = "u", .permissions = st::Permissions::all()}).value();
  const std::string id = handle.accounts().connect(credentials(house.first)).value().id.text();
  const st::AccountId account = st::AccountId::parse(id).value();
  REQUIRE(handle.sync().run(account, {.accept_mass_zero = true}));
  REQUIRE(handle.sync().run_all());
  const std::string offer = handle.stock().positions().next()->value().offer.key;
  REQUIRE(handle.listings().decide(account, offer, "mug"));
  REQUIRE(handle.listings().undecide(account, offer));
  REQUIRE(handle.listings().recompute_products());
  REQUIRE(handle.analytics().set_low_stock(account, offer, 4));
  REQUIRE(handle.settings().change({}));
  REQUIRE(handle.ledger().retain(st::Instant::from_seconds(1)));
  REQUIRE(handle.accounts().rename(account, "shop"));
  REQUIRE(handle.sync().release(account));
  REQUIRE(handle.sync().release(account, {.force = true}));
  CHECK_FALSE(handle.settings().change({}, {.tenant = st::kDefaultTenant, .actor = "operator"}));
  CHECK_FALSE(handle.listings().decide(account, std::string(900, 'x'), "mug"));
  const st::CallContext operator_{.tenant = anna, .actor = "operator"};
  const std::string file = house.folder.file("anna.db");
  REQUIRE(engine.export_tenant(file, operator_));
  REQUIRE(engine.backup(house.folder.file("copy"), operator_));
  REQUIRE(engine.tenants().suspend(anna, operator_));
  CHECK_FALSE(engine.tenants().restore(anna, house.folder.file("not there"), operator_));
  REQUIRE(engine.tenants().resume(anna, operator_));
  REQUIRE(engine.tenants().remove(anna, operator_));
  CHECK_FALSE(engine.import_tenant(file, "anna", operator_));

  std::string story;
  std::string everything;
  for (const auto& event : log->events()) {
    CHECK((event.tenant == anna) == (event.action != "tenant.import"));
    CHECK(event.subject.size() <= 200);
    story += event.actor + " " + event.action + (event.refused ? std::string("! ") : std::string(" "));
    everything += event.action + event.subject + event.actor + event.request_id;
    if (event.action.starts_with("account.") || event.action.starts_with("sync.")) CHECK(event.subject == id);
    if (event.action == "offer.set_low_stock") CHECK(event.subject == id + "/" + offer);
  }
  CHECK(story ==
        "operator tenant.create u account.connect u sync.run_accepted u sync.run u listing.decide u listing.undecide "
        "u listing.recompute u offer.set_low_stock u settings.change u ledger.retain u account.rename u sync.release u "
        "sync.release_forced "
        "u settings.change! u listing.decide! "
        "operator tenant.export operator store.backup operator tenant.suspend operator tenant.restore! "
        "operator tenant.resume operator tenant.remove operator tenant.import! ");
  CHECK(everything.find(revealed(house.first.token(st::Channel::wildberries))) == std::string::npos);
}

TEST_CASE("an audit in memory is bounded") {
  st::testing::AuditLog log(3);
  for (int i = 0; i < 5; ++i) log.record({.at = {}, .tenant = {}, .action = std::to_string(i)});
  const auto kept = log.events();
  REQUIRE(kept.size() == 3);
  CHECK(kept.front().action == "2");
  CHECK(log.dropped() == 2);
}
