// Sinks that store a connector's rows, with their members as texts by name.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <stocktracker/core/time_text.hpp>
#include <stocktracker/marketplace/connector.hpp>
#include <stocktracker/testing/account_truth.hpp>

namespace stocktracker::inline v0::testing {

// An optional member that is missing is an empty text. `number`: must never be invented.
struct MemberText {
  const char* name;
  std::string text;
  bool number = false;
};
using MemberTexts = std::vector<MemberText>;

inline std::string text_of(const std::optional<std::int64_t>& units) { return units ? std::to_string(*units) : ""; }
inline std::string text_of(const std::optional<Money>& money) { return money ? money->text() : ""; }
inline std::string text_of(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all.append(text).append(",");
  return all;
}

inline const std::string& identity_of(const TrueOffer& row) { return row.key; }
inline const std::string& identity_of(const TrueWarehouse& row) { return row.key; }
inline const std::string& identity_of(const TrueLine& row) { return row.key; }
inline const std::string& identity_of(const TruePrice& row) { return row.offer; }
inline std::string identity_of(const TrueStock& row) {
  return row.offer + " in " + (row.kind == WarehouseKind::seller ? "own " : "") + row.warehouse;
}

inline MemberTexts members_of(const TrueOffer& row) {
  return {{"listing", row.listing}, {"article", row.article}, {"title", row.title},
          {"brand", row.brand},     {"size", row.size},       {"barcodes", text_of(row.barcodes)}};
}
inline MemberTexts members_of(const TrueWarehouse& row) {
  return {{"name", row.name}, {"active", row.active ? "yes" : "no"}};
}
inline MemberTexts members_of(const TrueStock& row) {
  return {{"listing", row.listing},
          {"name of the warehouse", row.warehouse_name},
          {"region", row.region},
          {"kind", to_string(row.kind)},
          {"on hand", std::to_string(row.on_hand), true},
          {"reserved", text_of(row.reserved), true},
          {"in transit to clients", text_of(row.to_client), true},
          {"in transit from clients", text_of(row.from_client), true}};
}
inline MemberTexts members_of(const TrueLine& row) {
  return {{"order", row.order},
          {"offer", row.offer},
          {"listing", row.listing},
          {"article", row.article},
          {"status", to_string(row.status)},
          {"kind", to_string(row.kind)},
          {"warehouse", row.warehouse},
          {"name of the warehouse", row.warehouse_name},
          {"quantity", std::to_string(row.quantity), true},
          {"price", text_of(row.price), true},
          {"ordered at", to_rfc3339(row.ordered_at)},
          {"changed at", to_rfc3339(row.changed_at)}};
}
inline MemberTexts members_of(const TruePrice& row) {
  return {{"price", text_of(row.price), true},
          {"list price", text_of(row.list_price), true},
          {"lowest price", text_of(row.lowest_price), true}};
}

class TrueOffers final : public OfferSink {
 public:
  Result<void> offers(std::span<const OfferRow> page) override {
    for (const OfferRow& row : page) {
      TrueOffer made{std::string(row.key),
                     std::string(row.listing),
                     std::string(row.article),
                     std::string(row.title),
                     std::string(row.brand),
                     std::string(row.size),
                     {}};
      for (const std::string_view code : row.barcodes) made.barcodes.emplace_back(code);
      rows.push_back(std::move(made));
    }
    return success();
  }
  std::vector<TrueOffer> rows;
};

class TrueWarehouses final : public WarehouseSink {
 public:
  Result<void> warehouses(std::span<const WarehouseRow> page) override {
    for (const WarehouseRow& row : page) rows.push_back({std::string(row.key), std::string(row.name), row.active});
    return success();
  }
  std::vector<TrueWarehouse> rows;
};

class TrueStocks final : public StockSink {
 public:
  Result<void> rows(StockPage&& page) override {
    STK_TRY(page.check());
    for (std::size_t n = 0; n < page.rows(); ++n) {
      const StockRow row = page.row(n);
      const Warehouse& at = page.warehouse(row.warehouse);
      TrueStock made;
      made.offer = row.offer.to_text();
      made.listing = row.listing.to_text();
      made.warehouse = at.key;
      made.warehouse_name = at.name;
      made.region = at.region;
      made.kind = at.kind;
      made.on_hand = row.on_hand;
      made.reserved = row.reserved;
      made.to_client = row.to_client;
      made.from_client = row.from_client;
      add(std::move(made));
    }
    return success();
  }
  void restart() override {
    kept.resize(before_);
    hidden_.clear();
  }
  // The next answer is of another source: a restart must not discard this one.
  void next_source() { before_ = kept.size(); }
  std::vector<TrueStock> kept;

 private:
  void add(TrueStock row) {
    if (row.kind != WarehouseKind::undisclosed) return kept.push_back(std::move(row));
    const auto [place, first] = hidden_.try_emplace(row.offer, kept.size());
    if (first) return kept.push_back(std::move(row));
    TrueStock& sum = kept[place->second];
    sum.on_hand += row.on_hand;
    for (const auto part : {&TrueStock::reserved, &TrueStock::to_client, &TrueStock::from_client}) {
      if (sum.*part && row.*part) *(sum.*part) += *(row.*part);
    }
  }

  std::size_t before_ = 0;
  std::map<std::string, std::size_t> hidden_;  // offer -> its row
};

class TrueLines final : public OrderSink {
 public:
  Result<void> lines(std::span<const OrderLineRow> page) override {
    for (const OrderLineRow& row : page) {
      rows.push_back({std::string(row.key), std::string(row.order), std::string(row.offer), std::string(row.listing),
                      std::string(row.article), row.status, row.kind, std::string(row.warehouse),
                      std::string(row.warehouse_name), row.quantity, row.price, row.ordered_at, row.changed_at});
    }
    return success();
  }
  void restart() override {
    rows.clear();
    periods.clear();
  }
  void covered(const OrderCoverage& period) override { periods.push_back({period, rows.size()}); }
  // A period that was reported as read, after so many rows.
  struct Period {
    OrderCoverage covered;
    std::size_t rows = 0;
  };
  std::vector<TrueLine> rows;
  std::vector<Period> periods;
};

class TruePrices final : public PriceSink {
 public:
  Result<void> prices(std::span<const PriceRow> page) override {
    for (const PriceRow& row : page)
      rows.push_back({std::string(row.offer), row.price, row.list_price, row.lowest_price});
    return success();
  }
  std::vector<TruePrice> rows;
};

}  // namespace stocktracker::inline v0::testing
