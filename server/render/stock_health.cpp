// Stock health: the sums of an account, and the offers that need attention.
#include "server/render/stock_health.hpp"

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "server/render/terminal.hpp"
#include "server/render/text_table.hpp"

namespace server {
namespace {

namespace st = stocktracker;

std::string number(const std::optional<std::int64_t>& value) { return value ? std::to_string(*value) : "?"; }

}  // namespace

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
  for (const st::OfferHealth& offer : health.by_offer) {
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

void stock_health_as_text(const st::Account& account, const st::StockHealth& health, st::Instant now, int rows,
                          Sink& sink) {
  std::string text = shown(account.label) + ": score " + st::tenths_text(health.score_tenths) + "; of " +
                     std::to_string(health.offers) + " offers " + std::to_string(health.out) + " are out and " +
                     std::to_string(health.low) + " low";
  if (health.unknown > 0) text += "; stock of " + std::to_string(health.unknown) + " is not known";
  text += "; seen " + (health.observed_at ? st::Age{now - *health.observed_at}.text() + " ago" : "never") + "\n";
  text += "  orders of " + std::to_string(health.period.days) + " days until " +
          st::to_table_text(health.period.until) + " (midnight of " + shown(health.zone) + "): ";
  text += health.orders_known ? "known" : "not all known, so days of stock are not known either";
  sink.append(text + "\n");
  TextTable table({{"article", TextTable::Align::left, 26},
                   {"offer", TextTable::Align::left, 22},
                   {"on hand", TextTable::Align::right},
                   {"ordered", TextTable::Align::right},
                   {"days", TextTable::Align::right},
                   {"alert", TextTable::Align::left}});
  int count = 0;
  for (const st::OfferHealth& offer : health.by_offer) {
    if (count == rows || !(offer.ends_soon || offer.alert == st::StockAlert::low || offer.alert == st::StockAlert::out))
      continue;
    ++count;
    table.add({offer.article, offer.offer, number(offer.on_hand), number(offer.orders), offer.days.text(),
               to_string(offer.alert)});
  }
  table.print(sink);
}

}  // namespace server
