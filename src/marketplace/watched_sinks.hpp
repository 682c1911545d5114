/// Sinks that report every row to a PageWatch and pass it on.
#pragma once

#include <span>
#include <string>

#include <stocktracker/marketplace/connector.hpp>

#include "marketplace/page_watch.hpp"

namespace stocktracker::inline v0 {

class WatchedOffers final : public OfferSink {
 public:
  WatchedOffers(OfferSink& next, PageWatch& watch) noexcept : next_(next), watch_(watch) {}
  Result<void> offers(std::span<const OfferRow> page) override {
    for (const OfferRow& row : page) watch_.row(row.key);
    return next_.offers(page);
  }
  void odd_row(const OddRow& row) override {
    watch_.row(std::string(row.key).append("\n").append(row.reason));
    next_.odd_row(row);
  }

 private:
  OfferSink& next_;
  PageWatch& watch_;
};

class WatchedOrders final : public OrderSink {
 public:
  WatchedOrders(OrderSink& next, PageWatch& watch) noexcept : next_(next), watch_(watch) {}
  Result<void> lines(std::span<const OrderLineRow> page) override {
    for (const OrderLineRow& row : page) watch_.row(row.key);
    return next_.lines(page);
  }
  void odd_row(const OddRow& row) override {
    watch_.row(std::string(row.key).append("\n").append(row.reason));
    next_.odd_row(row);
  }
  void restart() override {
    watch_.restart();
    next_.restart();
  }
  void covered(const OrderCoverage& period) override { next_.covered(period); }
  void emptied(std::string_view order) override {
    watch_.row(order);
    next_.emptied(order);
  }

 private:
  OrderSink& next_;
  PageWatch& watch_;
};

class WatchedPrices final : public PriceSink {
 public:
  WatchedPrices(PriceSink& next, PageWatch& watch) noexcept : next_(next), watch_(watch) {}
  Result<void> prices(std::span<const PriceRow> page) override {
    for (const PriceRow& row : page) watch_.row(row.offer);
    return next_.prices(page);
  }
  void odd_row(const OddRow& row) override {
    watch_.row(std::string(row.key).append("\n").append(row.reason));
    next_.odd_row(row);
  }

 private:
  PriceSink& next_;
  PageWatch& watch_;
};

class WatchedWarehouses final : public WarehouseSink {
 public:
  WatchedWarehouses(WarehouseSink& next, PageWatch& watch) noexcept : next_(next), watch_(watch) {}
  Result<void> warehouses(std::span<const WarehouseRow> page) override {
    for (const WarehouseRow& row : page) watch_.row(row.key);
    return next_.warehouses(page);
  }
  void odd_row(const OddRow& row) override { next_.odd_row(row); }

 private:
  WarehouseSink& next_;
  PageWatch& watch_;
};

}  // namespace stocktracker::inline v0
