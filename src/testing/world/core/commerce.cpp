// Moves units through orders, deliveries and returns.
#include "testing/world/core/commerce.hpp"

#include <algorithm>

namespace stocktracker::inline v0::testing::world {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kHour = 3'600 * kSecond;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kSlot = 60 * kSecond;  // arrivals are drawn per minute
constexpr std::int64_t kRefresh = 30 * 60 * kSecond;

constexpr std::int64_t floor_to(std::int64_t value, std::int64_t step) noexcept {
  const std::int64_t rest = value % step;
  return value - (rest < 0 ? rest + step : rest);
}

Duration within(Stream& stream, std::int64_t low, std::int64_t high) { return Duration(stream.between(low, high)); }

}  // namespace

Commerce::Commerce(const WorldOptions& options, const Catalogue& catalogue)
    : options_(options),
      catalogue_(catalogue),
      places_(catalogue.sizes.size()),
      next_slot_(floor_to(options.start.micros(), kSlot) / kSlot),
      simulated_(options.start),
      published_at_(Instant::from_micros(floor_to(options.start.micros(), kRefresh))) {
  stock_up();
  if (options_.orders_per_offer_day_x100 > 0) start_parcels();
}

void Commerce::advance(Instant now) {
  while (simulated_ < now) {
    const Instant refresh = published_at_ + Duration(kRefresh);
    const Instant until = std::min(now, refresh);
    if (options_.orders_per_offer_day_x100 > 0 && !still_) run_until(until);
    simulated_ = until;
    if (until == refresh) publish(refresh);
  }
}

void Commerce::run_until(Instant until) {
  const auto later = [](const Event& a, const Event& b) { return a.at != b.at ? a.at > b.at : a.number > b.number; };
  for (;;) {
    const Instant slot_at = Instant::from_micros(next_slot_ * kSlot);
    const bool slot_first = events_.empty() || slot_at <= events_.front().at;
    if ((slot_first ? slot_at : events_.front().at) > until) return;
    if (slot_first) {
      open_slot(next_slot_++);
      continue;
    }
    const Event event = events_.front();
    std::pop_heap(events_.begin(), events_.end(), later);
    events_.pop_back();
    if (!places_[event.size].trashed) happen(event);
  }
}

void Commerce::push(Event event) {
  event.number = next_number_++;
  events_.push_back(event);
  std::push_heap(events_.begin(), events_.end(),
                 [](const Event& a, const Event& b) { return a.at != b.at ? a.at > b.at : a.number > b.number; });
}

void Commerce::open_slot(std::int64_t slot) {
  if (places_.empty()) return;
  const auto name = static_cast<std::uint64_t>(slot);
  Stream stream(options_.seed, Purpose::slot, name);
  // Orders per slot as a fraction: the integer part always happens, the rest by chance.
  const std::uint64_t share = places_.size() * static_cast<std::uint64_t>(options_.orders_per_offer_day_x100);
  constexpr std::uint64_t kWhole = 100 * static_cast<std::uint64_t>(kDay / kSlot);
  const auto count = [&](std::uint64_t numerator, std::uint64_t denominator) {
    return numerator / denominator + (stream.below(denominator) < numerator % denominator ? 1 : 0);
  };
  const auto fill = [&](std::uint64_t events, Kind kind, Purpose purpose) {
    for (std::uint64_t n = 0; n < events; ++n) {
      Stream own(options_.seed, purpose, name, n);
      Event event;
      event.at = Instant::from_micros(slot * kSlot + own.between(0, kSlot - 1));
      event.size = any_size(own);
      event.stream = own.state();
      event.kind = kind;
      if (event.at > simulated_) push(event);  // only the first slot begins before the world does
    }
  };
  fill(count(share, kWhole), Kind::order, Purpose::order);
  // Batches of 20 on average replace what is sold.
  fill(count(share, kWhole * 25), Kind::supply, Purpose::supply);
  fill(count(share, kWhole * 40), Kind::restock, Purpose::restock);
}

// Some goods sell better than others.
std::uint32_t Commerce::any_size(Stream& stream) const noexcept {
  const std::uint64_t a = stream.below(places_.size());
  return static_cast<std::uint32_t>(std::min(a, stream.below(places_.size())));
}

void Commerce::happen(const Event& event) {
  switch (event.kind) {
    case Kind::order:
      return order(event);
    case Kind::supply:
      return supply(event);
    case Kind::restock:
      return restock(event);
    case Kind::delivered:
      return delivered(event);
    case Kind::cancelled:
      return cancelled(event);
    case Kind::sent_back:
      return sent_back(event);
    case Kind::back:
      return back(event);
  }
}

void Commerce::order(const Event& event) {
  const Place& place = places_[event.size];
  const Shop shop = shop_of(event);
  if (!catalogue_.sold_on(shop, event.size)) return;
  const auto there = [&](const FboRow& row) { return row.live.on_hand > 0 && shop_of(row) == shop; };
  std::uint64_t choices = 0;
  for (std::uint32_t row = place.fbo; row != kNone; row = fbo_[row].next) choices += there(fbo_[row]) ? 1 : 0;
  for (std::uint32_t row = place.fbs; row != kNone; row = fbs_[row].next) choices += fbs_[row].on_hand > 0 ? 1 : 0;
  if (choices == 0) return;  // sold out: the buyer goes elsewhere
  Stream stream(event.stream);
  std::uint64_t choice = stream.below(choices);
  Event parcel = event;
  for (std::uint32_t row = place.fbo; row != kNone; row = fbo_[row].next) {
    if (there(fbo_[row]) && choice-- == 0) {
      Units& units = touch(row);
      --units.on_hand;
      ++units.to_client;
      parcel.row = row;
      break;
    }
  }
  if (parcel.row == kNone) {
    parcel.fbs = true;
    for (std::uint32_t row = place.fbs; row != kNone; row = fbs_[row].next) {
      if (fbs_[row].on_hand > 0 && choice-- == 0) {
        --fbs_[row].on_hand;
        ++fbs_[row].away;
        ++fbs_[row].ordered[index_of(shop)];
        parcel.row = row;
        break;
      }
    }
  }
  parcel.order = static_cast<std::uint32_t>(log_.size());
  log_.push_back({event.at, event.at, event.size, parcel.row, shop, OrderStatus::placed, parcel.fbs});
  const std::int64_t fate = stream.between(0, 99);
  if (fate < options_.cancel_percent) {
    parcel.kind = Kind::cancelled;
    parcel.at = event.at + within(stream, kHour / 4, 2 * kDay);
  } else {
    parcel.kind = Kind::delivered;
    parcel.returns = fate < options_.cancel_percent + options_.return_percent;
    parcel.at = event.at + within(stream, kDay, 6 * kDay);
  }
  parcel.stream = stream.state();
  push(parcel);
}

// The end of a parcel as its order shows it.
void Commerce::settle(const Event& event, OrderStatus status) {
  if (event.order == kNone) return;
  Order& order = log_[event.order];
  if (order.fbs && order.status == OrderStatus::placed) --fbs_[order.row].ordered[index_of(order.shop)];
  order.status = status;
  order.changed = event.at;
}

// One random stream for the goods, another for the shop: with a single shop nothing is drawn for it.
Shop Commerce::shop_of(const Event& event) const noexcept {
  if (catalogue_.shops.size() == 1) return catalogue_.shops.front();
  Stream chooser(options_.seed, Purpose::shop_choice, event.stream);
  return catalogue_.shops[chooser.below(catalogue_.shops.size())];
}

std::uint32_t Commerce::any_warehouse(Shop shop, Stream& stream) const noexcept {
  const Range& range = catalogue_.warehouses_of[index_of(shop)];
  return range.first + static_cast<std::uint32_t>(stream.below(range.count));
}

void Commerce::delivered(const Event& event) {
  settle(event, OrderStatus::delivered);
  if (event.fbs) {
    --fbs_[event.row].away;
  } else {
    --touch(event.row).to_client;
  }
  ++books_.sold;
  if (!event.returns) return;
  Stream stream(event.stream);
  Event next = event;
  next.kind = Kind::sent_back;
  next.at = event.at + within(stream, kHour / 6, 5 * kDay);
  next.stream = stream.state();
  push(next);
}

void Commerce::cancelled(const Event& event) {
  settle(event, OrderStatus::cancelled);
  if (event.fbs) {
    --fbs_[event.row].away;
    ++fbs_[event.row].on_hand;
  } else {
    Units& units = touch(event.row);
    --units.to_client;
    ++units.on_hand;
  }
}

void Commerce::sent_back(const Event& event) {
  Stream stream(event.stream);
  Event next = event;
  next.kind = Kind::back;
  next.at = event.at + within(stream, kDay / 2, 5 * kDay);
  --books_.sold;
  settle(event, OrderStatus::returned);
  if (event.fbs) {
    ++fbs_[event.row].away;
  } else {
    // The marketplace chooses the warehouse for a return.
    const std::uint32_t any = any_warehouse(shop_of(fbo_[event.row]), stream);
    if (stream.chance(40)) next.row = fbo_row(event.size, any);
    ++touch(next.row).from_client;
  }
  next.stream = stream.state();
  push(next);
}

void Commerce::back(const Event& event) {
  if (event.fbs) {
    --fbs_[event.row].away;
    ++fbs_[event.row].on_hand;
  } else {
    Units& units = touch(event.row);
    --units.from_client;
    ++units.on_hand;
  }
}

void Commerce::supply(const Event& event) {
  const Shop shop = shop_of(event);
  if (!places_[event.size].fbo_wanted[index_of(shop)]) return;
  Stream stream(event.stream);
  const std::uint32_t any = any_warehouse(shop, stream);
  const auto amount = static_cast<std::int32_t>(stream.between(5, 35));
  touch(fbo_row(event.size, any)).on_hand += amount;
  books_.supplied += amount;
}

void Commerce::restock(const Event& event) {
  const Place& place = places_[event.size];
  if (!place.fbs_wanted) return;
  Stream stream(event.stream);
  std::uint32_t row = place.fbs;
  for (std::uint64_t skip = stream.below(catalogue_.seller_warehouses.size()); skip > 0 && fbs_[row].next != kNone;
       --skip) {
    row = fbs_[row].next;
  }
  const auto amount = static_cast<std::int32_t>(stream.between(5, 35));
  fbs_[row].on_hand += amount;
  books_.restocked += amount;
}

Units& Commerce::touch(std::uint32_t row) {
  if (!fbo_[row].changed) {
    fbo_[row].changed = true;
    changed_.push_back(row);
  }
  return fbo_[row].live;
}

void Commerce::publish(Instant at) {
  for (const std::uint32_t row : changed_) {
    fbo_[row].published = fbo_[row].live;
    fbo_[row].changed = false;
  }
  if (!changed_.empty()) ++version_;
  changed_.clear();
  published_at_ = at;
}

}  // namespace stocktracker::inline v0::testing::world
