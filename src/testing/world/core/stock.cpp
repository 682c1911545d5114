// The stock at the start, and manual changes by sellers and marketplaces.
#include <algorithm>
#include <cassert>

#include "testing/world/core/commerce.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

// Many small amounts, few large ones, some zero.
std::int32_t pile(Stream& stream) {
  if (stream.chance(6)) return 0;
  const std::int64_t top = stream.chance(10) ? 400 : stream.chance(40) ? 60 : 15;
  return static_cast<std::int32_t>(stream.between(1, top));
}

}  // namespace

void Commerce::stock_up() {
  // The share of kFirstShop is drawn first, as if it were the only shop.
  const std::size_t theirs = catalogue_.warehouses_of[index_of(kFirstShop)].count;
  const std::size_t ours = catalogue_.seller_warehouses.size();
  fbo_.reserve(places_.size() * std::min<std::size_t>(theirs, 3));
  fbs_.reserve(places_.size());
  for (std::uint32_t size = 0; size < places_.size(); ++size) {
    Stream stream(options_.seed, Purpose::stock, size);
    const std::int64_t way = stream.between(0, 99);  // 55 both, 20 only FBO, 20 only FBS, 5 neither
    Place& place = places_[size];
    bool& fbo_wanted = place.fbo_wanted[index_of(kFirstShop)];
    fbo_wanted = theirs > 0 && way < 75;
    place.fbs_wanted = ours > 0 && (way < 55 || (way >= 75 && way < 95));
    if (fbo_wanted) {
      const auto most = static_cast<std::int64_t>(std::min<std::size_t>(theirs, 6));
      auto left = static_cast<std::uint64_t>(stream.between(1, most));
      for (std::uint32_t warehouse = 0; left > 0; ++warehouse) {
        if (stream.below(theirs - warehouse) >= left) continue;
        --left;
        FboRow& row = fbo_[fbo_row(size, warehouse)];
        row.live.on_hand = pile(stream);
        if (stream.chance(35)) row.live.to_client = static_cast<std::int32_t>(stream.between(1, 4));
        if (stream.chance(12)) row.live.from_client = static_cast<std::int32_t>(stream.between(1, 2));
        row.published = row.live;
      }
    }
    if (place.fbs_wanted) {
      const std::size_t sure = stream.below(ours);
      for (std::size_t warehouse = 0; warehouse < ours; ++warehouse) {
        if (warehouse != sure && !stream.chance(45)) continue;
        fbs_[make_fbs_row(size, static_cast<std::uint32_t>(warehouse))].on_hand = pile(stream);
      }
    }
  }
  stock_up_shops();
  books_.initial = units_on_hand() + units_in_transit();
}

void Commerce::stock_up_shops() {
  for (const Shop shop : catalogue_.shops) {
    if (shop == kFirstShop || catalogue_.warehouses_of[index_of(shop)].count == 0) continue;
    for (std::uint32_t size = 0; size < places_.size(); ++size) {
      Stream stream(options_.seed, Purpose::shop_stock, index_of(shop), size);
      if (!catalogue_.sold_on(shop, size) || !stream.chance(60)) continue;
      places_[size].fbo_wanted[index_of(shop)] = true;
      fill_shop(size, shop, stream);
    }
  }
}

void Commerce::fill_shop(std::uint32_t size, Shop shop, Stream& stream) {
  const Range& range = catalogue_.warehouses_of[index_of(shop)];
  auto left = static_cast<std::uint32_t>(stream.between(1, std::min<std::int64_t>(range.count, 4)));
  for (std::uint32_t n = 0; left > 0; ++n) {
    if (stream.below(range.count - n) >= left) continue;
    --left;
    FboRow& row = fbo_[fbo_row(size, range.first + n)];
    row.live.on_hand = pile(stream);
    if (stream.chance(20)) row.live.to_client = static_cast<std::int32_t>(stream.between(1, 3));
    row.published = row.live;
  }
}

// Parcels that are in transit when the world begins arrive like all others.
void Commerce::start_parcels() {
  for (std::uint32_t row = 0; row < fbo_.size(); ++row) {
    const auto start = [&](std::int32_t parcels, Kind kind, std::uint64_t salt) {
      for (std::int32_t n = 0; n < parcels; ++n) {
        Stream stream(options_.seed, Purpose::stock, row, salt + static_cast<std::uint64_t>(n));
        Event event;
        event.at = options_.start + Duration(stream.between(1, 5LL * 86'400 * 1'000'000));
        event.size = fbo_[row].size;
        event.row = row;
        event.kind = kind;
        event.returns = stream.chance(options_.return_percent);
        event.stream = stream.state();
        push(event);
      }
    };
    start(fbo_[row].live.to_client, Kind::delivered, 1'000);
    start(fbo_[row].live.from_client, Kind::back, 2'000);
  }
}

std::uint32_t Commerce::fbo_row(std::uint32_t size, std::uint32_t warehouse) {
  std::uint32_t last = kNone;
  for (std::uint32_t row = places_[size].fbo; row != kNone; row = fbo_[row].next) {
    if (fbo_[row].warehouse == warehouse) return row;
    last = row;
  }
  const auto made = static_cast<std::uint32_t>(fbo_.size());
  FboRow row;
  row.size = size;
  row.warehouse = warehouse;
  fbo_.push_back(row);
  (last == kNone ? places_[size].fbo : fbo_[last].next) = made;
  return made;
}

std::uint32_t Commerce::make_fbs_row(std::uint32_t size, std::uint32_t warehouse) {
  std::uint32_t last = kNone;
  for (std::uint32_t row = places_[size].fbs; row != kNone; row = fbs_[row].next) {
    if (fbs_[row].warehouse == warehouse) return row;
    last = row;
  }
  const auto made = static_cast<std::uint32_t>(fbs_.size());
  FbsRow row;
  row.size = size;
  row.warehouse = warehouse;
  fbs_.push_back(row);
  (last == kNone ? places_[size].fbs : fbs_[last].next) = made;
  return made;
}

std::uint32_t Commerce::fbs_row(std::size_t size, std::size_t warehouse) const noexcept {
  std::uint32_t row = places_[size].fbs;
  while (row != kNone && fbs_[row].warehouse != warehouse) row = fbs_[row].next;
  return row;
}

std::int64_t Commerce::units_on_hand() const noexcept {
  std::int64_t units = 0;
  for (const FboRow& row : fbo_) units += row.live.on_hand;
  for (const FbsRow& row : fbs_) units += row.on_hand;
  return units;
}

std::int64_t Commerce::units_in_transit() const noexcept {
  std::int64_t units = 0;
  for (const FboRow& row : fbo_) units += row.live.to_client + row.live.from_client;
  for (const FbsRow& row : fbs_) units += row.away;
  return units;
}

void Commerce::trash(std::size_t size) {
  Place& place = places_[size];
  if (place.trashed) return;
  place.trashed = true;
  for (std::uint32_t row = place.fbo; row != kNone; row = fbo_[row].next) {
    Units& units = fbo_[row].live;
    books_.written_off += units.on_hand + units.to_client + units.from_client;
    units = {};
    fbo_[row].published = {};
  }
  for (std::uint32_t row = place.fbs; row != kNone; row = fbs_[row].next) {
    books_.written_off += fbs_[row].on_hand + fbs_[row].away;
    fbs_[row].on_hand = 0;
    fbs_[row].away = 0;
  }
  ++version_;
}

void Commerce::set_fbs(std::size_t size, std::size_t warehouse, std::int32_t amount) {
  assert(amount >= 0);
  FbsRow& row = fbs_[make_fbs_row(static_cast<std::uint32_t>(size), static_cast<std::uint32_t>(warehouse))];
  books_.corrected += amount - row.on_hand;
  row.on_hand = amount;
}

}  // namespace stocktracker::inline v0::testing::world
