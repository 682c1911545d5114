#include <stocktracker/testing/world.hpp>

#include <algorithm>
#include <mutex>
#include <numeric>
#include <utility>

#include <stocktracker/core/problems.hpp>

#include "testing/world_catalogue.hpp"
#include "testing/world_commerce.hpp"
#include "testing/world_token.hpp"
#include "testing/world_wildberries.hpp"

namespace stocktracker::inline v0::testing {
namespace {

void demand(bool holds, const char* what) {
  if (!holds) throw StockError(Error(Errc::invalid_argument, what));
}

// Bytewise order of the decimal texts, which is how truth() is sorted.
std::vector<std::uint32_t> sizes_by_text(const world::Catalogue& catalogue) {
  std::vector<std::uint32_t> order(catalogue.sizes.size());
  std::iota(order.begin(), order.end(), 0U);
  std::vector<std::string> texts;
  texts.reserve(order.size());
  for (const world::Size& size : catalogue.sizes) texts.push_back(std::to_string(size.chrt_id));
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return texts[a] < texts[b]; });
  return order;
}

}  // namespace

Result<void> WorldOptions::validate() const {
  Problems problems;
  const auto within = [&](int value, int low, int high, std::string_view field) {
    problems.require(value >= low && value <= high, field,
                     "must be " + std::to_string(low) + " to " + std::to_string(high));
  };
  within(offers, 0, 2'000'000, "offers");
  within(marketplace_warehouses, 0, 1'000, "marketplace_warehouses");
  within(seller_warehouses, 0, 1'000, "seller_warehouses");
  within(orders_per_offer_day_x100, 0, 100'000, "orders_per_offer_day_x100");
  within(cancel_percent, 0, 100, "cancel_percent");
  within(return_percent, 0, 100, "return_percent");
  within(undisclosed_percent, 0, 100, "undisclosed_percent");
  if (cancel_percent >= 0 && cancel_percent <= 100 && return_percent >= 0 && return_percent <= 100) {
    problems.require(cancel_percent + return_percent <= 100, "return_percent",
                     "must be at most 100 together with cancel_percent");
  }
  // Cards look back two years; a token looks forward for one.
  problems.require(start >= Instant::from_seconds(100'000'000) && start <= Instant::from_seconds(10'000'000'000),
                   "start", "must be between 1973 and 2286");
  problems.require(!channels.empty(), "channels", "must name at least one channel");
  for (std::size_t n = 0; n < channels.size(); ++n) {
    problems.require(channels[n] == Channel::wildberries, "channels", "must be wildberries");
    problems.require(std::find(channels.begin(), channels.begin() + static_cast<std::ptrdiff_t>(n), channels[n]) ==
                         channels.begin() + static_cast<std::ptrdiff_t>(n),
                     "channels", "must name each channel once");
  }
  return problems.result("WorldOptions");
}

// The transport shares the state, so that it may outlive the world's handle.
struct World::State final : HttpTransport {
  explicit State(WorldOptions given)
      : options(std::move(given)),
        clock(std::make_shared<ManualClock>(options.start)),
        catalogue(world::make_catalogue(options)),
        commerce(options, catalogue),
        wildberries(catalogue, commerce, options.limits, options.start),
        by_text(sizes_by_text(catalogue)) {}

  WireAnswer answer(const HttpRequest& request) {
    const std::lock_guard lock(mutex);
    const Instant now = clock->now();
    commerce.advance(now);
    return wildberries.answer(request, now, now + clock->stepped_back());
  }

  Result<HttpResponse> send(const HttpRequest& request, const CallContext& given) override {
    const Instant now = clock->now();
    const CallContext context = given.started(now);
    STK_TRY(context.check(now));
    WireAnswer answered = answer(request);
    if (answered.delay > Duration::zero()) {
      const Instant at = now + answered.delay;
      STK_TRY(clock->wait_until(std::min(at, context.deadline), context.stop));
      if (at >= context.deadline) return Errc::deadline_exceeded;
    }
    if (answered.wire == WireAnswer::Wire::reset) {
      return Error(Errc::connection_lost, "the connection was reset").may_retry();
    }
    if (answered.wire == WireAnswer::Wire::truncated) {
      return Error(Errc::body_truncated, "the answer ended early").may_retry();
    }
    if (answered.response.body.size() > request.max_body) return Errc::body_too_large;
    return std::move(answered.response);
  }

  // Locked, and the present reached.
  std::unique_lock<std::mutex> present() {
    std::unique_lock lock(mutex);
    commerce.advance(clock->now());
    return lock;
  }

  void demand_card(std::size_t n) const { demand(n < catalogue.cards.size(), "World: there is no such card"); }
  void demand_offer(std::size_t n) const { demand(n < catalogue.sizes.size(), "World: there is no such offer"); }

  std::mutex mutex;
  const WorldOptions options;
  const std::shared_ptr<ManualClock> clock;
  world::Catalogue catalogue;
  world::Commerce commerce;
  world::WildberriesFace wildberries;
  const std::vector<std::uint32_t> by_text;
};

World::World(WorldOptions options) {
  options.validate().value();
  state_ = std::make_shared<State>(std::move(options));
}

World::~World() = default;

std::shared_ptr<HttpTransport> World::transport() const { return state_; }
std::shared_ptr<ManualClock> World::clock() const { return state_->clock; }

Secret World::token(const Channel& channel, const TokenShape& shape) const {
  if (channel != Channel::wildberries) return {};
  return Secret(world::make_token(state_->catalogue, state_->options.start, shape));
}

WireAnswer World::answer(const HttpRequest& request) { return state_->answer(request); }
WorldFaults World::faults() noexcept { return WorldFaults(*this); }

const WorldFaults& WorldFaults::at(Duration after_start, Fault fault) const {
  const std::lock_guard lock(world_->state_->mutex);
  world_->state_->wildberries.faults().at(after_start, std::move(fault));
  return *this;
}

void WorldFaults::replace(FaultScript script) const {
  const std::lock_guard lock(world_->state_->mutex);
  world_->state_->wildberries.faults() = std::move(script);
}

FaultScript WorldFaults::script() const {
  const std::lock_guard lock(world_->state_->mutex);
  return world_->state_->wildberries.faults();
}

void World::run_for(Duration total, Every interval, FunctionRef<void()> body) {
  demand(interval.interval.count() > 0, "World::run_for: the interval must be positive");
  const ManualClock& now = *state_->clock;
  const Instant end = now.now() + total;
  Instant tick = now.now();
  for (;;) {
    body();
    // Ticks that the body waited past are left out; the next one is on the same grid.
    tick = tick + interval.interval * std::max<std::int64_t>(1, (now.now() - tick) / interval.interval);
    if (tick < now.now()) tick = tick + interval.interval;
    if (tick > end) break;
    state_->clock->advance_to(tick);
  }
  state_->clock->advance_to(end);
}

std::vector<TruePosition> World::truth(const Channel& channel) const {
  if (channel != Channel::wildberries) return {};
  const auto lock = state_->present();
  const world::Catalogue& catalogue = state_->catalogue;
  const world::Commerce& commerce = state_->commerce;
  const bool no_report = state_->wildberries.report_is_empty(state_->clock->now());
  std::vector<std::string> fbo_keys;
  for (const auto& warehouse : catalogue.marketplace_warehouses) {
    fbo_keys.push_back(std::to_string(warehouse.hidden ? world::kUndisclosedId : warehouse.id));
  }
  std::vector<std::string> fbs_keys;
  for (const auto& warehouse : catalogue.seller_warehouses) fbs_keys.push_back(std::to_string(warehouse.id));

  std::vector<TruePosition> positions;
  positions.reserve(commerce.fbo().size() + commerce.fbs().size());
  const auto position = [&](const world::Size& size, const std::string& warehouse, StockKind kind) {
    const world::Card& card = catalogue.cards[size.card];
    TruePosition made;
    made.offer = std::to_string(size.chrt_id);
    made.listing = std::to_string(card.nm_id);
    made.article = card.article;
    made.warehouse = warehouse;
    made.kind = kind;
    return made;
  };
  const auto by_warehouse = [](const TruePosition& a, const TruePosition& b) { return a.warehouse < b.warehouse; };
  for (const std::uint32_t index : state_->by_text) {
    if (commerce.trashed(index)) continue;
    const world::Size& size = catalogue.sizes[index];
    auto first = positions.size();
    for (std::uint32_t row = no_report ? world::kNone : commerce.first_fbo(index); row != world::kNone;
         row = commerce.fbo()[row].next) {
      const world::FboRow& fbo = commerce.fbo()[row];
      if (fbo.published.none()) continue;
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
    for (std::uint32_t row = commerce.silent(index) ? world::kNone : commerce.first_fbs(index); row != world::kNone;
         row = commerce.fbs()[row].next) {
      const world::FbsRow& fbs = commerce.fbs()[row];
      positions.push_back(position(size, fbs_keys[fbs.warehouse], StockKind::fbs));
      positions.back().on_hand = fbs.on_hand;
    }
    std::sort(positions.begin() + static_cast<std::ptrdiff_t>(first), positions.end(), by_warehouse);
  }
  return positions;
}

std::int64_t World::true_total(const Channel& channel) const {
  if (channel != Channel::wildberries) return 0;
  const auto lock = state_->present();
  const world::Commerce& commerce = state_->commerce;
  std::int64_t total = 0;
  if (!state_->wildberries.report_is_empty(state_->clock->now())) {
    for (const world::FboRow& row : commerce.fbo()) total += row.published.on_hand;
  }
  for (const world::FbsRow& row : commerce.fbs()) {
    if (!commerce.silent(row.size) && !commerce.trashed(row.size)) total += row.on_hand;
  }
  return total;
}

std::int64_t World::orders() const {
  const auto lock = state_->present();
  return state_->commerce.orders();
}

std::int64_t World::requests() const {
  const std::lock_guard lock(state_->mutex);
  return state_->wildberries.requests();
}

std::int64_t World::rejections() const {
  const std::lock_guard lock(state_->mutex);
  return state_->wildberries.rejections();
}

void World::stand_still() {
  const auto lock = state_->present();
  state_->commerce.stand_still();
}

void World::trash_card(std::size_t n) {
  state_->demand_card(n);
  const auto lock = state_->present();
  world::Card& card = state_->catalogue.cards[n];
  card.trashed = true;
  for (std::uint32_t size = card.first_size; size < card.first_size + card.sizes; ++size) state_->commerce.trash(size);
}

void World::uncard(std::size_t n) {
  state_->demand_card(n);
  const auto lock = state_->present();
  state_->catalogue.cards[n].listed = false;
}

void World::empty_report_until(Instant until) {
  const auto lock = state_->present();
  state_->wildberries.empty_report_until(until);
}

void World::silence_fbs(std::size_t n) {
  state_->demand_offer(n);
  const auto lock = state_->present();
  state_->commerce.silence(n);
}

void World::set_fbs(std::size_t n, std::size_t seller_warehouse, std::int64_t amount) {
  state_->demand_offer(n);
  demand(seller_warehouse < state_->catalogue.seller_warehouses.size(), "World: there is no such seller warehouse");
  demand(amount >= 0 && amount <= 100'000, "World: an amount is 0 to 100,000");
  const auto lock = state_->present();
  state_->commerce.set_fbs(n, seller_warehouse, static_cast<std::int32_t>(amount));
}

}  // namespace stocktracker::inline v0::testing
