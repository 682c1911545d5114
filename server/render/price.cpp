// Prices, one offer per row.
#include "server/render/price.hpp"

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "server/render/money.hpp"

namespace server {

namespace st = stocktracker;

std::string to_json(const st::Account& account, const st::OfferPrice& price) {
  std::string text;
  st::JsonWriter json(text);
  json.begin_object().field("account", std::string_view(account.label));
  json.field("offer", std::string_view(price.offer));
  write_money(json, "price", price.price);
  write_money(json, "list_price", price.list_price);
  write_money(json, "lowest_price", price.lowest_price);
  json.field("changed_at", std::string_view(st::to_rfc3339(price.changed_at))).end_object();
  return text;
}

TextTable price_table() {
  using Align = TextTable::Align;
  return TextTable({{"account", Align::left, 24},
                    {"offer", Align::left, 30},
                    {"price", Align::right},
                    {"crossed out", Align::right},
                    {"lowest", Align::right},
                    {"since", Align::left}});
}

std::vector<std::string> price_row(const st::Account& account, const st::OfferPrice& price) {
  return {account.label,
          price.offer,
          price.price.text(),
          money_text(price.list_price),
          money_text(price.lowest_price),
          st::to_table_text(price.changed_at)};
}

}  // namespace server
