#include "adapters/wildberries/stock_page.hpp"

#include <array>

#include "json/array_rows.hpp"

namespace stocktracker::inline v0::wildberries {
namespace {

using json::Cell;
using json::Field;
using json::FieldType;

enum Column : std::size_t { kNm, kChrt, kWarehouse, kName, kRegion, kQuantity, kToClient, kFromClient };

// In the order of the documentation, in which rows come.
constexpr std::array kFields{
    Field{"nmId", FieldType::integer, true},           Field{"chrtId", FieldType::integer, true},
    Field{"warehouseId", FieldType::integer, true},    Field{"warehouseName", FieldType::text, true},
    Field{"regionName", FieldType::text, true},        Field{"quantity", FieldType::integer, true},
    Field{"inWayToClient", FieldType::integer, false}, Field{"inWayFromClient", FieldType::integer, false},
};

constexpr std::array<std::string_view, 2> kPath{"data", "items"};

/// Warehouses of one answer by id: a few dozen, the same ones again and again.
class WarehouseTable {
 public:
  explicit WarehouseTable(StockColumns& columns) : columns_(columns) {}

  Result<std::uint32_t> index_of(std::int64_t id, const Cell& name, const Cell& region) {
    const std::size_t slot = static_cast<std::uint64_t>(id) * 0x9E3779B97F4A7C15ULL >> (64 - kBits);
    // A recent warehouse of the same slot is the usual case; the list is the truth.
    if (recent_[slot] != 0 && ids_[recent_[slot] - 1] == id) return recent_[slot] - 1;
    for (std::size_t at = 0; at < ids_.size(); ++at) {
      if (ids_[at] == id) {
        recent_[slot] = static_cast<std::uint32_t>(at + 1);
        return static_cast<std::uint32_t>(at);
      }
    }
    STK_TRY(auto warehouse_name, json::text_of(name));
    STK_TRY(auto region_name, json::text_of(region));
    ids_.push_back(id);
    columns_.warehouses.push_back(
        {std::to_string(id), std::move(warehouse_name), std::move(region_name),
         id == kUndisclosedWarehouse ? WarehouseKind::undisclosed : WarehouseKind::marketplace});
    recent_[slot] = static_cast<std::uint32_t>(ids_.size());
    return static_cast<std::uint32_t>(ids_.size() - 1);
  }

 private:
  static constexpr unsigned kBits = 8;
  StockColumns& columns_;
  std::vector<std::int64_t> ids_;
  std::array<std::uint32_t, std::size_t{1} << kBits> recent_{};
};

Error wrong(std::size_t row, Column column, std::string_view what) {
  const std::string field = "data.items[" + std::to_string(row) + "]." + std::string(kFields[column].name);
  return Error(Errc::vendor_schema, field + " " + std::string(what)).about(field);
}

}  // namespace

Result<StockColumns> decode_stock_page(std::string& body) {
  StockColumns columns;
  WarehouseTable warehouses(columns);
  // Rows are about 200 bytes: one reservation instead of growth, never more than the body could hold.
  const std::size_t guess = body.size() / 160 + 1;
  columns.offer.reserve(guess);
  columns.listing.reserve(guess);
  columns.warehouse.reserve(guess);
  columns.on_hand.reserve(guess);
  columns.to_client.reserve(guess);
  columns.from_client.reserve(guess);

  const auto take = [&](std::span<const Cell> cells) -> Result<void> {
    const std::size_t row = columns.rows();
    if (cells[kNm].integer <= 0) return wrong(row, kNm, "is not an id");
    if (cells[kChrt].integer <= 0) return wrong(row, kChrt, "is not an id");
    const std::int64_t id = cells[kWarehouse].integer;
    if (id <= 0 && id != kUndisclosedWarehouse) return wrong(row, kWarehouse, "is not an id");
    if (cells[kQuantity].integer < 0) return wrong(row, kQuantity, "is negative");
    if (cells[kToClient].present != cells[kFromClient].present) return wrong(row, kToClient, "is told by halves");
    if (row > 0 && cells[kToClient].present == columns.to_client.empty()) {
      return wrong(row, kToClient, "is told by some rows only");
    }
    if (cells[kToClient].present) {
      if (cells[kToClient].integer < 0) return wrong(row, kToClient, "is negative");
      if (cells[kFromClient].integer < 0) return wrong(row, kFromClient, "is negative");
      columns.to_client.push_back(cells[kToClient].integer);
      columns.from_client.push_back(cells[kFromClient].integer);
    }
    STK_TRY(const std::uint32_t warehouse, warehouses.index_of(id, cells[kName], cells[kRegion]));
    columns.listing.push(cells[kNm].integer);
    columns.offer.push(cells[kChrt].integer);
    columns.warehouse.push_back(warehouse);
    columns.on_hand.push_back(cells[kQuantity].integer);
    return success();
  };
  STK_TRY(json::read_rows(body, kPath, kFields, take));
  return columns;
}

}  // namespace stocktracker::inline v0::wildberries
