// Order lines, one per row.
#include "server/render/order_line.hpp"

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "server/render/money.hpp"
#include "server/render/terminal.hpp"

namespace server {

namespace st = stocktracker;

std::string to_json(const st::Account& account, const st::OrderLine& line) {
  std::string text;
  st::JsonWriter json(text);
  json.begin_object().field("account", std::string_view(account.label)).field("key", std::string_view(line.key));
  json.field("order", std::string_view(line.order)).field("offer", std::string_view(line.offer));
  json.field("listing", std::string_view(line.listing)).field("article", std::string_view(line.article));
  json.field("status", to_string(line.status)).field("status_text", std::string_view(line.status_text));
  json.field("fulfilment", to_string(line.kind)).field("warehouse", std::string_view(line.warehouse));
  json.field("warehouse_name", std::string_view(line.warehouse_name)).field("quantity", line.quantity);
  write_money(json, "price", line.price);
  json.field("ordered_at", std::string_view(st::to_rfc3339(line.ordered_at)));
  json.field("changed_at", std::string_view(st::to_rfc3339(line.changed_at))).end_object();
  return text;
}

TextTable order_line_table() {
  using Align = TextTable::Align;
  return TextTable({{"ordered", Align::left},
                    {"article", Align::left, 24},
                    {"offer", Align::right, 20},
                    {"kind", Align::left},
                    {"warehouse", Align::left, 30},
                    {"units", Align::right},
                    {"price", Align::right},
                    {"status", Align::left},
                    {"since", Align::left}});
}

std::vector<std::string> order_line_row(const st::OrderLine& line) {
  return {st::to_table_text(line.ordered_at),
          line.article,
          line.offer,
          to_string(line.kind),
          line.warehouse_name.empty() ? line.warehouse : line.warehouse_name,
          std::to_string(line.quantity),
          money_text(line.price),
          to_string(line.status),
          st::to_table_text(line.changed_at)};
}

std::string coverage_text(const st::Account& account, const std::optional<st::OrderCoverage>& coverage) {
  if (!coverage) return shown(account.label) + ": orders were never read\n";
  return shown(account.label) + ": every order from " + st::to_table_text(coverage->from) + " to " +
         st::to_table_text(coverage->until) + " is known\n";
}

}  // namespace server
