// How an account's stock is: what is out, what ends, and how much of that is known.
#include <cstdio>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "commands.hpp"
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
  std::printf("%s: score %s; of %lld offers %lld are out and %lld low", account.label.c_str(),
              st::tenths_text(health.score_tenths).c_str(), static_cast<long long>(health.offers),
              static_cast<long long>(health.out), static_cast<long long>(health.low));
  if (health.unknown > 0) std::printf("; stock of %lld is not known", static_cast<long long>(health.unknown));
  const std::string age =
      health.observed_at ? st::Age{engine.clock().now() - *health.observed_at}.text() + " ago" : "never";
  std::printf("; seen %s\n", age.c_str());
  std::printf("  orders of %d days until %s: %s\n", health.period.days, st::to_table_text(health.period.until).c_str(),
              health.orders_known ? "known" : "not known whole, so days of stock are not told");
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
  STK_TRY(const auto settings, engine.settings().get(session.context));
  bool first = true;
  if (options.json) std::fputs("[", stdout);
  for (const st::Account& account : accounts) {
    st::HealthQuery query{.account = account.id, .days = options.days};
    query.low_stock = options.low >= 0 ? options.low : settings.low_stock;
    STK_TRY(const auto health, engine.analytics().stock_health(query, session.context));
    if (options.json) {
      std::printf("%s%s", first ? "\n" : ",\n", to_json(account, health).c_str());
    } else {
      if (!first) std::printf("\n");
      print(engine, account, health, options.rows);
    }
    first = false;
  }
  if (options.json) std::fputs("\n]\n", stdout);
  return st::success();
}

}  // namespace

ExitCode run_health(const Session& session, const HealthCommand& options) {
  const auto shown = show(session, options);
  return shown ? kOk : report(shown.error());
}

}  // namespace server
