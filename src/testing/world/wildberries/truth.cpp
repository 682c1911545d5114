// What a reader of the Wildberries API can know.
#include <algorithm>
#include <numeric>

#include "testing/world/core/random.hpp"
#include "testing/world/wildberries/face.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

// Bytewise order of the decimal texts, which is how truth is sorted.
std::vector<std::uint32_t> sizes_by_text(const Catalogue& catalogue) {
  std::vector<std::uint32_t> order(catalogue.sizes.size());
  std::iota(order.begin(), order.end(), 0U);
  std::vector<std::string> texts;
  texts.reserve(order.size());
  for (const Size& size : catalogue.sizes) texts.push_back(std::to_string(size.id));
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return texts[a] < texts[b]; });
  return order;
}

}  // namespace

Secret WildberriesFace::token_of(const WildberriesToken& shape) const {
  return Secret(make_token(catalogue_, start_, shape));
}

// Digits, and a tail that the marketplace appends for the number of the unit.
std::string WildberriesFace::srid(std::size_t order) const {
  Stream stream(catalogue_.seed, Purpose::order, ~std::uint64_t{0}, order);
  return std::to_string(stream.between(1'000'000'000'000, 9'999'999'999'999)) + std::to_string(order) + ".0.0";
}

std::vector<TrueOrder> WildberriesFace::orders() const {
  std::vector<TrueOrder> all;
  for (std::size_t n = 0; n < commerce_.log().size(); ++n) {
    if (!reports_order(n)) continue;
    const Order& order = commerce_.log()[n];
    TrueOrder made;
    made.key = srid(n);
    made.offer = std::to_string(catalogue_.sizes[order.size].id);
    if (order.fbs) {
      made.warehouse_name = catalogue_.seller_warehouses[commerce_.fbs()[order.row].warehouse].name;
    } else {
      const MarketplaceWarehouse& warehouse = catalogue_.marketplace_warehouses[commerce_.fbo()[order.row].warehouse];
      made.warehouse_name = warehouse.hidden ? std::string(kUndisclosedName) : warehouse.name;
    }
    made.status = order.status;
    made.kind = order.fbs ? StockKind::fbs : StockKind::fbo;
    // The feed has times without fraction.
    made.ordered_at = Instant::from_seconds(order.at.micros() / 1'000'000);
    made.changed_at = Instant::from_seconds(order.changed.micros() / 1'000'000);
    all.push_back(std::move(made));
  }
  return all;
}

std::vector<TruePosition> WildberriesFace::truth(Instant now) const {
  const Catalogue& catalogue = catalogue_;
  const Commerce& commerce = commerce_;
  const bool no_report = report_is_empty(now);
  std::vector<std::string> fbo_keys;
  for (const auto& warehouse : catalogue.marketplace_warehouses) {
    fbo_keys.push_back(std::to_string(warehouse.hidden ? kUndisclosedId : warehouse.id));
  }
  std::vector<std::string> fbs_keys;
  for (const auto& warehouse : catalogue.seller_warehouses) fbs_keys.push_back(std::to_string(warehouse.id));

  std::vector<TruePosition> positions;
  positions.reserve(commerce.fbo().size() + commerce.fbs().size());
  const auto position = [&](const Size& size, const std::string& warehouse, StockKind kind) {
    const Card& card = catalogue.cards[size.card];
    TruePosition made;
    made.offer = std::to_string(size.id);
    made.listing = std::to_string(card.id);
    made.article = card.article;
    made.warehouse = warehouse;
    made.kind = kind;
    return made;
  };
  const auto by_warehouse = [](const TruePosition& a, const TruePosition& b) { return a.warehouse < b.warehouse; };
  for (const std::uint32_t index : sizes_by_text(catalogue)) {
    if (commerce.trashed(index)) continue;
    const Size& size = catalogue.sizes[index];
    auto first = positions.size();
    for (std::uint32_t row = no_report ? kNone : commerce.first_fbo(index); row != kNone;
         row = commerce.fbo()[row].next) {
      const FboRow& fbo = commerce.fbo()[row];
      if (fbo.published.none() || commerce.shop_of(fbo) != Shop::wildberries) continue;
      const std::string& key = fbo_keys[fbo.warehouse];
      const auto from = positions.begin() + static_cast<std::ptrdiff_t>(first);
      auto sum = std::find_if(from, positions.end(), [&](const TruePosition& p) { return p.warehouse == key; });
      if (sum == positions.end()) sum = positions.insert(sum, position(size, key, StockKind::fbo));
      sum->on_hand += fbo.published.on_hand;
      sum->to_client += fbo.published.to_client;
      sum->from_client += fbo.published.from_client;
    }
    std::sort(positions.begin() + static_cast<std::ptrdiff_t>(first), positions.end(), by_warehouse);
    first = positions.size();
    for (std::uint32_t row = commerce.silent(index) ? kNone : commerce.first_fbs(index); row != kNone;
         row = commerce.fbs()[row].next) {
      const FbsRow& fbs = commerce.fbs()[row];
      if (catalogue.seller_warehouses[fbs.warehouse].closed) continue;
      positions.push_back(position(size, fbs_keys[fbs.warehouse], StockKind::fbs));
      positions.back().on_hand = fbs.on_hand;
    }
    std::sort(positions.begin() + static_cast<std::ptrdiff_t>(first), positions.end(), by_warehouse);
  }
  return positions;
}

}  // namespace stocktracker::inline v0::testing::world
