// Sinks that collect the complete answer of a connector.
#include "sync/collectors.hpp"

#include <algorithm>
#include <iterator>

#include "core/storable_text.hpp"
#include "inventory/offer_index.hpp"
#include "marketplace/position_rows.hpp"
#include "marketplace/vendor_answers.hpp"

namespace stocktracker::inline v0::sync_run {
namespace {

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

/// What identifies something must be stored as it is.
template <class... Keys>
bool storable_keys(const Keys&... keys) noexcept {
  return (is_storable_key(keys) && ...);
}

/// A text that is only shown, as a store takes it; `kept` holds it if it had to be mended.
std::string_view shown_text(std::string_view text, std::string& kept) {
  if (is_storable_text(text)) return text;
  return kept = storable_text(text);
}

constexpr std::string_view kOddKey = "a key is not UTF-8, has a zero byte, or is too long";

}  // namespace

Result<void> Collector::refused(Error error) {
  failure_ = std::move(error).during(list_);
  return *failure_;
}

void Collector::restarted() {
  watch_.restart();
  if (++restarts_ < kMostRestarts || failure_) return;
  (void)refused(Error(Errc::vendor_contradiction, "the list starts over again and again").may_retry());
}

Result<void> Collector::turned(std::size_t rows, bool empty) {
  STK_TRY(accepted());
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
    if (!storable_keys(row.key, row.listing)) {
      left_out(kOddKey, {});
      continue;
    }
    watch_.row(row.key);
    add(row);
  }
  return turned(catalogue.size(), page.empty());
}

void CatalogueCollector::add(OfferRow row) {
  std::string article, title, brand, size;  // empty, as almost every text is stored as it came
  row.article = shown_text(row.article, article);
  row.title = shown_text(row.title, title);
  row.brand = shown_text(row.brand, brand);
  row.size = shown_text(row.size, size);
  std::vector<std::string_view> codes;
  const auto fits = [](std::string_view code) { return storable_keys(code); };
  if (!std::all_of(row.barcodes.begin(), row.barcodes.end(), fits)) {
    std::copy_if(row.barcodes.begin(), row.barcodes.end(), std::back_inserter(codes), fits);
    row.barcodes = codes;
    odd.add({RowOddity::incomplete, "a barcode is not UTF-8, has a zero byte, or is too long", list_, row.key});
  }
  catalogue.add(row);
}

Result<void> WarehouseCollector::warehouses(std::span<const WarehouseRow> page) {
  for (const WarehouseRow& row : page) {
    if (row.key.empty() || !storable_keys(row.key)) {
      left_out(row.key.empty() ? "a warehouse without a key" : kOddKey, {});
      continue;
    }
    watch_.row(row.key);
    std::string kept;
    SellerWarehouse seller{std::string(row.key), std::string(shown_text(row.name, kept))};
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
    if (!storable_keys(row.key, row.order, row.offer, row.listing, row.warehouse) || row.kind > StockKind::fbs) {
      left_out(row.kind > StockKind::fbs ? "kind is neither FBO nor FBS" : kOddKey,
               storable_keys(row.order) ? row.order : std::string_view());
      continue;
    }
    std::string kept;
    watch_.row(row.key);
    OrderLine line;
    line.account = account_;
    line.key = row.key;
    line.order = row.order;
    line.offer = row.offer;
    line.listing = row.listing;
    line.article = shown_text(row.article, kept);
    const bool known = row.status >= OrderStatus::placed && row.status <= OrderStatus::removed;
    line.status = known ? row.status : OrderStatus::unknown;
    line.status_text = shown_text(row.status_text, kept);
    line.kind = row.kind;
    line.warehouse = row.warehouse;
    line.warehouse_name = shown_text(row.warehouse_name, kept);
    line.quantity = row.quantity;
    line.price = row.price;
    // A line that has changed in the future would never change again.
    line.ordered_at = std::min(row.ordered_at, latest_);
    line.changed_at = std::min(row.changed_at, latest_);
    order_lines.push_back(std::move(line));
  }
  return turned(order_lines.size(), page.empty());
}

void OrderCollector::restart() {
  order_lines.clear();
  complete.clear();
  emptied_orders.clear();
  odd.clear();
  restarted();
}

void OrderCollector::emptied(std::string_view order) {
  if (emptied_orders.size() >= kMostEmptied) {
    (void)refused(
        Error(Errc::vendor_contradiction, "the list reports more than a million orders as empty").may_retry());
  } else if (storable_keys(order)) {
    emptied_orders.emplace_back(order);
  } else {
    left_out(kOddKey, {});
  }
}

void OrderCollector::covered(const OrderCoverage& period) {
  if (++periods_ >= kMostPeriods) {
    (void)refused(Error(Errc::vendor_contradiction, "the list reports period after period as complete").may_retry());
    return;
  }
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
    if (!storable_keys(row.offer)) {
      left_out(kOddKey, {});
      continue;
    }
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
  StockPage taken = std::move(given);
  if (auto fits = taken.check(); !fits) return refused(std::move(fits).error());
  StockCells page = std::move(taken.cells());
  const bool empty = page.rows() == 0;
  if (!empty && page.offer.numeric() != numeric_keys_) {
    return refused(Error(Errc::vendor_schema, numeric_keys_
                                                  ? "offer keys are texts, and the channel promises numbers"
                                                  : "offer keys are numbers, and the channel promises texts"));
  }
  std::vector<bool> used(page.warehouses.size(), false);
  for (const std::uint32_t number : page.warehouse) used[number] = true;
  for (std::size_t at = 0; at < used.size(); ++at) {
    if (!used[at]) continue;
    const Warehouse& warehouse = page.warehouses[at];
    const bool sellers = warehouse.kind == WarehouseKind::seller;
    if (seller_warehouse_ ? sellers && warehouse.key == *seller_warehouse_ : !sellers) continue;
    // Two sources would write one position.
    return refused(Error(Errc::vendor_contradiction,
                         "the answer has rows of warehouse " + shown(warehouse.key) + ", which is another source"));
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
  restarted();
  watching_ = false;
}

}  // namespace stocktracker::inline v0::sync_run
