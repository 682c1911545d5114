// Reading: one list of a connector as the contract suite saw it, and the sinks that fill it.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <stocktracker/marketplace/connector.hpp>

#include "testing/contracts/connector_lists.hpp"

namespace stocktracker::inline v0::testing {

/// Result of one reading of a list.
struct Reading {
  Result<void> result = Errc::internal;
  Known rows;
  int odd = 0;
  bool odd_named = true;  ///< every odd row came with a reason
  bool periods_in_order = true;
  bool threw = false;
  std::string said;  ///< what the exception said

  void take(const OddRow& row) {
    ++odd;
    odd_named = odd_named && !row.reason.empty();
  }
  [[nodiscard]] bool failed() const { return threw || !result; }
  [[nodiscard]] std::string text() const {
    return threw ? "it threw: " + said : result ? "success" : result.error().text();
  }
  void take_thrown(std::string_view what) {
    threw = true;
    said = what;
  }
};

class OfferRows final : public OfferSink {
 public:
  explicit OfferRows(Reading& into) noexcept : into_(into) {}
  Result<void> offers(std::span<const OfferRow> page) override {
    for (const OfferRow& row : page) into_.rows[std::string(row.key)] = std::string(row.article).append(row.title);
    return success();
  }
  void odd_row(const OddRow& row) override { into_.take(row); }

 private:
  Reading& into_;
};

class WarehouseRows final : public WarehouseSink {
 public:
  explicit WarehouseRows(Reading& into) noexcept : into_(into) {}
  Result<void> warehouses(std::span<const WarehouseRow> page) override {
    for (const WarehouseRow& row : page) into_.rows[std::string(row.key)] = row.name;
    return success();
  }
  void odd_row(const OddRow& row) override { into_.take(row); }

 private:
  Reading& into_;
};

class StockRows final : public StockSink {
 public:
  explicit StockRows(Reading& into) noexcept : into_(into) {}
  Result<void> rows(StockPage&& page) override {
    STK_TRY(page.check());
    for (std::size_t n = 0; n < page.rows(); ++n) {
      const StockRow row = page.row(n);
      const Warehouse& at = page.warehouse(row.warehouse);
      const std::string key = row.offer.to_text() + " in " + to_string(at.kind) + " " + at.key;
      into_.rows[key] = std::to_string(row.on_hand);
    }
    return success();
  }
  void restart() override { into_.rows.clear(); }
  void odd_row(const OddRow& row) override { into_.take(row); }
  void speaks_of(Instant at) override { into_.periods_in_order = into_.periods_in_order && at > Instant::earliest(); }

 private:
  Reading& into_;
};

class OrderRows final : public OrderSink {
 public:
  explicit OrderRows(Reading& into) noexcept : into_(into) {}
  Result<void> lines(std::span<const OrderLineRow> page) override {
    for (const OrderLineRow& row : page) into_.rows[std::string(row.key)] = row.status_text;
    return success();
  }
  void restart() override { into_.rows.clear(); }
  void odd_row(const OddRow& row) override { into_.take(row); }
  void covered(const OrderCoverage& period) override {
    into_.periods_in_order = into_.periods_in_order && period.from <= period.until;
  }

 private:
  Reading& into_;
};

class PriceRows final : public PriceSink {
 public:
  explicit PriceRows(Reading& into) noexcept : into_(into) {}
  Result<void> prices(std::span<const PriceRow> page) override {
    for (const PriceRow& row : page) into_.rows[std::string(row.offer)] = std::to_string(row.price.minor());
    return success();
  }
  void odd_row(const OddRow& row) override { into_.take(row); }

 private:
  Reading& into_;
};

}  // namespace stocktracker::inline v0::testing
