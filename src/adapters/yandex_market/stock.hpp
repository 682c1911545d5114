/// Stock by warehouse: the Market's, and the seller's own.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "adapters/yandex_market/cabinet.hpp"
#include "json/nested_rows.hpp"
#include "marketplace/page_watch.hpp"
#include "marketplace/position_rows.hpp"

namespace stocktracker::inline v0::yandex_market {

/// Collects rows of answers into one page of the library. A warehouse may come again on the next page; if a position
/// comes again within a shop, the last row counts. Odd rows go to the sink.
class StockRows {
 public:
  /// Rows of the Market's warehouses, by id.
  StockRows(const WarehouseNames& names, AnswerSink& sink) : names_(names), sink_(sink) {}
  /// Rows of one place of the seller: all members are one warehouse with this `name`.
  StockRows(const OwnPlace& place, std::string_view name, AnswerSink& sink);

  /// Rows of the shops' method (v2), which answers by warehouse. Of a place's members the first one's rows are
  /// preferred; other warehouses are left out.
  [[nodiscard]] Result<NextPage> add_of_campaign(std::string body, std::int64_t campaign, PageWatch& watch);
  /// Rows of the cabinet's method (v3), which answers about one warehouse.
  [[nodiscard]] Result<NextPage> add_of_warehouse(std::string body, PageWatch& watch);
  [[nodiscard]] StockCells take() { return rows_.take(); }

 private:
  /// The reporter of rows: the shop, or the seller's warehouse. If two report a position, the preferred one wins.
  struct Source {
    std::int64_t warehouse = 0;
    std::int64_t reporter = 0;
  };
  struct Amounts {
    std::int64_t on_hand = 0;
    std::int64_t reserved = 0;
  };
  [[nodiscard]] Result<void> add(const json::NestedRow& nested, const Source& source, PageWatch& watch);
  [[nodiscard]] Result<void> add_again(std::size_t row, const Amounts& amounts, const Source& source, PageWatch& watch);
  [[nodiscard]] std::uint32_t place_of(std::int64_t warehouse) {
    return !members_.empty() || warehouse == last_warehouse_ ? last_place_ : other_place(warehouse);
  }
  /// The place of a warehouse that the last row did not stand in.
  [[nodiscard, gnu::noinline]] std::uint32_t other_place(std::int64_t warehouse);
  void odd(RowOddity kind, const json::NestedRow& row, std::string_view reason, std::string_view offer,
           PageWatch& watch);
  void broken(const json::BrokenRow& row, PageWatch& watch);
  [[nodiscard]] bool wanted(std::int64_t warehouse) const noexcept;

  static inline const WarehouseNames kNoNames{};
  const WarehouseNames& names_ = kNoNames;
  std::span<const std::int64_t> members_{};  ///< empty: the Market's warehouses
  AnswerSink& sink_;
  PositionRows rows_;
  std::vector<std::int64_t> reporters_;  ///< of each row: the shop that reported it first, or the seller's warehouse
  std::unordered_map<std::int64_t, std::uint32_t> warehouses_;
  std::int64_t last_warehouse_ = 0;
  std::uint32_t last_place_ = 0;
  std::string unescaped_;
};

[[nodiscard]] Result<void> fetch_marketplace_stock(const Calls& calls, const Cabinet& cabinet, StockSink& sink,
                                                   const CallContext& context);
/// `name`: the place's own name, used in the rows.
[[nodiscard]] Result<void> fetch_own_stock(const Calls& calls, const Cabinet& cabinet, const OwnPlace& place,
                                           std::string_view name, std::span<const std::string> offers, StockSink& sink,
                                           const CallContext& context);

}  // namespace stocktracker::inline v0::yandex_market
