/// @file
/// Stock by warehouse: the Market's, and the seller's own.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "adapters/yandex_market/cabinet.hpp"
#include "json/nested_rows.hpp"
#include "marketplace/position_rows.hpp"

namespace stocktracker::inline v0::yandex_market {

/// Rows of answers, gathered into one page of the library's. A warehouse may come again on the next page; of a position
/// that comes again the last telling counts within a shop.
class StockRows {
 public:
  StockRows(const WarehouseNames& names, WarehouseKind kind) : names_(names), kind_(kind) {}

  /// Of the method of shops (v2), which answers by warehouse; those but `only` are left out unless it is 0.
  [[nodiscard]] Result<std::string> add_of_campaign(std::string body, std::int64_t campaign, std::int64_t only);
  /// Of the method of the cabinet (v3), which answers about one warehouse.
  [[nodiscard]] Result<std::string> add_of_warehouse(std::string body, std::int64_t warehouse);
  [[nodiscard]] StockColumns take() { return rows_.take(); }

 private:
  [[nodiscard]] Result<void> add(const json::NestedRow& told, std::string_view field, std::int64_t warehouse,
                                 std::int64_t campaign);
  [[nodiscard]] std::uint32_t place_of(std::int64_t warehouse);

  const WarehouseNames& names_;
  const WarehouseKind kind_;
  PositionRows rows_;
  std::vector<std::int64_t> campaigns_;  ///< that told each row first
  std::unordered_map<std::int64_t, std::uint32_t> warehouses_;
  std::int64_t last_warehouse_ = 0;
  std::uint32_t last_place_ = 0;
  std::string unescaped_;
};

[[nodiscard]] Result<void> fetch_marketplace_stock(const Calls& calls, const Cabinet& cabinet, StockSink& sink,
                                                   const CallContext& context);
[[nodiscard]] Result<void> fetch_own_stock(const Calls& calls, const Cabinet& cabinet, const OwnWarehouse& warehouse,
                                           std::span<const std::string> offers, StockSink& sink,
                                           const CallContext& context);

}  // namespace stocktracker::inline v0::yandex_market
