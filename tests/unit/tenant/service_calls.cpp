// The table of all service functions, with a call of each.
#include "tests/unit/tenant/service_calls.hpp"

namespace st = stocktracker;

namespace {

template <class R>
std::optional<st::Error> end(R result) {
  if (result) return std::nullopt;
  return std::move(result).error();
}

template <class T>
std::optional<st::Error> end_of(st::Result<st::Operation<T>> operation) {
  if (!operation) return std::move(operation).error();
  return end(operation.value().take());
}

template <class Handle>
std::vector<CallOf<Handle>> calls_of(const st::AccountId& account,
                                     const std::function<st::Credentials()>& credentials) {
  using Context = st::CallContext;
  using P = st::Permission;
  const st::AccountId a = account;
  return {
      {"Settings::get", {P::settings_read}, [](const Handle& h, const Context& c) { return end(h.settings().get(c)); }},
      {"Settings::change",
       {P::settings_change},
       [](const Handle& h, const Context& c) { return end(h.settings().change({}, c)); }},
      {"Members::list",
       {P::member_read},
       [](const Handle& h, const Context& c) { return end(h.members().list({}, c).collect()); }},
      {"Members::get",
       {P::member_read},
       [](const Handle& h, const Context& c) { return end(h.members().get(st::UserId(), c)); }},
      {"Members::add",
       {P::member_invite},
       [](const Handle& h, const Context& c) { return end(h.members().add(st::UserId(), st::Role::user, c)); }},
      {"Members::change_role",
       {P::member_change},
       [](const Handle& h, const Context& c) { return end(h.members().change_role(st::UserId(), st::Role::user, c)); }},
      {"Members::remove",
       {P::member_remove},
       [](const Handle& h, const Context& c) { return end(h.members().remove(st::UserId(), c)); }},
      {"Members::transfer",
       {P::ownership_transfer},
       [](const Handle& h, const Context& c) { return end(h.members().transfer(st::UserId(), st::UserId(), c)); }},
      {"Accounts::connect",
       {P::account_connect},
       [credentials](const Handle& h, const Context& c) { return end(h.accounts().connect(credentials(), {}, c)); }},
      {"Accounts::submit_connect",
       {P::account_connect},
       [credentials](const Handle& h, const Context& c) {
         return end_of(h.accounts().submit_connect(credentials(), {}, c));
       }},
      {"Accounts::list",
       {P::account_read},
       [](const Handle& h, const Context& c) { return end(h.accounts().list(c).collect()); }},
      {"Accounts::find",
       {P::account_read},
       [a](const Handle& h, const Context& c) { return end(h.accounts().find(a.text(), c)); }},
      {"Accounts::get",
       {P::account_read},
       [a](const Handle& h, const Context& c) { return end(h.accounts().get(a, c)); }},
      {"Accounts::health",
       {P::account_read},
       [a](const Handle& h, const Context& c) { return end(h.accounts().health(a, c)); }},
      {"Accounts::credentials",
       {P::account_read},
       [a](const Handle& h, const Context& c) { return end(h.accounts().credentials(a, c)); }},
      {"Accounts::limits",
       {P::account_read},
       [](const Handle& h, const Context& c) { return end(h.accounts().limits(c)); }},
      {"Accounts::rename",
       {P::account_rename},
       [a](const Handle& h, const Context& c) { return end(h.accounts().rename(a, "renamed", c)); }},
      {"Sync::run", {P::sync_run}, [a](const Handle& h, const Context& c) { return end(h.sync().run(a, c)); }},
      {"Sync::submit_run",
       {P::sync_run},
       [a](const Handle& h, const Context& c) { return end_of(h.sync().submit_run(a, {}, c)); }},
      {"Sync::run_all", {P::sync_run}, [](const Handle& h, const Context& c) { return end(h.sync().run_all({}, c)); }},
      {"Sync::refuse",
       {P::sync_run},
       [](const Handle& h, const Context& c) { return end(h.sync().refuse(st::RunId(), "no such run", c)); }},
      {"Sync::plan", {P::sync_run}, [a](const Handle& h, const Context& c) { return end(h.sync().plan(a, {}, c)); }},
      {"Sync::runs",
       {P::sync_read},
       [](const Handle& h, const Context& c) { return end(h.sync().runs({}, c).collect()); }},
      {"Sync::release",
       {P::sync_release},
       [a](const Handle& h, const Context& c) { return end(h.sync().release(a, {}, c)); }},
      {"Sync::sources", {P::sync_read}, [a](const Handle& h, const Context& c) { return end(h.sync().sources(a, c)); }},
      {"Offers::list",
       {P::catalogue_read},
       [](const Handle& h, const Context& c) { return end(h.offers().list({}, c).collect()); }},
      {"Events::after",
       {P::events_read},
       [](const Handle& h, const Context& c) { return end(h.events().after(0, {}, c)); }},
      {"Events::oldest", {P::events_read}, [](const Handle& h, const Context& c) { return end(h.events().oldest(c)); }},
      {"Events::newest", {P::events_read}, [](const Handle& h, const Context& c) { return end(h.events().newest(c)); }},
      {"Stock::positions",
       {P::stock_read},
       [](const Handle& h, const Context& c) { return end(h.stock().positions({}, c).collect()); }},
      {"Stock::columns",
       {P::stock_read},
       [](const Handle& h, const Context& c) { return end(h.stock().columns({}, c)); }},
      {"Stock::submit_columns",
       {P::stock_read},
       [](const Handle& h, const Context& c) { return end_of(h.stock().submit_columns({}, c)); }},
      {"Stock::total", {P::stock_read}, [a](const Handle& h, const Context& c) { return end(h.stock().total(a, c)); }},
      {"Ledger::movements",
       {P::stock_read},
       [](const Handle& h, const Context& c) { return end(h.ledger().movements({}, c).collect()); }},
      {"Ledger::known_since",
       {P::stock_read},
       [a](const Handle& h, const Context& c) { return end(h.ledger().known_since(a, c)); }},
      {"Ledger::verify", {P::stock_read}, [](const Handle& h, const Context& c) { return end(h.ledger().verify(c)); }},
      {"Ledger::retain",
       {P::ledger_retain},
       [](const Handle& h, const Context& c) { return end(h.ledger().retain(st::Instant::from_seconds(1), c)); }},
      {"Orders::lines",
       {P::orders_read},
       [a](const Handle& h, const Context& c) { return end(h.orders().lines({.account = a}, c).collect()); }},
      {"Orders::coverage",
       {P::orders_read},
       [a](const Handle& h, const Context& c) { return end(h.orders().coverage(a, c)); }},
      {"Orders::explain_movement",
       {P::orders_read},
       [a](const Handle& h, const Context& c) {
         st::Movement movement;
         movement.account = a;
         return end(h.orders().explain_movement(movement, c));
       }},
      {"Prices::list",
       {P::prices_read},
       [a](const Handle& h, const Context& c) { return end(h.prices().list({.account = a}, c).collect()); }},
      {"Listings::matched",
       {P::catalogue_read},
       [](const Handle& h, const Context& c) { return end(h.listings().matched(c)); }},
      {"Listings::products",
       {P::catalogue_read},
       [](const Handle& h, const Context& c) { return end(h.listings().products({}, c).collect()); }},
      {"Listings::recompute_products",
       {P::catalogue_change},
       [](const Handle& h, const Context& c) { return end(h.listings().recompute_products(c)); }},
      {"Listings::decide",
       {P::catalogue_change},
       [a](const Handle& h, const Context& c) { return end(h.listings().decide(a, "no such offer", "mug", c)); }},
      {"Listings::undecide",
       {P::catalogue_change},
       [a](const Handle& h, const Context& c) { return end(h.listings().undecide(a, "no such offer", c)); }},
      {"Analytics::stock_health",
       {P::stock_read, P::orders_read},
       [a](const Handle& h, const Context& c) { return end(h.analytics().stock_health({.account = a}, c)); }},
      {"Analytics::offer_stock",
       {P::stock_read},
       [a](const Handle& h, const Context& c) { return end(h.analytics().offer_stock(a, c)); }},
      {"Analytics::set_low_stock",
       {P::catalogue_change},
       [a](const Handle& h, const Context& c) { return end(h.analytics().set_low_stock(a, "no such offer", 3, c)); }},
      {"Analytics::low_stock_of",
       {P::catalogue_read},
       [a](const Handle& h, const Context& c) { return end(h.analytics().low_stock_of(a, "no such offer", c)); }},
      // The last one: the account of the calls above is connected.
      {"Accounts::disconnect",
       {P::account_disconnect},
       [a](const Handle& h, const Context& c) { return end(h.accounts().disconnect(a, c)); }},
  };
}

}  // namespace

std::vector<ServiceCall> service_calls(const st::AccountId& account, std::function<st::Credentials()> credentials) {
  return calls_of<st::TenantEngine>(account, credentials);
}

std::vector<EngineCall> engine_calls(const st::AccountId& account, std::function<st::Credentials()> credentials) {
  return calls_of<st::Engine>(account, credentials);
}
