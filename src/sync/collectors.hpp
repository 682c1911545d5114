/// Sinks that collect a complete answer, check its rows, report progress and renew the lease.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include <stocktracker/core/progress_stages.hpp>
#include <stocktracker/core/visible_text.hpp>
#include <stocktracker/inventory/orders.hpp>
#include <stocktracker/inventory/prices.hpp>
#include <stocktracker/marketplace/connector.hpp>

#include "inventory/catalogue.hpp"
#include "marketplace/page_watch.hpp"
#include "marketplace/stock_cells.hpp"
#include "sync/lease.hpp"
#include "sync/odd_rows.hpp"
#include "sync/run_machine.hpp"

namespace stocktracker::inline v0::sync_run {

/// The engine does not trust connectors: rows that cannot be correct are left out, and endless lists are ended. Not
/// thread-safe: one thread reads one list.
class Collector {
 public:
  Collector(Lease& lease, const CallContext& context, std::string_view list) noexcept
      : lease_(lease), context_(context), list_(list), watch_(list) {}

  OddRows odd;

  /// Call after the list was read: the error with which a page was refused, also if the connector did not pass it on.
  [[nodiscard]] Result<void> accepted() const {
    if (failure_) return *failure_;
    return success();
  }

 protected:
  Result<void> refused(Error error);
  /// Call after each page: reports the progress, and fails if the list brings nothing new.
  Result<void> turned(std::size_t rows, bool empty);
  /// Call when the list starts over: a list that does nothing else is refused.
  void restarted();
  void left_out(std::string_view reason, std::string_view key) { odd.add({RowOddity::unreadable, reason, list_, key}); }

  Lease& lease_;
  const CallContext& context_;
  std::string_view list_;
  PageWatch watch_;

 private:
  std::optional<Error> failure_;
  /// An empty page is allowed (a day without orders); a list of nothing but empty pages is endless.
  static constexpr int kMostEmptyPages = 1'000;
  int empty_pages_ = 0;
  /// A connector starts over when the marketplace's snapshot has ended.
  static constexpr int kMostRestarts = 1'000;
  int restarts_ = 0;
};

class CatalogueCollector final : public OfferSink, public Collector {
 public:
  CatalogueCollector(Lease& lease, const CallContext& context, bool numeric_keys) noexcept
      : Collector(lease, context, kStageCatalogue), numeric_keys_(numeric_keys) {}
  Result<void> offers(std::span<const OfferRow> page) override;
  void odd_row(const OddRow& row) override { odd.add(row); }
  inventory::Catalogue catalogue;

 private:
  void add(OfferRow row);

  const bool numeric_keys_;
};

class WarehouseCollector final : public WarehouseSink, public Collector {
 public:
  WarehouseCollector(Lease& lease, const CallContext& context) noexcept : Collector(lease, context, kStageWarehouses) {}
  Result<void> warehouses(std::span<const WarehouseRow> page) override;
  void odd_row(const OddRow& row) override { odd.add(row); }
  std::vector<SellerWarehouse> sellers;
};

/// Collects order lines in the order of the answer.
class OrderCollector final : public OrderSink, public Collector {
 public:
  /// No line is from after `latest`.
  OrderCollector(Lease& lease, const AccountId& account, Instant latest, const CallContext& context) noexcept
      : Collector(lease, context, kStageOrders), account_(account), latest_(latest) {}
  Result<void> lines(std::span<const OrderLineRow> page) override;
  void restart() override;
  void covered(const OrderCoverage& period) override;
  void emptied(std::string_view order) override;
  void odd_row(const OddRow& row) override { odd.add(row); }
  std::vector<OrderLine> order_lines;
  std::vector<OrderCoverage> complete;
  std::vector<std::string> emptied_orders;

 private:
  /// A period of minutes is covered at once, one of years in windows of days.
  static constexpr int kMostPeriods = 10'000;
  static constexpr std::size_t kMostEmptied = 1'000'000;
  const AccountId& account_;
  const Instant latest_;
  int periods_ = 0;
};

class PriceCollector final : public PriceSink, public Collector {
 public:
  PriceCollector(Lease& lease, const AccountId& account, const CallContext& context) noexcept
      : Collector(lease, context, kStagePrices), account_(account) {}
  Result<void> prices(std::span<const PriceRow> page) override;
  void odd_row(const OddRow& row) override { odd.add(row); }
  std::vector<OfferPrice> offer_prices;

 private:
  const AccountId& account_;
};

class StockCollector final : public StockSink, public Collector {
 public:
  /// `seller_warehouse`: the only one that the answer may be about; nullopt: FBO, which has none of the seller's.
  StockCollector(Lease& lease, const CallContext& context, std::string_view source, bool numeric_keys,
                 std::optional<std::string_view> seller_warehouse) noexcept
      : Collector(lease, context, source), numeric_keys_(numeric_keys), seller_warehouse_(seller_warehouse) {}
  Result<void> rows(StockPage&& given) override;
  void restart() override;
  void note(std::string text) override { note_text = visible(text); }
  void speaks_of(Instant at) override { about = std::max(at, Instant::from_seconds(0)); }
  void odd_row(const OddRow& row) override { odd.add(row); }
  StockCells columns;
  std::string note_text;
  std::optional<Instant> about;

 private:
  void watch_rows(const StockCells& page);
  const bool numeric_keys_;
  const std::optional<std::string_view> seller_warehouse_;
  bool watching_ = false;
};

}  // namespace stocktracker::inline v0::sync_run
