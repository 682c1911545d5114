/// @file
/// Sinks that gather a whole answer, report progress and keep the lease.
#pragma once

#include <vector>

#include <stocktracker/inventory/orders.hpp>
#include <stocktracker/inventory/prices.hpp>
#include <stocktracker/marketplace/connector.hpp>

#include "inventory/catalogue.hpp"
#include "sync/lease.hpp"
#include "sync/run_machine.hpp"

namespace stocktracker::inline v0::sync_run {

class CatalogueCollector final : public OfferSink {
 public:
  CatalogueCollector(Lease& lease, const CallContext& context) noexcept : lease_(lease), context_(context) {}
  Result<void> offers(std::span<const OfferRow> page) override;
  inventory::Catalogue catalogue;

 private:
  Lease& lease_;
  const CallContext& context_;
};

class WarehouseCollector final : public WarehouseSink {
 public:
  Result<void> warehouses(std::span<const WarehouseRow> page) override;
  std::vector<SellerWarehouse> sellers;
};

/// Order lines as they are told, in order.
class OrderCollector final : public OrderSink {
 public:
  OrderCollector(Lease& lease, const AccountId& account, const CallContext& context) noexcept
      : lease_(lease), account_(account), context_(context) {}
  Result<void> lines(std::span<const OrderLineRow> page) override;
  void restart() override { told.clear(); }
  std::vector<OrderLine> told;

 private:
  Lease& lease_;
  const AccountId& account_;
  const CallContext& context_;
};

class PriceCollector final : public PriceSink {
 public:
  PriceCollector(Lease& lease, const AccountId& account, const CallContext& context) noexcept
      : lease_(lease), account_(account), context_(context) {}
  Result<void> prices(std::span<const PriceRow> page) override;
  std::vector<OfferPrice> told;

 private:
  Lease& lease_;
  const AccountId& account_;
  const CallContext& context_;
};

class StockCollector final : public StockSink {
 public:
  StockCollector(Lease& lease, const CallContext& context, std::string_view source) noexcept
      : lease_(lease), context_(context), source_(source) {}
  Result<void> rows(StockColumns&& page) override;
  void restart() override {
    columns = {};
    told.clear();
  }
  void note(std::string text) override { told = std::move(text); }
  StockColumns columns;
  std::string told;

 private:
  Lease& lease_;
  const CallContext& context_;
  std::string_view source_;
};

}  // namespace stocktracker::inline v0::sync_run
