#include "sync/collectors.hpp"

#include <algorithm>

namespace stocktracker::inline v0::sync_run {
namespace {

void append(std::vector<std::int64_t>& to, const std::vector<std::int64_t>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

/// A page's own numbering of warehouses becomes the whole answer's.
Result<void> append_page(StockColumns& whole, StockColumns&& page) {
  whole.unplaced.append(page.unplaced);
  if (page.rows() == 0) return success();
  if (page.reserved.empty() != whole.reserved.empty() || page.to_client.empty() != whole.to_client.empty() ||
      page.from_client.empty() != whole.from_client.empty() ||
      (page.listing.size() == 0) != (whole.listing.size() == 0)) {
    return Error(Errc::vendor_schema, "pages of one answer tell different columns");
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

}  // namespace

Result<void> CatalogueCollector::offers(std::span<const OfferRow> page) {
  for (const OfferRow& row : page) catalogue.add(row);
  context_.report({"catalogue", catalogue.size(), 0});
  return lease_.keep(context_);
}

Result<void> WarehouseCollector::warehouses(std::span<const WarehouseRow> page) {
  for (const WarehouseRow& row : page) sellers.push_back({std::string(row.key), std::string(row.name)});
  return success();
}

Result<void> OrderCollector::lines(std::span<const OrderLineRow> page) {
  for (const OrderLineRow& row : page) {
    // A connector of one's own is not believed blindly: what is stored once is stored for ever.
    if (row.key.empty()) return Error(Errc::vendor_schema, "an order line without a key").about("key");
    if (row.quantity < 1) return Error(Errc::vendor_schema, "an order line of less than one unit").about("quantity");
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
  context_.report({"orders", told.size(), 0});
  return lease_.keep(context_);
}

Result<void> PriceCollector::prices(std::span<const PriceRow> page) {
  for (const PriceRow& row : page) {
    if (row.offer.empty()) return Error(Errc::vendor_schema, "a price without an offer").about("offer");
    for (const auto& other : {row.list_price, row.lowest_price}) {
      if (other && other->currency() != row.price.currency()) {
        return Error(Errc::vendor_schema, "prices of one offer in several currencies").about("price");
      }
    }
    told.push_back({account_, std::string(row.offer), row.price, row.list_price, row.lowest_price, {}});
  }
  context_.report({"prices", told.size(), 0});
  return lease_.keep(context_);
}

Result<void> StockCollector::rows(StockColumns&& page) {
  if (columns.rows() == 0) {
    KeyColumn unplaced = std::move(columns.unplaced);
    unplaced.append(page.unplaced);
    columns = std::move(page);
    columns.unplaced = std::move(unplaced);
  } else {
    STK_TRY(append_page(columns, std::move(page)));
  }
  context_.report({source_, columns.rows(), 0});
  return lease_.keep(context_);
}

}  // namespace stocktracker::inline v0::sync_run
