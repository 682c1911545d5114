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
  std::string said;    ///< what the exception said
  int idle_pages = 0;  ///< that brought no new row
  int restarts = 0;

  /// Of a page that came when there were `before` rows. A list without an end is a finding, not a suite without one.
  [[nodiscard]] Result<void> grown(std::size_t before) {
    constexpr int kMost = 1'000;
    if (rows.size() == before) ++idle_pages;
    if (idle_pages <= kMost && restarts <= kMost) return success();
    return Error(Errc::vendor_contradiction, "the list continues without new rows");
  }
  void begin_again() {
    rows.clear();
    ++restarts;
  }
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
    const std::size_t before = into_.rows.size();
    for (const OfferRow& row : page) into_.rows[std::string(row.key)] = std::string(row.article).append(row.title);
    return into_.grown(before);
  }
  void odd_row(const OddRow& row) override { into_.take(row); }

 private:
  Reading& into_;
};

class WarehouseRows final : public WarehouseSink {
 public:
  explicit WarehouseRows(Reading& into) noexcept : into_(into) {}
  Result<void> warehouses(std::span<const WarehouseRow> page) override {
    const std::size_t before = into_.rows.size();
    for (const WarehouseRow& row : page) into_.rows[std::string(row.key)] = row.name;
    return into_.grown(before);
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
    const std::size_t before = into_.rows.size();
    for (std::size_t n = 0; n < page.rows(); ++n) {
      const StockRow row = page.row(n);
      const Warehouse& at = page.warehouse(row.warehouse);
      const std::string key = row.offer.to_text() + " in " + to_string(at.kind) + " " + at.key;
      into_.rows[key] = std::to_string(row.on_hand);
    }
    return into_.grown(before);
  }
  void restart() override { into_.begin_again(); }
  void odd_row(const OddRow& row) override { into_.take(row); }
  void speaks_of(Instant at) override { into_.periods_in_order = into_.periods_in_order && at > Instant::earliest(); }

 private:
  Reading& into_;
};

class OrderRows final : public OrderSink {
 public:
  explicit OrderRows(Reading& into) noexcept : into_(into) {}
  Result<void> lines(std::span<const OrderLineRow> page) override {
    const std::size_t before = into_.rows.size();
    for (const OrderLineRow& row : page) into_.rows[std::string(row.key)] = row.status_text;
    return into_.grown(before);
  }
  void restart() override { into_.begin_again(); }
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
    const std::size_t before = into_.rows.size();
    for (const PriceRow& row : page) into_.rows[std::string(row.offer)] = std::to_string(row.price.minor());
    return into_.grown(before);
  }
  void odd_row(const OddRow& row) override { into_.take(row); }

 private:
  Reading& into_;
};

}  // namespace stocktracker::inline v0::testing
