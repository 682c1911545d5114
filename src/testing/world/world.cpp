// World: puts the APIs behind a transport, with one clock and one fault script.
#include <stocktracker/testing/world.hpp>

#include <algorithm>
#include <mutex>
#include <utility>

#include <stocktracker/core/problems.hpp>

#include "testing/world/core/catalogue.hpp"
#include "testing/world/core/commerce.hpp"
#include "testing/world/core/face.hpp"
#include "testing/world/ozon/face.hpp"
#include "testing/world/wildberries/face.hpp"
#include "testing/world/yandex_market/face.hpp"

namespace stocktracker::inline v0::testing {
namespace {

void demand(bool holds, const char* what) {
  if (!holds) throw StockError(Error(Errc::invalid_argument, what));
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
  // Cards go back two years; a token is valid for one year.
  problems.require(start >= Instant::from_seconds(100'000'000) && start <= Instant::from_seconds(10'000'000'000),
                   "start", "must be between 1973 and 2286");
  problems.require(!channels.empty(), "channels", "must name at least one channel");
  for (std::size_t n = 0; n < channels.size(); ++n) {
    problems.require(
        channels[n] == Channel::wildberries || channels[n] == Channel::ozon || channels[n] == Channel::yandex_market,
        "channels", "must be wildberries, ozon or yandex_market");
    problems.require(std::find(channels.begin(), channels.begin() + static_cast<std::ptrdiff_t>(n), channels[n]) ==
                         channels.begin() + static_cast<std::ptrdiff_t>(n),
                     "channels", "must name each channel once");
  }
  limit_table.check(problems);
  return problems.result("WorldOptions");
}

// The transport shares the state, so that it may outlive the World.
struct World::State final : HttpTransport {
  explicit State(WorldOptions given)
      : options(std::move(given)),
        clock(std::make_shared<ManualClock>(options.start)),
        catalogue(world::make_catalogue(options)),
        commerce(options, catalogue),
        start(options.start) {
    // Wildberries' API exists even if the seller does not sell there: it answers unknown paths.
    auto face = std::make_unique<world::WildberriesFace>(catalogue, commerce, options);
    wildberries = face.get();
    faces.emplace_back(Channel::wildberries, std::move(face));
    for (const world::Shop shop : catalogue.shops) {
      if (shop == world::Shop::ozon) {
        faces.emplace_back(Channel::ozon, std::make_unique<world::OzonFace>(catalogue, commerce, options));
      } else if (shop == world::Shop::yandex_market) {
        faces.emplace_back(Channel::yandex_market, std::make_unique<world::YandexFace>(catalogue, commerce, options));
      }
    }
  }

  [[nodiscard]] world::Face* face(const Channel& channel) const {
    for (const auto& [of, face] : faces) {
      if (of == channel) return face.get();
    }
    return nullptr;
  }

  WireAnswer answer(const HttpRequest& request) {
    const std::lock_guard lock(mutex);
    const Instant now = clock->now();
    commerce.advance(now);
    const std::string_view path = world::path_of(request.url);
    world::Face* answering = wildberries;
    for (const auto& [of, face] : faces) {
      if (face->serves(path)) answering = face.get();
    }
    return answering->answer(request, now, now + clock->stepped_back(), script);
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

  // Locked, and simulated up to the present.
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
  const Instant start;
  FaultScript script;
  std::vector<std::pair<Channel, std::unique_ptr<world::Face>>> faces;
  world::WildberriesFace* wildberries = nullptr;
};

World::World(WorldOptions options) {
  options.validate().value();
  state_ = std::make_shared<State>(std::move(options));
}

World::~World() = default;

std::shared_ptr<HttpTransport> World::transport() const { return state_; }
std::shared_ptr<ManualClock> World::clock() const { return state_->clock; }

Secret World::token(const Channel& channel, const WildberriesToken& shape) const {
  const std::lock_guard lock(state_->mutex);
  if (channel == Channel::wildberries) return state_->wildberries->token_of(shape);
  const world::Face* face = state_->face(channel);
  return face == nullptr ? Secret() : face->token();
}

std::string World::seller(const Channel& channel) const {
  const std::lock_guard lock(state_->mutex);
  const world::Face* face = state_->face(channel);
  return face == nullptr ? std::string() : face->seller();
}

WireAnswer World::answer(const HttpRequest& request) { return state_->answer(request); }
WorldFaults World::faults() noexcept { return WorldFaults(*this); }

const WorldFaults& WorldFaults::at(Duration after_start, Fault fault) const {
  const std::lock_guard lock(world_->state_->mutex);
  world_->state_->script.at(after_start, std::move(fault));
  return *this;
}

void WorldFaults::replace(FaultScript script) const {
  const std::lock_guard lock(world_->state_->mutex);
  world_->state_->script = std::move(script);
}

FaultScript WorldFaults::script() const {
  const std::lock_guard lock(world_->state_->mutex);
  return world_->state_->script;
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
  const auto lock = state_->present();
  const world::Face* face = state_->face(channel);
  return face == nullptr ? std::vector<TruePosition>() : face->truth(state_->clock->now());
}

std::vector<TrueOrder> World::order_truth(const Channel& channel) const {
  const auto lock = state_->present();
  const world::Face* face = state_->face(channel);
  return face == nullptr ? std::vector<TrueOrder>() : face->orders();
}

AccountTruth World::account_truth(const Channel& channel) const {
  const auto lock = state_->present();
  const world::Face* face = state_->face(channel);
  return face == nullptr ? AccountTruth() : face->account(state_->clock->now());
}

std::int64_t World::true_total(const Channel& channel) const {
  std::int64_t total = 0;
  for (const TruePosition& position : truth(channel)) total += position.on_hand;
  return total;
}

std::int64_t World::orders() const {
  const auto lock = state_->present();
  return state_->commerce.orders();
}

std::int64_t World::requests() const {
  const std::lock_guard lock(state_->mutex);
  std::int64_t all = 0;
  for (const auto& [of, face] : state_->faces) all += face->requests();
  return all;
}

std::int64_t World::rejections() const {
  const std::lock_guard lock(state_->mutex);
  std::int64_t all = 0;
  for (const auto& [of, face] : state_->faces) all += face->rejections();
  return all;
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
  state_->wildberries->empty_report_until(until);
}

void World::close_seller_warehouse(std::size_t n) {
  demand(n < state_->catalogue.seller_warehouses.size(), "World: there is no such seller warehouse");
  const auto lock = state_->present();
  state_->catalogue.seller_warehouses[n].closed = true;
}

void World::disclose_warehouses() {
  const auto lock = state_->present();
  for (world::MarketplaceWarehouse& warehouse : state_->catalogue.marketplace_warehouses) warehouse.hidden = false;
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
