// The report on stock in the marketplace's warehouses: its rows and their text.
#include <array>
#include <charconv>
#include <string>

#include <stocktracker/core/json_writer.hpp>

#include "testing/world/wildberries/face.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

void append_number(std::string& out, std::int64_t value) {
  std::array<char, 24> digits{};
  out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
}

// What does not change between rows of one warehouse, `"warehouseId":507,...,"quantity":`, ready to append.
std::string warehouse_part(const MarketplaceWarehouse& warehouse) {
  std::string part;
  JsonWriter json(part);
  json.begin_object()
      .field("warehouseId", warehouse.hidden ? kUndisclosedId : warehouse.id)
      .field("warehouseName", warehouse.hidden ? kUndisclosedName : std::string_view(warehouse.name))
      .field("regionName", warehouse.hidden ? kUndisclosedName : std::string_view(warehouse.region))
      .end_object();
  return part.substr(1, part.size() - 2) + ",\"quantity\":";
}

}  // namespace

const std::vector<std::uint32_t>& WildberriesFace::report_order() {
  if (report_version_ == commerce_.version()) return report_order_;
  report_version_ = commerce_.version();
  const std::vector<FboRow>& rows = commerce_.fbo();
  std::vector<std::uint32_t> ends(catalogue_.marketplace_warehouses.size() + 1, 0);
  const auto shown = [&](const FboRow& row) {
    return !row.published.none() && !commerce_.trashed(row.size) && commerce_.shop_of(row) == Shop::wildberries;
  };
  for (const FboRow& row : rows) ends[row.warehouse + 1] += shown(row) ? 1U : 0U;
  for (std::size_t w = 1; w < ends.size(); ++w) ends[w] += ends[w - 1];
  report_order_.resize(ends.back());
  for (std::size_t size = 0; size < catalogue_.sizes.size(); ++size) {
    for (std::uint32_t row = commerce_.first_fbo(size); row != kNone; row = rows[row].next) {
      if (shown(rows[row])) report_order_[ends[rows[row].warehouse]++] = row;
    }
  }
  return report_order_;
}

// A quarter of a million rows go through here: fixed texts are appended, not written field by field.
std::string WildberriesFace::write_report(const std::vector<std::uint32_t>& rows, std::size_t from,
                                          std::size_t to) const {
  constexpr std::string_view kHead = "{\"data\":{\"items\":[";
  std::string out;
  out.reserve(kHead.size() + (to - from) * 230 + kBodyPadding);
  out += kHead;
  std::vector<std::string> parts;
  parts.reserve(catalogue_.marketplace_warehouses.size());
  for (const MarketplaceWarehouse& warehouse : catalogue_.marketplace_warehouses)
    parts.push_back(warehouse_part(warehouse));
  for (std::size_t n = from; n < to; ++n) {
    const FboRow& row = commerce_.fbo()[rows[n]];
    const Size& size = catalogue_.sizes[row.size];
    out += n == from ? "{\"nmId\":" : ",{\"nmId\":";
    append_number(out, catalogue_.cards[size.card].id);
    out += ",\"chrtId\":";
    append_number(out, size.id);
    out += ',';
    out += parts[row.warehouse];
    append_number(out, row.published.on_hand);
    out += ",\"inWayToClient\":";
    append_number(out, row.published.to_client);
    out += ",\"inWayFromClient\":";
    append_number(out, row.published.from_client);
    out += '}';
  }
  out += "]}}";
  return out;
}

}  // namespace stocktracker::inline v0::testing::world
