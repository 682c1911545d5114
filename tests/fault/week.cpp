// Runs a week of sellers under faults, and checks what must hold after each run and at the end.
#include "tests/fault/week.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <tuple>
#include <vector>

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/core/time_text.hpp>
#include <stocktracker/stocktracker.hpp>
#include <stocktracker/testing/seeded_random.hpp>

#include "tests/fault/bad_days.hpp"
#include "tests/fault/street.hpp"
#include "tests/support/amiss.hpp"
#include "tests/support/temp_folder.hpp"

namespace {

namespace st = stocktracker;
using namespace std::chrono_literals;

using Key = std::string;
using Picture = std::map<Key, std::string>;

const st::Channel kChannels[] = {st::Channel::wildberries, st::Channel::ozon, st::Channel::yandex_market};

// An account of a seller, and what is remembered of it between runs.
struct Shop {
  Street::Seller* seller;
  st::Channel channel;
  st::CallContext context;
  st::AccountId id{};
  st::RunState last = st::RunState::running;
  std::set<std::string> held{};  // sources that the guard held in the last run
};

class Week {
 public:
  Week(std::uint64_t seed, const MakeStorage& storage) : dice_(seed * 2 + 1), storage_(storage) {
    report_.seed = seed;
    const auto at = dice_.between(1, 24);
    place_ = storage ? Place::given : at <= 2 ? Place::file : at <= 6 ? Place::folder : Place::memory;
    ++report_.places[static_cast<std::size_t>(place_)];
    const auto which = dice_.between(0, 9);  // a set of marketplaces
    static constexpr int kSets[] = {1, 1, 1, 2, 2, 4, 4, 3, 5, 7};
    for (int n = 0; n < 3; ++n) {
      if ((kSets[which] >> n & 1) != 0) channels_.push_back(kChannels[n]), ++report_.channels[n];
    }
  }

  WeekReport run() {
    const std::string opened = open();
    if (!opened.empty()) return broken(opened);
    const st::Instant end = street_.present() + (place_ == Place::given ? 3 : 7) * 24h;  // a server takes its time
    while (street_.present() < end && report_.fault.empty()) {
      for (Shop& shop : shops_) {
        one_run(shop, {});
        if (report_.fault.empty() && !shop.held.empty() && !lied_to(shop) && dice_.one_in(3)) accept(shop);
        if (!report_.fault.empty()) return report_;
      }
      street_.clock()->advance(1min * dice_.between(20, 12 * 60));
      if (dice_.one_in(12)) street_.clock()->step_back(1min * dice_.between(1, 90));
      street_.catch_up();
      if (dice_.one_in(6)) event();
    }
    if (report_.fault.empty()) end_well();
    return report_;
  }

 private:
  // Empty, or what went wrong.
  std::string open() {
    const std::size_t tenants = place_ == Place::folder || place_ == Place::given ? 2 : 1;
    for (std::size_t n = 0; n < tenants; ++n) {
      st::testing::WildberriesToken token;
      if (dice_.one_in(6)) token.type = st::testing::WildberriesTokenType::base, patient_ = true;
      street_.move_in(shape(report_.seed + n * 1'000'003), token);
      const auto faults = dice_.between(0, 12);
      for (std::int64_t f = 0; f < faults; ++f) {
        street_.sellers[n]->world.faults().at(1min * dice_.between(30, 7 * 24 * 60), random_fault(dice_, channels_));
      }
    }
    street_.clock()->advance_to(street_.sellers[0]->world.clock()->now());
    st::OpenOptions options;
    if (place_ == Place::given)
      options.storage = storage_(street_.clock());
    else if (place_ == Place::memory)
      options.path = ":memory:";
    else
      options.path = scratch_.file(place_ == Place::folder ? "house/" : "shop.db");
    options.key_file = place_ == Place::memory ? "" : scratch_.file("key");
    options.transport = std::shared_ptr<st::HttpTransport>(std::shared_ptr<void>(), &street_);
    options.clock = street_.clock();
    options.random = std::make_shared<st::testing::SeededRandom>(report_.seed);
    // A price list is at least two requests, of which a base token has one in a quarter of an hour.
    if (patient_) options.retry.max_wait = 20min;
    options.executor = st::make_inline_executor();
    auto opened = st::open(std::move(options));
    if (!opened) return "open: " + opened.error().text();
    engine_.emplace(std::move(opened).value());
    for (std::size_t n = 0; n < tenants; ++n) {
      st::CallContext context;
      if (tenants > 1) {
        const auto tenant = engine_->tenants().create("tenant " + std::to_string(n));
        if (!tenant) return "tenant: " + tenant.error().text();
        context.tenant = tenant.value().id;
      }
      for (const st::Channel& channel : channels_) {
        auto& seller = *street_.sellers[n];
        const auto account = engine_->accounts().connect(seller.credentials(channel), {}, context);
        if (!account) return "connect: " + account.error().text();
        shops_.push_back({&seller, channel, context, account.value().id});
      }
    }
    return {};
  }

  st::testing::WorldOptions shape(std::uint64_t seed) {
    st::testing::WorldOptions options;
    options.seed = seed;
    options.offers = static_cast<int>(dice_.between(0, 30));
    options.marketplace_warehouses = static_cast<int>(dice_.between(0, 5));
    options.seller_warehouses = static_cast<int>(dice_.between(0, 2));
    options.orders_per_offer_day_x100 = static_cast<int>(dice_.between(0, 100));
    options.limits = true;
    options.channels = channels_;
    options.warehouse_groups = options.seller_warehouses > 0 && dice_.one_in(4);
    return options;
  }

  // What empties a list: the marketplace's mistake, or the truth.
  void event() {
    Street::Seller& seller = *street_.sellers[static_cast<std::size_t>(
        dice_.between(0, static_cast<std::int64_t>(street_.sellers.size()) - 1))];
    const st::testing::WorldOptions& options = seller.options;
    const auto kind = dice_.between(0, 9);
    if (kind <= 5) {
      seller.lie = random_lie(dice_, channels_);
      seller.lie_until = street_.present() + 1min * dice_.between(30, 30 * 60);
      seller.lie_keeps = static_cast<std::size_t>(dice_.between(0, 2));
    } else if (kind == 6 && channels_.front() == st::Channel::wildberries) {
      seller.report_empty_until = street_.present() + 1min * dice_.between(30, 30 * 60);
      seller.world.empty_report_until(seller.report_empty_until);
    } else if (kind <= 8 && options.seller_warehouses > 0) {
      // Sold to somebody else, or filled up again.
      const auto warehouse = static_cast<std::size_t>(dice_.between(0, options.seller_warehouses - 1));
      const auto units = dice_.one_in(3) ? dice_.between(1, 50) : 0;
      for (int n = 0; n < options.offers; ++n) seller.world.set_fbs(static_cast<std::size_t>(n), warehouse, units);
    }
  }
  // What went wrong at the marketplaces before, for the reader of the fault.
  [[nodiscard]] std::string bad_days() const {
    std::ostringstream text;
    for (const auto& seller : street_.sellers) {
      const auto script = seller->world.faults().script();
      for (const auto& scheduled : script.faults()) {
        if (scheduled.used == 0) continue;
        const auto& fault = scheduled.fault;
        text << "\n    " << to_string(fault.kind) << " " << fault.channel.code() << " \"" << fault.path << "\" at "
             << scheduled.at / 1h << "h for " << fault.lasts / 1min << "min, size " << fault.size << ", status "
             << fault.status << ", hit " << scheduled.used;
      }
      if (seller->lie) {
        text << "\n    " << seller->lie->channel.code() << " empties " << seller->lie->path << " until "
             << to_rfc3339(seller->lie_until);
      }
    }
    text << "\n    now " << to_rfc3339(street_.present()) << ", set back " << street_.clock()->stepped_back() / 1min
         << "min";
    return text.str();
  }

  WeekReport broken(const std::string& what) {
    if (report_.fault.empty()) report_.fault = what + bad_days();
    return report_;
  }
  void broken(const Shop& shop, const std::string& what) { broken(std::string(shop.channel.code()) + " " + what); }
  [[nodiscard]] static bool lied_to(const Shop& shop) { return shop.seller->lied_to(shop.channel); }

  Picture picture(const Shop& shop, const std::string& source) const {
    Picture all;
    if (source == "prices") {
      auto pages = engine_->prices().list({.account = shop.id}, shop.context);
      while (auto next = pages.next()) {
        if (!*next) break;
        all[next->value().offer] = text_of(next->value());
      }
      return all;
    }
    auto pages = engine_->stock().positions({.account = shop.id}, shop.context);
    while (auto next = pages.next()) {
      if (!*next) break;
      const st::StockPosition& p = next->value();
      const std::string from = p.kind == st::StockKind::fbo ? "fbo" : "fbs:" + p.warehouse.key;
      if (from != source) continue;
      all[p.offer.key + "@" + p.warehouse.key] = p.on_hand ? std::to_string(p.on_hand->units()) : "?";
    }
    return all;
  }
  static std::string text_of(const st::OfferPrice& price) {
    return price.price.text() + "/" + (price.list_price ? price.list_price->text() : "-") + "/" +
           (price.lowest_price ? price.lowest_price->text() : "-");
  }

  void one_run(Shop& shop, st::SyncOptions options) {
    options.orders = options.prices = true;
    std::map<std::string, Picture> before;
    const auto known = engine_->sync().sources(shop.id, shop.context);
    if (!known) return broken(shop, "sources: " + known.error().text());
    for (const auto& source : known.value()) before[source.name] = picture(shop, source.name);
    street_.catch_up();
    const auto truth = shop.seller->world.truth(shop.channel);
    const bool lied = lied_to(shop);
    const auto run = engine_->sync().run(shop.id, options, shop.context);
    street_.catch_up();
    const bool stood_still = truth == shop.seller->world.truth(shop.channel);
    ++report_.runs;
    if (!run) return broken(shop, "a run that was not carried out: " + run.error().text());
    shop.last = run.value().state;
    std::set<std::string> held;
    for (const st::SourceOutcome& source : run.value().sources) {
      check_outcome(shop, source, before[source.name], options.accept_mass_zero);
      if (!report_.fault.empty()) return;
      if (source.disposition == st::Disposition::held) held.insert(source.name);
    }
    shop.held = std::move(held);
    // What was applied is what the marketplace said, now and not only in the end.
    for (const st::SourceOutcome& source : run.value().sources) {
      // A position whose only row could not be read is known to nobody: it is named in the run, and in no number.
      if (source.disposition != st::Disposition::applied || source.state != st::SourceState::ok) continue;
      if (source.name == "orders") check_orders(shop, false);
      if (!stood_still || source.skipped != 0 || lied || lied_to(shop)) continue;
      if (!source.note.empty()) continue;  // less than zero, says the marketplace
      if (source.name == "fbo") compare(shop, "fbo"), ++report_.compared_stock;
      if (source.name.starts_with("fbs:")) compare(shop, source.name), ++report_.compared_stock;
    }
    if (shop.seller->world.rejections() != 0) {
      std::string sources;
      for (const auto& source : run.value().sources)
        sources += " " + source.name + (source.error ? "=" + source.error->text() : "");
      return broken(shop, "had to refuse a request for being too many:" + sources);
    }
  }

  void check_outcome(Shop& shop, const st::SourceOutcome& source, const Picture& before, bool accepted) {
    ++report_.ended[static_cast<std::size_t>(source.state)];
    const bool ok = source.state == st::SourceState::ok;
    const bool applied = source.disposition == st::Disposition::applied;
    if (source.disposition == st::Disposition::held) {
      ++report_.held;
      if (accepted) return broken(shop, source.name + ": held although a person had accepted it");
      if (source.note.empty()) return broken(shop, source.name + ": held without a reason");
    }
    if (applied && shop.held.contains(source.name)) ++(accepted ? report_.accepted : report_.taken_back);
    const bool left = source.state == st::SourceState::gone || source.disposition == st::Disposition::held;
    if (!left && ok == source.error.has_value()) return broken(shop, source.name + ": an outcome without its reason");
    // Unless the marketplace refused it without a word of the time.
    const bool knows =
        shop.channel == st::Channel::wildberries || (source.error && source.error->errc() == st::Errc::quota_reached);
    if (source.state == st::SourceState::throttled && knows && !source.retry_at) {
      return broken(shop, source.name + ": throttled, and nobody knows until when: " + source.error->text());
    }
    if (source.error && source.error->kind() == st::ErrorKind::internal) {
      return broken(shop, source.name + ": " + source.error->text());
    }
    if (applied) return;
    if (!ok && (source.changes.added != 0 || source.changes.changed != 0 || source.changes.zeroed != 0) &&
        source.name != "orders") {
      return broken(shop, source.name + ": a failed fetch was taken for data");
    }
    if (picture(shop, source.name) != before) broken(shop, source.name + ": changed without being applied");
  }

  void accept(Shop& shop) {
    street_.clock()->advance(4h);  // a base token reads orders every three hours
    st::SyncOptions options;
    options.accept_mass_zero = true;
    one_run(shop, options);
  }

  void end_well() {
    street_.catch_up();
    for (auto& seller : street_.sellers) {
      seller->world.faults().clear();
      seller->world.stand_still();
      seller->world.empty_report_until(st::Instant());
      seller->lie.reset();
    }
    // Pauses of the breaker are an hour at most; nothing has happened in what is the future of a clock that was set
    // back.
    street_.clock()->advance(4h + street_.clock()->stepped_back());
    street_.catch_up();
    for (Shop& shop : shops_) {
      one_run(shop, {});
      if (report_.fault.empty() && shop.last == st::RunState::held) accept(shop);
      if (!report_.fault.empty()) return;
      if (shop.last != st::RunState::ok) {
        std::string why;
        const auto runs = engine_->sync().runs({.account = shop.id, .page_size = 1}, shop.context).next();
        if (runs && *runs) why = runs->value().to_json();
        return broken(shop, "an undisturbed run did not end well: " + why);
      }
      compare(shop, "");
      check_orders(shop, true);
      const auto health = engine_->accounts().health(shop.id, shop.context);
      if (!health || health.value().state != st::HealthState::ok) broken(shop, "the account's health is not ok again");
      const auto ledger = engine_->ledger().verify(shop.context);
      if (!ledger || ledger.value().broken != 0) broken(shop, "the ledger does not add up");
      const auto accounts = engine_->accounts().list(shop.context).collect();
      if (!accounts || accounts.value().size() != channels_.size()) broken(shop, "there are accounts of somebody else");
      if (!report_.fault.empty()) return;
    }
    for (const Shop& shop : shops_) check_prices(shop);
    if (const std::string found = amiss(engine_->doctor()); !found.empty()) broken("doctor: " + found);
  }

  // What is known of each offer must be what there is. Where hidden warehouses and names differ, sums must agree.
  void compare(const Shop& shop, const std::string& source) {
    const bool by_warehouse = shop.channel != st::Channel::wildberries;
    const auto key_of = [&](const std::string& offer, const std::string& warehouse, st::StockKind kind) {
      return offer + (by_warehouse ? "@" + warehouse : "") + "/" + to_string(kind);
    };
    const auto asked = [&](const std::string& warehouse, st::StockKind kind) {
      if (source.empty()) return true;
      return source == (kind == st::StockKind::fbo ? "fbo" : "fbs:" + warehouse);
    };
    std::map<Key, std::int64_t> truth;
    for (const auto& position : shop.seller->world.truth(shop.channel)) {
      if (!asked(position.warehouse, position.kind) || position.on_hand == 0) continue;
      truth[key_of(position.offer, position.warehouse, position.kind)] += position.on_hand;
    }
    std::map<Key, std::int64_t> known;
    std::set<Key> open;
    auto pages = engine_->stock().positions({.account = shop.id}, shop.context);
    while (auto next = pages.next()) {
      if (!*next) return broken(shop, "positions: " + next->error().text());
      const st::StockPosition& p = next->value();
      if (!asked(p.warehouse.key, p.kind) || p.state == st::PositionState::gone) continue;
      const Key key = key_of(p.offer.key, p.warehouse.key, p.kind);
      if (!source.empty() && p.state == st::PositionState::kept) open.insert(key);
      if (p.on_hand && p.on_hand->units() != 0) known[key] += p.on_hand->units();
    }
    // During the week an offer may have lost its card for a while: its numbers are kept, and marked as such.
    for (const Key& key : open) known.erase(key), truth.erase(key);
    if (known == truth) return;
    std::ostringstream text;
    text << source << " the stock is not the marketplace's:";
    for (const auto& [key, units] : truth) {
      if (known[key] != units) text << " " << key << " is " << units << ", known " << known[key] << ";";
    }
    for (const auto& [key, units] : known) {
      if (truth.count(key) == 0 && units != 0) text << " " << key << " is 0, known " << units << ";";
    }
    broken(shop, text.str());
  }

  // Every line that is known was placed; every one of the covered period is known; in the end all are, as they are.
  void check_orders(const Shop& shop, bool all) {
    std::map<Key, st::OrderLine> known;
    auto pages = engine_->orders().lines({.account = shop.id}, shop.context);
    while (auto next = pages.next()) {
      if (!*next) return broken(shop, "orders: " + next->error().text());
      known.emplace(next->value().key, next->value());
    }
    const auto coverage = engine_->orders().coverage(shop.id, shop.context);
    if (!coverage) return broken(shop, "coverage: " + coverage.error().text());
    std::size_t found = 0;
    for (const st::testing::TrueOrder& order : shop.seller->world.order_truth(shop.channel)) {
      const auto line = known.find(order.key);
      if (line == known.end()) {
        const bool covered = coverage.value() && order.ordered_at >= coverage.value()->from &&
                             order.ordered_at < coverage.value()->until;
        // The Market lists orders by the time of their last change: one that has changed since is in the next answer.
        const bool next =
            covered && shop.channel == st::Channel::yandex_market && order.changed_at >= coverage.value()->until;
        if (all || (covered && !next)) {
          return broken(shop,
                        "order " + order.key + " of " + st::to_rfc3339(order.ordered_at) + ", changed " +
                            st::to_rfc3339(order.changed_at) + ", is not known" +
                            (covered ? ", and its time is covered until " + st::to_rfc3339(coverage.value()->until)
                                     : std::string()));
        }
        continue;
      }
      ++found;
      const st::OrderLine& stored = line->second;
      const auto constant = [](const auto& one) { return std::tie(one.offer, one.kind, one.quantity, one.ordered_at); };
      if (constant(stored) != constant(order))
        return broken(shop, "order " + order.key + " is not the one that was placed");
      if (all && (stored.status != order.status || stored.changed_at != order.changed_at)) {
        return broken(
            shop, "order " + order.key + " is " + to_string(order.status) + ", known as " + to_string(stored.status));
      }
    }
    if (found != known.size()) return broken(shop, "an order is known that was never placed");
    if (all) report_.order_lines += static_cast<std::int64_t>(found);
  }

  // Beside a store that knows nothing, filled on an undisturbed day.
  void check_prices(const Shop& shop) {
    auto fresh = st::open({.path = ":memory:",
                           .limits = st::LimitTable{},
                           .retry = {.max_wait = 20min},
                           .transport = shop.seller->world.transport(),
                           .clock = shop.seller->world.clock(),
                           .random = std::make_shared<st::testing::SeededRandom>(report_.seed + 1),
                           .executor = st::make_inline_executor()});
    if (!fresh) return broken(shop, "open: " + fresh.error().text());
    shop.seller->world.clock()->advance(25h);  // past every limit of the marketplace
    const auto account = fresh.value().accounts().connect(shop.seller->credentials(shop.channel));
    if (!account) return broken(shop, "connect: " + account.error().text());
    const auto run = fresh.value().sync().run(account.value().id, {.stock = false, .prices = true});
    if (!run || run.value().state != st::RunState::ok) return broken(shop, "prices cannot be read afresh");
    Picture truth;
    auto pages = fresh.value().prices().list({.account = account.value().id});
    while (auto next = pages.next()) {
      if (!*next) return broken(shop, "prices: " + next->error().text());
      truth[next->value().offer] = text_of(next->value());
    }
    const Picture known = picture(shop, "prices");
    report_.prices += static_cast<std::int64_t>(known.size());
    if (known == truth) return;
    std::string text = "the prices are not the marketplace's:";
    for (const auto& [offer, price] : truth) {
      const auto found = known.find(offer);
      if (found == known.end() || found->second != price)
        text += " " + offer + " is " + price + ", known " + (found == known.end() ? "none" : found->second) + ";";
    }
    broken(shop, text + " " + std::to_string(known.size()) + " of " + std::to_string(truth.size()));
  }

  Dice dice_;
  const MakeStorage& storage_;
  Place place_ = Place::memory;
  bool patient_ = false;
  std::vector<st::Channel> channels_;
  TempFolder scratch_;
  Street street_;
  std::optional<st::Engine> engine_;
  std::vector<Shop> shops_;
  WeekReport report_;
};

}  // namespace

WeekReport run_week(std::uint64_t seed, const MakeStorage& storage) { return Week(seed, storage).run(); }
