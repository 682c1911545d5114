// How an account's stock is: what is out, what ends, and how much of that is known. And from where on an offer is low.
#include <charconv>
#include <cstdio>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "commands.hpp"
#include "terminal.hpp"
#include "text_table.hpp"

namespace server {
namespace {

namespace st = stocktracker;

std::string number(const std::optional<std::int64_t>& value) { return value ? std::to_string(*value) : "?"; }

std::string to_json(const st::Account& account, const st::StockHealth& health) {
  std::string text;
  st::JsonWriter json(text);
  json.begin_object().field("account", std::string_view(account.label)).field("channel", account.channel.code());
  json.field("from", std::string_view(st::to_rfc3339(health.period.from)));
  json.field("until", std::string_view(st::to_rfc3339(health.period.until))).field("days", health.period.days);
  json.field("zone", std::string_view(health.zone));
  json.field("orders_known", health.orders_known).field("offers", health.offers).field("low", health.low);
  json.field("out", health.out).field("unknown", health.unknown);
  json.key("score").decimal(st::tenths_text(health.score_tenths));
  if (health.observed_at) {
    json.field("observed_at", std::string_view(st::to_rfc3339(*health.observed_at)));
  } else {
    json.key("observed_at").null();
  }
  json.key("each").begin_array();
  for (const st::OfferHealth& offer : health.each) {
    json.begin_object().field("offer", std::string_view(offer.offer)).field("article", std::string_view(offer.article));
    json.field("on_hand", offer.on_hand).field("orders", offer.orders).field("alert", to_string(offer.alert));
    json.field("low_stock", offer.low_stock);
    json.key("days_of_stock");
    if (offer.days.state == st::DaysOfStock::State::days) {
      json.decimal(st::tenths_text(offer.days.tenths));
    } else {
      json.null();
    }
    json.field("state", std::string_view(offer.days.text())).field("ends_soon", offer.ends_soon).end_object();
  }
  json.end_array().end_object();
  return text;
}

void print(const st::Engine& engine, const st::Account& account, const st::StockHealth& health, int rows) {
  emitf(stdout, "%s: score %s; of %lld offers %lld are out and %lld low", shown(account.label).c_str(),
        st::tenths_text(health.score_tenths).c_str(), static_cast<long long>(health.offers),
        static_cast<long long>(health.out), static_cast<long long>(health.low));
  if (health.unknown > 0) emitf(stdout, "; stock of %lld is not known", static_cast<long long>(health.unknown));
  const std::string age =
      health.observed_at ? st::Age{engine.clock().now() - *health.observed_at}.text() + " ago" : "never";
  emitf(stdout, "; seen %s\n", age.c_str());
  emitf(stdout, "  orders of %d days until %s (midnight of %s): %s\n", health.period.days,
        st::to_table_text(health.period.until).c_str(), shown(health.zone).c_str(),
        health.orders_known ? "known" : "not all known, so days of stock are not known either");
  TextTable table({{"article", TextTable::Align::left, 26},
                   {"offer", TextTable::Align::left, 22},
                   {"on hand", TextTable::Align::right},
                   {"ordered", TextTable::Align::right},
                   {"days", TextTable::Align::right},
                   {"alert", TextTable::Align::left}});
  int shown = 0;
  for (const st::OfferHealth& offer : health.each) {
    if (shown == rows || !(offer.ends_soon || offer.alert == st::StockAlert::low || offer.alert == st::StockAlert::out))
      continue;
    ++shown;
    table.add({offer.article, offer.offer, number(offer.on_hand), number(offer.orders), offer.days.text(),
               to_string(offer.alert)});
  }
  table.print(stdout);
}

st::Result<void> show(const Session& session, const HealthCommand& options) {
  STK_TRY(const auto engine, open_for_reading(session));
  std::vector<st::Account> accounts;
  if (options.account.empty()) {
    STK_TRY(accounts, engine.accounts().list(session.context).collect());
  } else {
    STK_TRY(auto one, engine.accounts().find(options.account, session.context));
    accounts.push_back(std::move(one));
  }
  bool first = true;
  if (options.json) emit(stdout, "[");
  for (const st::Account& account : accounts) {
    st::HealthQuery query{.account = account.id, .days = options.days};
    if (options.low >= 0) query.low_stock = options.low;
    query.zone = options.zone;
    STK_TRY(const auto health, engine.analytics().stock_health(query, session.context));
    if (options.json) {
      emitf(stdout, "%s%s", first ? "\n" : ",\n", to_json(account, health).c_str());
    } else {
      if (!first) emit(stdout, "\n");
      print(engine, account, health, options.rows);
    }
    first = false;
  }
  if (options.json) emit(stdout, "\n]\n");
  return st::success();
}

// Nullopt for "default".
st::Result<std::optional<std::int64_t>> units_of(const std::string& text) {
  if (text == "default") return std::optional<std::int64_t>();
  std::int64_t units = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), units);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) {
    return st::Error(st::Errc::invalid_argument, "must be a number of units, or default").about("--low-stock");
  }
  return std::optional<std::int64_t>(units);
}

st::Result<void> set_threshold(const Session& session, const HealthCommand& options) {
  STK_TRY(const auto units, units_of(options.low_stock));
  STK_TRY(const auto engine, open_for_work(session, options.network, false));
  STK_TRY(const auto account, engine.accounts().find(options.account, session.context));
  return engine.analytics().set_low_stock(account.id, options.offer, units, session.context);
}

}  // namespace

ExitCode run_health(const Session& session, const HealthCommand& options) {
  const auto done = options.offer.empty() ? show(session, options) : set_threshold(session, options);
  return done ? kOk : report(done.error());
}

}  // namespace server
