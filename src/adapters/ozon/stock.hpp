/// @file
/// Stock by warehouse, and the warehouses.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "adapters/ozon/calls.hpp"
#include "json/document.hpp"
#include "marketplace/position_rows.hpp"

namespace stocktracker::inline v0::ozon {

using WarehouseNames = std::unordered_map<std::int64_t, std::string>;

/// Ozon's own warehouses: their stock answers carry ids alone.
[[nodiscard]] Result<WarehouseNames> decode_ozon_warehouses(std::string_view body);

/// A page of the seller's warehouses, into the sink.
[[nodiscard]] Result<NextPage> decode_warehouses(std::string_view body, WarehouseSink& sink);

/// Rows of answers, gathered into one page of the library's. What is present includes what is reserved.
class StockRows {
 public:
  explicit StockRows(const WarehouseNames& names) : names_(names) {}

  /// Rows of Ozon's warehouses.
  [[nodiscard]] Result<NextPage> add_fbo(std::string body);
  /// Rows of one warehouse of the seller's; those of offers that were not asked for are left out.
  [[nodiscard]] Result<NextPage> add_fbs(std::string body, const Warehouse& warehouse,
                                         const std::unordered_set<std::string_view>& asked);
  [[nodiscard]] StockColumns take() { return rows_.take(); }

 private:
  struct Row {
    std::string_view offer;
    std::int64_t product = 0;
    std::int64_t warehouse = 0;
    std::int64_t on_hand = 0;
    std::int64_t reserved = 0;
  };
  template <class Take>  // Result<void>(std::size_t at, const Row&)
  [[nodiscard]] Result<NextPage> read(std::string& body, std::string_view list, Take&& take);
  void put(const Row& row, std::uint32_t warehouse);

  const WarehouseNames& names_;
  PositionRows rows_;
  std::unordered_map<std::int64_t, std::uint32_t> warehouses_;
};

[[nodiscard]] Result<void> fetch_fbo(const Calls& calls, std::span<const std::string> offers, StockSink& sink,
                                     const CallContext& context);
[[nodiscard]] Result<void> fetch_fbs(const Calls& calls, const StockQuery& query, StockSink& sink,
                                     const CallContext& context);
[[nodiscard]] Result<void> list_warehouses(const Calls& calls, WarehouseSink& sink, const CallContext& context);

}  // namespace stocktracker::inline v0::ozon
