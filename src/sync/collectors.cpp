// Sinks that collect the complete answer of a connector.
#include "sync/collectors.hpp"

#include <algorithm>

#include "inventory/offer_index.hpp"
#include "marketplace/position_rows.hpp"

namespace stocktracker::inline v0::sync_run {
namespace {

void append(std::vector<std::int64_t>& to, const std::vector<std::int64_t>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

/// Translates the warehouse numbers of a page into those of the complete answer.
Result<void> append_page(StockColumns& whole, StockColumns&& page) {
  whole.unplaced.append(page.unplaced);
  if (page.rows() == 0) return success();
  if (page.reserved.empty() != whole.reserved.empty() || page.to_client.empty() != whole.to_client.empty() ||
      page.from_client.empty() != whole.from_client.empty() ||
      (page.listing.size() == 0) != (whole.listing.size() == 0)) {
    return Error(Errc::vendor_schema, "pages of one answer have different columns");
  }
  std::vector<std::uint32_t> place;
  for (Warehouse& warehouse : page.warehouses) {
    const auto same = std::find_if(whole.warehouses.begin(), whole.warehouses.end(), [&](const Warehouse& known) {
      return known.kind == warehouse.kind && known.key == warehouse.key;
    });
    place.push_back(static_cast<std::uint32_t>(same - whole.warehouses.begin()));
    if (same == whole.warehouses.end()) whole.warehouses.push_back(std::move(warehouse));
  }
  whole.offer.append(page.offer);
  whole.listing.append(page.listing);
  for (const std::uint32_t index : page.warehouse) whole.warehouse.push_back(place[index]);
  append(whole.on_hand, page.on_hand);
  append(whole.reserved, page.reserved);
  append(whole.to_client, page.to_client);
  append(whole.from_client, page.from_client);
  return success();
}

/// Finds quantities in a page that cannot be stock: such a row is left out.
bool in_range(const StockColumns& page, std::size_t row) noexcept {
  const auto fits = [row](const std::vector<std::int64_t>& column) {
    return column.empty() || (column[row] >= 0 && column[row] <= kMostUnits);
  };
  return fits(page.on_hand) && fits(page.reserved) && fits(page.to_client) && fits(page.from_client);
}

bool all_in_range(const StockColumns& page) noexcept {
  std::uint64_t most = 0;  // a negative number is a very large one
  for (const auto* column : {&page.on_hand, &page.reserved, &page.to_client, &page.from_client}) {
    for (const std::int64_t units : *column) most = std::max(most, static_cast<std::uint64_t>(units));
  }
  return most <= static_cast<std::uint64_t>(kMostUnits);
}

/// The page without the rows that `keep` refuses.
template <class Keep>
StockColumns filtered(const StockColumns& page, Keep&& keep) {
  StockColumns kept;
  kept.warehouses = page.warehouses;
  kept.unplaced = page.unplaced;
  const auto copy_key = [](const KeyColumn& from, KeyColumn& to, std::size_t row) {
    if (from.size() == 0) return;
    from.numeric() ? to.push(from.number(row)) : to.push(from.text(row));
  };
  const auto copy = [](const std::vector<std::int64_t>& from, std::vector<std::int64_t>& to, std::size_t row) {
    if (!from.empty()) to.push_back(from[row]);
  };
  for (std::size_t row = 0; row < page.rows(); ++row) {
    if (!keep(row)) continue;
    copy_key(page.offer, kept.offer, row);
    copy_key(page.listing, kept.listing, row);
    kept.warehouse.push_back(page.warehouse[row]);
    copy(page.on_hand, kept.on_hand, row);
    copy(page.reserved, kept.reserved, row);
    copy(page.to_client, kept.to_client, row);
    copy(page.from_client, kept.from_client, row);
  }
  return kept;
}

}  // namespace

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
    told.push_back(std::move(line));
  }
  return turned(told.size(), page.empty());
}

void OrderCollector::restart() {
  told.clear();
  complete.clear();
  emptied_orders.clear();
  odd.clear();
  watch_.restart();
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
    watch_.row(row.offer);
    told.push_back({account_, std::string(row.offer), row.price, row.list_price, row.lowest_price, {}});
  }
  return turned(told.size(), page.empty());
}

void StockCollector::watch_rows(const StockColumns& page) {
  for (std::size_t row = 0; row < page.rows(); ++row) {
    watch_.row(page.offer.to_text(row).append("\n").append(page.warehouses[page.warehouse[row]].key));
  }
}

Result<void> StockCollector::rows(StockColumns&& page) {
  if (!all_in_range(page)) {
    page = filtered(page, [&](std::size_t row) {
      if (in_range(page, row)) return true;
      left_out("a quantity is no number of units", page.offer.to_text(row));
      return false;
    });
  }
  const bool empty = page.rows() == 0;
  if (columns.rows() == 0) {
    KeyColumn unplaced = std::move(columns.unplaced);
    unplaced.append(page.unplaced);
    columns = std::move(page);
    columns.unplaced = std::move(unplaced);
    // Most answers are a single page: no check for repeated rows is needed.
    return turned(columns.rows(), true);
  }
  if (!watching_ && !empty) watch_rows(columns);
  watching_ = watching_ || !empty;
  watch_rows(page);
  STK_TRY(append_page(columns, std::move(page)));
  return turned(columns.rows(), empty);
}

void StockCollector::restart() {
  columns = {};
  told.clear();
  about.reset();
  odd.clear();
  watch_.restart();
  watching_ = false;
}

}  // namespace stocktracker::inline v0::sync_run
