/// Stock by warehouse, and the warehouses.
#pragma once

#include <array>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "adapters/ozon/calls.hpp"
#include "json/document.hpp"
#include "marketplace/position_rows.hpp"

namespace stocktracker::inline v0::ozon {

using WarehouseNames = std::unordered_map<std::int64_t, std::string>;

/// Ozon's own warehouses: stock answers contain only their ids. Rows without an id are skipped.
[[nodiscard]] Result<WarehouseNames> decode_ozon_warehouses(std::string_view body);

/// Decodes a page of the seller's warehouses into the sink.
[[nodiscard]] Result<NextPage> decode_warehouses(std::string_view body, WarehouseSink& sink);

/// Indices of warehouses by id, with one lookup per row.
class WarehouseIndex {
 public:
  /// The index of a warehouse; `next` if it has none yet.
  [[nodiscard]] std::uint32_t find(std::int64_t id, std::uint32_t next) {
    if ((std::size_t{next} + 1) * 2 > slots_.size()) grow();
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = place_of(id) & mask;; at = (at + 1) & mask) {
      if (slots_[at].id == id) return slots_[at].index;
      if (slots_[at].id != 0) continue;
      slots_[at] = {id, next};
      return next;
    }
  }

 private:
  struct Slot {
    std::int64_t id = 0;  ///< 0: free
    std::uint32_t index = 0;
  };
  static std::size_t place_of(std::int64_t id) noexcept {
    return static_cast<std::size_t>((static_cast<std::uint64_t>(id) * 0x9E37'79B9'7F4A'7C15ULL) >> 32U);
  }
  void grow();
  std::vector<Slot> slots_;
};

/// Collects rows of answers into one page of the library. `present` includes reserved units.
///
/// A position is an article in a warehouse. Rows of several skus of one product are added up; the same sku again is the
/// same row, repeated at a page's border. Rows of two products are Errc::vendor_contradiction. A position with an
/// unreadable row is left out.
class StockRows {
 public:
  /// Odd rows are reported to `odd`; both must outlive this.
  StockRows(const WarehouseNames& names, AnswerSink& odd) : names_(names), odd_(odd) {}

  /// Rows of Ozon's warehouses.
  [[nodiscard]] Result<NextPage> add_fbo(std::string body, PageWatch& watch);
  /// Rows of one seller warehouse; rows of offers that were not requested are left out.
  [[nodiscard]] Result<NextPage> add_fbs(std::string body, const Warehouse& warehouse,
                                         const std::unordered_set<std::string_view>& asked, PageWatch& watch);
  [[nodiscard]] StockCells take();

 private:
  struct Row {
    std::string_view offer;
    std::int64_t product = 0;  ///< 0: not named
    std::int64_t sku = 0;      ///< 0: not named
    std::int64_t warehouse = 0;
    std::int64_t on_hand = 0;
    std::int64_t reserved = 0;
    std::size_t at = 0;  ///< in its list
  };
  struct Amounts {
    std::int64_t on_hand = 0;
    std::int64_t reserved = 0;
  };

  /// Before a page of `bytes` is read.
  void begin(std::string_view list, PageWatch& watch, std::size_t bytes);
  template <class Take>  // Result<void>(const Row&)
  [[nodiscard]] Result<NextPage> read(std::string& body, std::string_view list, PageWatch& watch, Take&& take);
  void append(const Row& row, std::uint32_t warehouse, std::uint64_t offer_hash);
  /// Adds another row to a position.
  [[nodiscard, gnu::noinline]] Result<void> add_up(const Row& row, std::size_t position);
  /// Reports a row that is left out or changed.
  [[gnu::cold, gnu::noinline]] void odd(RowOddity kind, std::string_view reason, const Row& row);
  template <class Keep>  // bool(const StockCells&, std::size_t row)
  void keep_rows(Keep&& keep);
  void drop_unknown();
  void drop_unstorable();

  const WarehouseNames& names_;
  AnswerSink& odd_;
  PositionRows rows_;
  std::vector<std::int64_t> skus_;                                 ///< of each position: the sku of its first row
  std::map<std::pair<std::size_t, std::int64_t>, Amounts> parts_;  ///< of positions with several skus
  std::set<std::pair<std::string, std::string>> unknown_;          ///< offer and warehouse of rows that were left out
  WarehouseIndex warehouses_;
  Articles articles_;
  std::int64_t product_ = 0;       ///< of the last position,
  std::array<char, 20> digits_{};  ///< its text,
  std::uint64_t offer_hash_ = 0;   ///< and of its offer
  std::size_t digit_count_ = 0;
  // State of the current page:
  std::string_view list_;
  PageWatch* watch_ = nullptr;
  std::size_t parts_fresh_ = 0;  ///< rows with further skus
};

/// `asked`: the articles to request.
[[nodiscard]] Result<void> fetch_fbo(const Calls& calls, std::span<const std::string> asked, StockSink& sink,
                                     const CallContext& context);
[[nodiscard]] Result<void> fetch_fbs(const Calls& calls, const StockQuery& query, StockSink& sink,
                                     const CallContext& context);
[[nodiscard]] Result<void> list_warehouses(const Calls& calls, WarehouseSink& sink, const CallContext& context);

}  // namespace stocktracker::inline v0::ozon
