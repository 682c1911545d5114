// Decodes pages of the marketplace's stock into columns.
#include "adapters/wildberries/stock_page.hpp"

#include <array>

#include "json/array_rows.hpp"
#include "marketplace/position_rows.hpp"

namespace stocktracker::inline v0::wildberries {
namespace {

using json::Cell;
using json::Field;
using json::FieldType;

enum Column : std::size_t { kNm, kChrt, kWarehouse, kName, kRegion, kQuantity, kToClient, kFromClient };

// In the documentation's order, in which rows come.
constexpr std::array kFields{
    Field{"nmId", FieldType::integer, true},           Field{"chrtId", FieldType::integer, true},
    Field{"warehouseId", FieldType::integer, true},    Field{"warehouseName", FieldType::text, true},
    Field{"regionName", FieldType::text, true},        Field{"quantity", FieldType::integer, true},
    Field{"inWayToClient", FieldType::integer, false}, Field{"inWayFromClient", FieldType::integer, false},
};

constexpr std::array<std::string_view, 2> kPath{"data", "items"};

/// Warehouses of one answer by id: a few dozen, which repeat all the time.
class WarehouseTable {
 public:
  explicit WarehouseTable(StockCells& columns) : columns_(columns) {}

  Result<std::uint32_t> index_of(std::int64_t id, const Cell& name, const Cell& region) {
    const std::size_t slot = static_cast<std::uint64_t>(id) * 0x9E3779B97F4A7C15ULL >> (64 - kBits);
    // Usually the slot has this warehouse; otherwise the list is searched.
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
  StockCells& columns_;
  std::vector<std::int64_t> ids_;
  std::array<std::uint32_t, std::size_t{1} << kBits> recent_{};
};

std::string place_of(std::size_t row) { return "data.items[" + std::to_string(row) + "]"; }

std::string key_of(std::span<const Cell> cells) {
  if (cells.size() <= kChrt || !cells[kChrt].present || cells[kChrt].integer <= 0) return {};
  return std::to_string(cells[kChrt].integer);
}

/// True if an amount cannot be used unchanged; the cell of an absent amount may contain anything.
bool is_odd(const Cell& amount) noexcept { return static_cast<std::uint64_t>(amount.integer) > kMostUnits; }

/// Handles a row with a problem: left out and reported, or oversold. True if it may be used; its negative amounts are
/// then 0.
class OddRows {
 public:
  explicit OddRows(AnswerSink& sink) : sink_(sink) {}

  bool mend(std::span<const Cell> cells, bool transit_reported, std::size_t row, std::array<std::int64_t, 3>& amounts) {
    const std::int64_t warehouse = cells[kWarehouse].integer;
    if (cells[kNm].integer <= 0) return leave_out(cells, row, kNm, "is not an id");
    if (cells[kChrt].integer <= 0) return leave_out(cells, row, kChrt, "is not an id");
    if (warehouse <= 0 && warehouse != kUndisclosedWarehouse) return leave_out(cells, row, kWarehouse, "is not an id");
    for (const Column column : {kToClient, kFromClient}) {
      if (cells[column].present != transit_reported) {
        return leave_out(cells, row, column, transit_reported ? "is missing" : "is there in some rows only");
      }
    }
    for (std::size_t nth = 0; nth < amounts.size(); ++nth) {
      const auto column = static_cast<Column>(kQuantity + nth);
      if (!cells[column].present || !is_odd(cells[column])) continue;
      if (cells[column].integer > 0) return leave_out(cells, row, column, "is not a quantity");
      const std::string reason = std::string(kFields[column].name) + " is negative";
      sink_.odd_row({RowOddity::oversold, reason, place_of(row), key_of(cells)});
      amounts[nth] = 0;
    }
    return true;
  }
  bool leave_out(std::span<const Cell> cells, std::size_t row, Column column, std::string_view what) {
    return leave_out(cells, row, kFields[column].name, what);
  }
  bool leave_out(std::span<const Cell> cells, std::size_t row, std::string_view member, std::string_view what) {
    const std::string reason = (member.empty() ? std::string() : std::string(member) + " ") + std::string(what);
    sink_.odd_row({RowOddity::unreadable, reason, place_of(row), key_of(cells)});
    return false;
  }

 private:
  AnswerSink& sink_;
};

// Rows have about 200 bytes: one reservation instead of growth, never more than the body can contain.
void reserve_for(StockCells& columns, std::size_t bytes) {
  const std::size_t guess = bytes / 160 + 1;
  columns.offer.reserve(guess);
  columns.listing.reserve(guess);
  columns.warehouse.reserve(guess);
  columns.on_hand.reserve(guess);
  columns.to_client.reserve(guess);
  columns.from_client.reserve(guess);
}

// The page reports transit, its first row did not.
void drop_first_row(StockCells& columns, AnswerSink& sink) {
  const std::string key = columns.offer.to_text(0);
  sink.odd_row({RowOddity::unreadable, "inWayToClient is missing", "data.items[0]", key});
  columns.offer = columns.listing = {};
  columns.warehouse.clear();
  columns.on_hand.clear();
}

}  // namespace

Result<FboPage> decode_stock_page(std::string& body, AnswerSink& sink) {
  FboPage page;
  StockCells& columns = page.columns;
  WarehouseTable warehouses(columns);
  OddRows odd(sink);
  reserve_for(columns, body.size());
  std::size_t left_out = 0;
  const auto take = [&](std::span<const Cell> cells) -> Result<void> {
    // The first row decides whether the page reports transit; if the second one shows otherwise, the first is odd.
    if (columns.rows() == 1 && columns.to_client.empty() && cells[kToClient].present && cells[kFromClient].present)
        [[unlikely]] {
      drop_first_row(columns, sink);
      ++left_out;
    }
    const bool transit =
        columns.rows() == 0 ? cells[kToClient].present && cells[kFromClient].present : !columns.to_client.empty();
    const std::int64_t id = cells[kWarehouse].integer;
    std::array<std::int64_t, 3> amounts{cells[kQuantity].integer, cells[kToClient].integer, cells[kFromClient].integer};
    const bool usual = cells[kNm].integer > 0 && cells[kChrt].integer > 0 && (id > 0 || id == kUndisclosedWarehouse) &&
                       cells[kToClient].present == transit && cells[kFromClient].present == transit &&
                       !is_odd(cells[kQuantity]) &&
                       (!transit || !(is_odd(cells[kToClient]) || is_odd(cells[kFromClient])));
    if (!usual) [[unlikely]] {
      if (!odd.mend(cells, transit, columns.rows() + left_out, amounts)) {
        ++left_out;
        return success();
      }
    }
    const auto placed = warehouses.index_of(id, cells[kName], cells[kRegion]);
    if (!placed) [[unlikely]] {  // the name is not a valid text: an incomplete character
      (void)odd.leave_out(cells, columns.rows() + left_out, kName, "is not a text");
      ++left_out;
      return success();
    }
    const std::uint32_t warehouse = placed.value();
    if (transit) {
      columns.to_client.push_back(amounts[1]);
      columns.from_client.push_back(amounts[2]);
    }
    columns.listing.push(cells[kNm].integer);
    columns.offer.push(cells[kChrt].integer);
    columns.warehouse.push_back(warehouse);
    columns.on_hand.push_back(amounts[0]);
    return success();
  };
  const auto leave_out = [&](const json::BrokenRow& row) -> Result<void> {
    odd.leave_out(row.cells, row.row_at, row.member, row.problem);
    ++left_out;
    return success();
  };
  const json::TakeBroken broken(leave_out);
  STK_TRY(page.rows, json::read_rows(body, kPath, kFields, take, json::kDefaultWindow, nullptr, &broken));
  return page;
}

}  // namespace stocktracker::inline v0::wildberries
