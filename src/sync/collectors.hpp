/// Sinks that collect a complete answer, check its rows, report progress and renew the lease.
#pragma once

#include <optional>
#include <vector>

#include <stocktracker/inventory/orders.hpp>
#include <stocktracker/inventory/prices.hpp>
#include <stocktracker/marketplace/connector.hpp>

#include "inventory/catalogue.hpp"
#include "marketplace/page_watch.hpp"
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

 protected:
  /// Call after each page: reports the progress, and fails if the list brings nothing new.
  Result<void> turned(std::size_t rows, bool empty);
  void left_out(std::string_view reason, std::string_view key) { odd.add({RowOddity::unreadable, reason, list_, key}); }

  Lease& lease_;
  const CallContext& context_;
  std::string_view list_;
  PageWatch watch_;

 private:
  /// An empty page is allowed (a day without orders); a list of nothing but empty pages is endless.
  static constexpr int kMostEmptyPages = 1'000;
  int empty_pages_ = 0;
};

class CatalogueCollector final : public OfferSink, public Collector {
 public:
  CatalogueCollector(Lease& lease, const CallContext& context, bool numeric_keys) noexcept
      : Collector(lease, context, "catalogue"), numeric_keys_(numeric_keys) {}
  Result<void> offers(std::span<const OfferRow> page) override;
  void odd_row(const OddRow& row) override { odd.add(row); }
  inventory::Catalogue catalogue;

 private:
  const bool numeric_keys_;
};

class WarehouseCollector final : public WarehouseSink, public Collector {
 public:
  WarehouseCollector(Lease& lease, const CallContext& context) noexcept : Collector(lease, context, "warehouses") {}
  Result<void> warehouses(std::span<const WarehouseRow> page) override;
  void odd_row(const OddRow& row) override { odd.add(row); }
  std::vector<SellerWarehouse> sellers;
};

/// Collects order lines in the order of the answer.
class OrderCollector final : public OrderSink, public Collector {
 public:
  OrderCollector(Lease& lease, const AccountId& account, const CallContext& context) noexcept
      : Collector(lease, context, "orders"), account_(account) {}
  Result<void> lines(std::span<const OrderLineRow> page) override;
  void restart() override;
  void covered(const OrderCoverage& period) override;
  void emptied(std::string_view order) override { emptied_orders.emplace_back(order); }
  void odd_row(const OddRow& row) override { odd.add(row); }
  std::vector<OrderLine> told;
  std::vector<OrderCoverage> complete;
  std::vector<std::string> emptied_orders;

 private:
  const AccountId& account_;
};

class PriceCollector final : public PriceSink, public Collector {
 public:
  PriceCollector(Lease& lease, const AccountId& account, const CallContext& context) noexcept
      : Collector(lease, context, "prices"), account_(account) {}
  Result<void> prices(std::span<const PriceRow> page) override;
  void odd_row(const OddRow& row) override { odd.add(row); }
  std::vector<OfferPrice> told;

 private:
  const AccountId& account_;
};

class StockCollector final : public StockSink, public Collector {
 public:
  StockCollector(Lease& lease, const CallContext& context, std::string_view source) noexcept
      : Collector(lease, context, source) {}
  Result<void> rows(StockColumns&& page) override;
  void restart() override;
  void note(std::string text) override { told = std::move(text); }
  void speaks_of(Instant at) override { about = at; }
  void odd_row(const OddRow& row) override { odd.add(row); }
  StockColumns columns;
  std::string told;
  std::optional<Instant> about;

 private:
  void watch_rows(const StockColumns& page);
  bool watching_ = false;
};

}  // namespace stocktracker::inline v0::sync_run
