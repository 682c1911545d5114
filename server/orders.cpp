// Order lines and prices, as a person or a program reads them.
#include <cstdio>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "commands.hpp"
#include "terminal.hpp"
#include "text_table.hpp"

namespace server {
namespace {

namespace st = stocktracker;

st::Result<std::vector<st::Account>> chosen(const st::Engine& engine, const std::string& name, const Session& session) {
  if (name.empty()) return engine.accounts().list(session.context).collect();
  std::vector<st::Account> one;
  STK_TRY(auto account, engine.accounts().find(name, session.context));
  one.push_back(std::move(account));
  return one;
}

void money(st::JsonWriter& json, std::string_view name, const std::optional<st::Money>& value) {
  if (!value) {
    json.key(name).null();
    return;
  }
  const st::Currency currency = value->currency();
  json.key(name).begin_object().field("minor", value->minor()).field("currency", currency.code()).end_object();
}

std::string text_of(const std::optional<st::Money>& value) { return value ? value->text() : "?"; }

// One array over all accounts.
class Array {
 public:
  Array() { emit(stdout, "["); }
  void add(const std::string& object) {
    emitf(stdout, "%s%s", first_ ? "\n" : ",\n", object.c_str());
    first_ = false;
  }
  void end() const { emit(stdout, "\n]\n"); }

 private:
  bool first_ = true;
};

std::string to_json(const st::Account& account, const st::OrderLine& line) {
  std::string text;
  st::JsonWriter json(text);
  json.begin_object().field("account", std::string_view(account.label)).field("key", std::string_view(line.key));
  json.field("order", std::string_view(line.order)).field("offer", std::string_view(line.offer));
  json.field("listing", std::string_view(line.listing)).field("article", std::string_view(line.article));
  json.field("status", to_string(line.status)).field("status_text", std::string_view(line.status_text));
  json.field("fulfilment", to_string(line.kind)).field("warehouse", std::string_view(line.warehouse));
  json.field("warehouse_name", std::string_view(line.warehouse_name)).field("quantity", line.quantity);
  money(json, "price", line.price);
  json.field("ordered_at", std::string_view(st::to_rfc3339(line.ordered_at)));
  json.field("changed_at", std::string_view(st::to_rfc3339(line.changed_at))).end_object();
  return text;
}

st::Result<void> say_coverage(const st::Engine& engine, const st::Account& account, const st::CallContext& context) {
  STK_TRY(const auto coverage, engine.orders().coverage(account.id, context));
  if (!coverage) {
    emitf(stdout, "%s: orders were never read\n", shown(account.label).c_str());
  } else {
    emitf(stdout, "%s: every order from %s to %s is known\n", shown(account.label).c_str(),
          st::to_table_text(coverage->from).c_str(), st::to_table_text(coverage->until).c_str());
  }
  return st::success();
}

st::Result<void> show_orders(const Session& session, const OrdersCommand& options) {
  STK_TRY(const auto engine, open_for_reading(session));
  STK_TRY(const auto accounts, chosen(engine, options.account, session));
  STK_TRY(const auto from, day_or_instant_option(engine, "--from", options.from, session));
  STK_TRY(const auto until, day_or_instant_option(engine, "--until", options.until, session));
  std::optional<Array> array;
  if (options.json) array.emplace();
  using Align = TextTable::Align;
  for (const st::Account& account : accounts) {
    auto pages = engine.orders().lines({account.id, options.offer, from, until, 1'000}, session.context);
    TextTable table({{"ordered", Align::left},
                     {"article", Align::left, 24},
                     {"offer", Align::right, 20},
                     {"kind", Align::left},
                     {"warehouse", Align::left, 30},
                     {"units", Align::right},
                     {"price", Align::right},
                     {"status", Align::left},
                     {"since", Align::left}});
    while (auto next = pages.next()) {
      STK_TRY(const st::OrderLine& line, *next);
      if (array) {
        array->add(to_json(account, line));
        continue;
      }
      table.add({st::to_table_text(line.ordered_at), line.article, line.offer, to_string(line.kind),
                 line.warehouse_name.empty() ? line.warehouse : line.warehouse_name, std::to_string(line.quantity),
                 text_of(line.price), to_string(line.status), st::to_table_text(line.changed_at)});
    }
    if (array) continue;
    STK_TRY(say_coverage(engine, account, session.context));
    table.print(stdout);
  }
  if (array) array->end();
  return st::success();
}

st::Result<void> show_prices(const Session& session, const PricesCommand& options) {
  STK_TRY(const auto engine, open_for_reading(session));
  STK_TRY(const auto accounts, chosen(engine, options.account, session));
  std::optional<Array> array;
  if (options.json) array.emplace();
  using Align = TextTable::Align;
  TextTable table({{"account", Align::left, 24},
                   {"offer", Align::left, 30},
                   {"price", Align::right},
                   {"crossed out", Align::right},
                   {"lowest", Align::right},
                   {"since", Align::left}});
  for (const st::Account& account : accounts) {
    auto pages = engine.prices().list({account.id, options.offer, 1'000}, session.context);
    while (auto next = pages.next()) {
      STK_TRY(const st::OfferPrice& price, *next);
      if (!array) {
        table.add({account.label, price.offer, price.price.text(), text_of(price.list_price),
                   text_of(price.lowest_price), st::to_table_text(price.changed_at)});
        continue;
      }
      std::string text;
      st::JsonWriter json(text);
      json.begin_object().field("account", std::string_view(account.label));
      json.field("offer", std::string_view(price.offer));
      money(json, "price", price.price);
      money(json, "list_price", price.list_price);
      money(json, "lowest_price", price.lowest_price);
      json.field("changed_at", std::string_view(st::to_rfc3339(price.changed_at))).end_object();
      array->add(text);
    }
  }
  if (array) {
    array->end();
  } else {
    table.print(stdout);
  }
  return st::success();
}

}  // namespace

ExitCode run_orders(const Session& session, const OrdersCommand& options) {
  const auto shown = show_orders(session, options);
  return shown ? kOk : report(shown.error());
}

ExitCode run_prices(const Session& session, const PricesCommand& options) {
  const auto shown = show_prices(session, options);
  return shown ? kOk : report(shown.error());
}

}  // namespace server
