// Positions of stock, one per row.
#include "server/render/position.hpp"

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "server/render/csv.hpp"
#include "server/render/json_array.hpp"
#include "server/render/text_table.hpp"

namespace server {
namespace {

namespace st = stocktracker;

std::optional<std::int64_t> units(const std::optional<st::Quantity>& quantity) {
  if (!quantity) return std::nullopt;
  return quantity->units();
}

std::string cell(const std::optional<st::Quantity>& quantity) {
  return quantity ? std::to_string(quantity->units()) : std::string();
}

void write_json(st::JsonWriter& json, const st::StockPosition& p) {
  json.begin_object()
      .field("account", std::string_view(p.account.text()))
      .field("offer", std::string_view(p.offer.key));
  json.field("listing", std::string_view(p.offer.listing)).field("article", std::string_view(p.offer.article));
  json.field("title", std::string_view(p.offer.title)).field("brand", std::string_view(p.offer.brand));
  json.field("size", std::string_view(p.offer.size)).field("offer_state", to_string(p.offer.state));
  json.field("warehouse", std::string_view(p.warehouse.key))
      .field("warehouse_name", std::string_view(p.warehouse.name));
  json.field("region", std::string_view(p.warehouse.region)).field("warehouse_kind", to_string(p.warehouse.kind));
  json.field("fulfilment", to_string(p.kind)).field("state", to_string(p.state));
  json.field("on_hand", units(p.on_hand)).field("reserved", units(p.reserved));
  json.field("to_client", units(p.to_client)).field("from_client", units(p.from_client));
  json.field("observed_at", std::string_view(st::to_rfc3339(p.observed_at))).end_object();
}

}  // namespace

st::Result<void> positions_as_json(st::Pages<st::StockPosition> pages, Sink& sink) {
  JsonArray array(sink);
  while (auto position = pages.next()) {
    STK_TRY(const st::StockPosition& p, *position);
    st::JsonWriter json(array.next());
    write_json(json, p);
  }
  array.end();
  return st::success();
}

st::Result<void> positions_as_csv(st::Pages<st::StockPosition> pages, bool byte_order_mark, Sink& sink) {
  std::string out(byte_order_mark ? kUtf8Bom : "");
  out +=
      "account,offer,listing,article,title,brand,size,offer_state,warehouse,warehouse_name,region,warehouse_kind,"
      "fulfilment,state,on_hand,reserved,to_client,from_client,observed_at\r\n";
  while (auto position = pages.next()) {
    STK_TRY(const st::StockPosition& p, *position);
    CsvLine line;
    line.text(p.account.text()).text(p.offer.key).text(p.offer.listing).text(p.offer.article).text(p.offer.title);
    line.text(p.offer.brand).text(p.offer.size).text(to_string(p.offer.state));
    // Warehouse ids are numbers on some channels, also negative ones, which are not formulas.
    const std::size_t digits = p.warehouse.key.starts_with('-') ? 1 : 0;
    const bool number =
        p.warehouse.key.size() > digits && p.warehouse.key.find_first_not_of("0123456789", digits) == std::string::npos;
    number ? line.number(p.warehouse.key) : line.text(p.warehouse.key);
    line.text(p.warehouse.name).text(p.warehouse.region).text(to_string(p.warehouse.kind)).text(to_string(p.kind));
    line.text(to_string(p.state)).number(cell(p.on_hand)).number(cell(p.reserved)).number(cell(p.to_client));
    line.number(cell(p.from_client)).text(st::to_rfc3339(p.observed_at));
    out += line.end();
    if (out.size() > 1 << 16) {
      sink.append(out);
      out.clear();
    }
  }
  sink.append(out);
  return st::success();
}

st::Result<std::int64_t> positions_as_table(st::Pages<st::StockPosition> pages, std::int64_t rows, Sink& sink) {
  using Align = TextTable::Align;
  TextTable table({{"article", Align::left, 24},
                   {"size", Align::left, 6},
                   {"offer", Align::right, 12},
                   {"warehouse", Align::left, 34},
                   {"kind", Align::left},
                   {"on hand", Align::right},
                   {"to", Align::right},
                   {"from", Align::right},
                   {"state", Align::left},
                   {"seen", Align::left}});
  std::int64_t count = 0;
  while (auto position = pages.next()) {
    STK_TRY(const st::StockPosition& p, *position);
    if (count++ >= rows) continue;
    const std::string state = p.offer.state == st::OfferState::listed
                                  ? to_string(p.state)
                                  : std::string(to_string(p.state)) + ", " + to_string(p.offer.state);
    table.add({p.offer.article.empty() ? "?" : p.offer.article, p.offer.size, p.offer.key, p.warehouse.name,
               to_string(p.kind), p.on_hand ? cell(p.on_hand) : "?", cell(p.to_client), cell(p.from_client), state,
               p.age().text() + " ago"});
  }
  table.print(sink);
  return count;
}

}  // namespace server
