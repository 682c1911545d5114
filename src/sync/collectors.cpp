// Sinks that collect the complete answer of a connector.
#include "sync/collectors.hpp"

#include <algorithm>

#include <stocktracker/core/visible_text.hpp>

#include "core/utf8.hpp"
#include "inventory/offer_index.hpp"
#include "marketplace/position_rows.hpp"

namespace stocktracker::inline v0::sync_run {
namespace {

constexpr std::size_t kShownKey = 64;

void append(std::vector<std::int64_t>& to, const std::vector<std::int64_t>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

Result<void> append_unplaced(KeyColumn& gathered, const KeyColumn& page) {
  if (page.size() != 0 && gathered.size() != 0 && page.numeric() != gathered.numeric()) {
    return Error(Errc::vendor_schema, "unplaced listings are numbers on one page and texts on another");
  }
  gathered.append(page);
  return success();
}

/// Translates the warehouse numbers of a page into those of the complete answer.
Result<void> append_page(StockCells& gathered, StockCells&& page) {
  STK_TRY(append_unplaced(gathered.unplaced, page.unplaced));
  if (page.rows() == 0) return success();
  if (page.reserved.empty() != gathered.reserved.empty() || page.to_client.empty() != gathered.to_client.empty() ||
      page.from_client.empty() != gathered.from_client.empty() ||
      (page.listing.size() == 0) != (gathered.listing.size() == 0) ||
      (page.listing.size() != 0 && page.listing.numeric() != gathered.listing.numeric())) {
    return Error(Errc::vendor_schema, "pages of one answer have different columns");
  }
  std::vector<std::uint32_t> place;
  for (Warehouse& warehouse : page.warehouses) {
    const auto same = std::find_if(gathered.warehouses.begin(), gathered.warehouses.end(), [&](const Warehouse& known) {
      return known.kind == warehouse.kind && known.key == warehouse.key;
    });
    place.push_back(static_cast<std::uint32_t>(same - gathered.warehouses.begin()));
    if (same == gathered.warehouses.end()) gathered.warehouses.push_back(std::move(warehouse));
  }
  gathered.offer.append(page.offer);
  gathered.listing.append(page.listing);
  for (const std::uint32_t index : page.warehouse) gathered.warehouse.push_back(place[index]);
  append(gathered.on_hand, page.on_hand);
  append(gathered.reserved, page.reserved);
  append(gathered.to_client, page.to_client);
  append(gathered.from_client, page.from_client);
  return success();
}

// A text that a store would refuse would fail the run, not the source.
template <class... Texts>
bool storable(const Texts&... texts) noexcept {
  return ((texts.size() <= kLongestText && is_storable_text(texts)) && ...);
}
template <class... Keys>
bool storable_keys(const Keys&... keys) noexcept {
  return ((keys.size() <= kLongestKey && is_storable_text(keys)) && ...);
}

}  // namespace

Result<void> Collector::refused(Error error) {
  failure_ = std::move(error).during(list_);
  return *failure_;
}

Result<void> Collector::refused_row(std::size_t row, std::string_view key) {
  std::string what = "row " + std::to_string(row);
  if (!key.empty()) what.append(" (").append(visible(key.substr(0, kShownKey))).append(")");
  return refused(
      Error(Errc::vendor_schema, what + " holds a text that no store takes: not UTF-8, with a zero byte, or too long"));
}

Result<void> Collector::turned(std::size_t rows, bool empty) {
  context_.report({list_, rows, 0});
  if (!empty) {
    STK_TRY(watch_.turn());
  } else if (++empty_pages_ >= kMostEmptyPages) {
    return Error(Errc::vendor_contradiction, "the list continues with empty pages").during(list_).may_retry();
  }
  return lease_.keep(context_);
}

Result<void> CatalogueCollector::offers(std::span<const OfferRow> page) {
  for (const OfferRow& row : page) {
    if (row.key.empty() || (numeric_keys_ && inventory::canonical_number(row.key) < 0)) {
      left_out(row.key.empty() ? "an offer without a key" : "a key is not the number that the channel promises", {});
      continue;
    }
    if (!storable_keys(row.key, row.listing) || !storable(row.article, row.title, row.brand, row.size) ||
        !std::all_of(row.barcodes.begin(), row.barcodes.end(),
                     [](std::string_view code) { return storable_keys(code); })) {
      return refused_row(catalogue.size() + odd.skipped(), row.key);
    }
    watch_.row(row.key);
    catalogue.add(row);
  }
  return turned(catalogue.size(), page.empty());
}

Result<void> WarehouseCollector::warehouses(std::span<const WarehouseRow> page) {
  for (const WarehouseRow& row : page) {
    if (row.key.empty()) {
      odd.add({RowOddity::unreadable, "a warehouse without a key", "warehouses", {}});
      continue;
    }
    if (!storable_keys(row.key) || !storable(row.name)) return refused_row(sellers.size() + odd.skipped(), row.key);
    watch_.row(row.key);
    SellerWarehouse seller{std::string(row.key), std::string(row.name)};
    const auto same = [&](const SellerWarehouse& known) { return known.key == seller.key; };
    if (std::none_of(sellers.begin(), sellers.end(), same)) sellers.push_back(std::move(seller));
  }
  return turned(sellers.size(), page.empty());
}

Result<void> OrderCollector::lines(std::span<const OrderLineRow> page) {
  for (const OrderLineRow& row : page) {
    // Stored values are never withdrawn.
    if (row.key.empty() || row.quantity < 1 || row.quantity > kMostUnits) {
      left_out(row.key.empty() ? "an order line without a key" : "quantity is no number of units", row.order);
      continue;
    }
    if (!storable_keys(row.key, row.order, row.offer, row.listing, row.warehouse) ||
        !storable(row.article, row.status_text, row.warehouse_name)) {
      return refused_row(order_lines.size() + odd.skipped(), row.key);
    }
    if (row.status < OrderStatus::placed || row.status > OrderStatus::removed || row.kind > StockKind::fbs) {
      return refused(Error(Errc::vendor_schema, "row " + std::to_string(order_lines.size() + odd.skipped()) +
                                                    " has a status or a kind that no order has"));
    }
    watch_.row(row.key);
    OrderLine line;
    line.account = account_;
    line.key = row.key;
    line.order = row.order;
    line.offer = row.offer;
    line.listing = row.listing;
    line.article = row.article;
    line.status = row.status;
    line.status_text = row.status_text;
    line.kind = row.kind;
    line.warehouse = row.warehouse;
    line.warehouse_name = row.warehouse_name;
    line.quantity = row.quantity;
    line.price = row.price;
    line.ordered_at = row.ordered_at;
    line.changed_at = row.changed_at;
    order_lines.push_back(std::move(line));
  }
  return turned(order_lines.size(), page.empty());
}

void OrderCollector::restart() {
  order_lines.clear();
  complete.clear();
  emptied_orders.clear();
  odd.clear();
  watch_.restart();
}

void OrderCollector::emptied(std::string_view order) {
  if (storable_keys(order)) return emptied_orders.emplace_back(order), void();
  (void)refused(Error(Errc::vendor_schema, "an order without lines has a key that no store takes"));
}

void OrderCollector::covered(const OrderCoverage& period) {
  if (period.from < period.until) complete.push_back(period);
  // Later pages may repeat lines of the period with newer states.
  watch_.restart();
}

Result<void> PriceCollector::prices(std::span<const PriceRow> page) {
  for (const PriceRow& row : page) {
    const auto other_currency = [&](const std::optional<Money>& other) {
      return other && other->currency() != row.price.currency();
    };
    const bool mixed = other_currency(row.list_price) || other_currency(row.lowest_price);
    if (row.offer.empty() || mixed || row.price.minor() < 0) {
      left_out(row.offer.empty() ? "a price without an offer"
               : mixed           ? "prices of one offer in several currencies"
                                 : "a price is negative",
               row.offer);
      continue;
    }
    if (!storable_keys(row.offer)) return refused_row(offer_prices.size() + odd.skipped(), row.offer);
    watch_.row(row.offer);
    offer_prices.push_back({account_, std::string(row.offer), row.price, row.list_price, row.lowest_price, {}});
  }
  return turned(offer_prices.size(), page.empty());
}

void StockCollector::watch_rows(const StockCells& page) {
  for (std::size_t row = 0; row < page.rows(); ++row) {
    watch_.row(page.offer.to_text(row).append("\n").append(page.warehouses[page.warehouse[row]].key));
  }
}

Result<void> StockCollector::rows(StockPage&& given) {
  if (auto fits = given.check(); !fits) return refused(std::move(fits).error());
  StockCells page = std::move(given.cells());
  const bool empty = page.rows() == 0;
  if (!empty && page.offer.numeric() != numeric_keys_) {
    return refused(Error(Errc::vendor_schema, numeric_keys_
                                                  ? "offer keys are texts, and the channel promises numbers"
                                                  : "offer keys are numbers, and the channel promises texts"));
  }
  if (columns.rows() == 0) {
    KeyColumn unplaced = std::move(columns.unplaced);
    if (auto appended = append_unplaced(unplaced, page.unplaced); !appended)
      return refused(std::move(appended).error());
    columns = std::move(page);
    columns.unplaced = std::move(unplaced);
    // Most answers are a single page: no check for repeated rows is needed.
    return turned(columns.rows(), true);
  }
  if (!watching_ && !empty) watch_rows(columns);
  watching_ = watching_ || !empty;
  watch_rows(page);
  if (auto appended = append_page(columns, std::move(page)); !appended) return refused(std::move(appended).error());
  return turned(columns.rows(), empty);
}

void StockCollector::restart() {
  columns = {};
  note_text.clear();
  about.reset();
  odd.clear();
  watch_.restart();
  watching_ = false;
}

}  // namespace stocktracker::inline v0::sync_run
