#include "tests/fault/week.hpp"

#include <map>
#include <memory>
#include <random>
#include <set>
#include <sstream>

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/testing/seeded_random.hpp>
#include <stocktracker/testing/world.hpp>

namespace {

namespace st = stocktracker;
using namespace std::chrono_literals;
using st::testing::Fault;
using st::testing::FaultKind;

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool one_in(std::int64_t n) { return between(1, n) == 1; }
  template <class T, std::size_t N>
  const T& any(const T (&list)[N]) {
    return list[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(N) - 1))];
  }

 private:
  std::mt19937_64 random_;
};

const char* const kPaths[] = {"",           "cards/list", "wb-warehouses",     "/api/v3/warehouses",
                              "/api/v3/st", "/api/",      "warehouse_remains", "content"};
const int kStatuses[] = {400, 401, 402, 403, 404, 409, 429, 500, 502, 503, 504};

Fault random_fault(Dice& dice) {
  Fault fault;
  fault.kind = static_cast<FaultKind>(dice.between(0, 10));
  fault.path = dice.any(kPaths);
  fault.status = dice.any(kStatuses);
  fault.size = static_cast<std::size_t>(dice.between(1, 12));
  if (fault.kind == FaultKind::throttle) fault.wait = 1s * dice.between(1, 1'800);
  if (fault.kind == FaultKind::slow) fault.wait = 1s * dice.between(1, 240);
  if (dice.one_in(2)) fault.times = static_cast<int>(dice.between(1, 30));
  fault.lasts = 1min * dice.between(1, 24 * 60);
  return fault;
}

using Key = std::string;
constexpr std::int64_t kRebuild = 1'800'000'000;  // of the report, microseconds

class Week {
 public:
  explicit Week(std::uint64_t seed) : dice_(seed * 2 + 1), base_(dice_.one_in(6)), world_(shape(seed)) {
    report_.seed = seed;
  }

  WeekReport run() {
    const auto faults = dice_.between(0, 8);
    for (std::int64_t n = 0; n < faults; ++n)
      world_.faults().at(1min * dice_.between(30, 7 * 24 * 60), random_fault(dice_));
    auto opened = st::open({.path = ":memory:",
                            .transport = world_.transport(),
                            .clock = world_.clock(),
                            .random = std::make_shared<st::testing::SeededRandom>(report_.seed),
                            .executor = st::make_inline_executor()});
    if (!opened) return broken("open: " + opened.error().text());
    st::testing::TokenShape token;
    if (base_) token.type = st::testing::TokenType::base;
    const auto account =
        opened.value().accounts().connect(st::wildberries::credentials(world_.token(st::Channel::wildberries, token)));
    if (!account) return broken("connect: " + account.error().text());
    engine_ = std::make_unique<st::Engine>(opened.value());
    account_ = account.value().id;

    const st::Instant end = world_.clock()->now() + 7 * 24h;
    while (world_.clock()->now() < end && report_.fault.empty()) {
      one_run({});
      world_.clock()->advance(1min * dice_.between(20, 12 * 60));
      if (dice_.one_in(12)) world_.clock()->step_back(1min * dice_.between(1, 90));
    }
    if (report_.fault.empty()) final_run();
    return report_;
  }

 private:
  st::testing::WorldOptions shape(std::uint64_t seed) {
    st::testing::WorldOptions options;
    options.seed = seed;
    options.offers = static_cast<int>(dice_.between(0, 30));
    options.marketplace_warehouses = static_cast<int>(dice_.between(0, 5));
    options.seller_warehouses = static_cast<int>(dice_.between(0, 2));
    options.orders_per_offer_day_x100 = static_cast<int>(dice_.between(0, 100));
    options.limits = true;
    return options;
  }

  WeekReport broken(const std::string& what) {
    if (report_.fault.empty()) report_.fault = what;
    return report_;
  }

  std::map<Key, std::string> picture(const std::string& source) const {
    std::map<Key, std::string> all;
    auto pages = engine_->stock().positions({.account = account_});
    while (auto next = pages.next()) {
      if (!*next) break;
      const st::StockPosition& p = next->value();
      const std::string from = p.kind == st::StockKind::fbo ? "fbo" : "fbs:" + p.warehouse.key;
      if (from != source) continue;
      all[p.offer.key + "@" + p.warehouse.key] = p.on_hand ? std::to_string(p.on_hand->units()) : "?";
    }
    return all;
  }

  void one_run(const st::SyncOptions& options) {
    std::map<std::string, std::map<Key, std::string>> before;
    const auto known = engine_->sync().sources(account_);
    if (!known) return (void)broken("sources: " + known.error().text());
    for (const auto& source : known.value()) before[source.name] = picture(source.name);
    const auto built = world_.clock()->now().micros() / kRebuild;
    const auto run = engine_->sync().run(account_, options);
    const bool one_build = world_.clock()->now().micros() / kRebuild == built;
    ++report_.runs;
    if (!run) return (void)broken("a run that was not carried out: " + run.error().text());
    last_ = run.value().state;
    for (const st::SourceOutcome& source : run.value().sources) {
      ++report_.ended[static_cast<std::size_t>(source.state)];
      const bool ok = source.state == st::SourceState::ok;
      if (source.disposition == st::Disposition::held) ++report_.held;
      if (ok == source.error.has_value()) return (void)broken(source.name + ": an outcome without its reason");
      if (source.state == st::SourceState::throttled && !source.retry_at) {
        return (void)broken(source.name + ": throttled, and nobody knows until when: " + source.error->text());
      }
      if (source.error && source.error->kind() == st::ErrorKind::internal) {
        return (void)broken(source.name + ": " + source.error->text());
      }
      if (ok && source.disposition == st::Disposition::applied) continue;
      if (!ok && (source.changes.added != 0 || source.changes.changed != 0 || source.changes.zeroed != 0)) {
        return (void)broken(source.name + ": a failed fetch was taken for data");
      }
      if (picture(source.name) != before[source.name])
        return (void)broken(source.name + ": changed without being applied");
    }
    // The report did not change during the run: what was applied is what it says, now and not only in the end.
    for (const st::SourceOutcome& source : run.value().sources) {
      // A position whose only row could not be read is known to nobody: it is named in the run, and in no number.
      const bool all_read = source.skipped == 0;
      if (source.name == "fbo" && one_build && all_read && source.disposition == st::Disposition::applied) {
        compare(st::StockKind::fbo);
      }
    }
    if (world_.rejections() != 0) {
      std::string sources;
      for (const auto& source : run.value().sources)
        sources += " " + source.name + (source.error ? "=" + source.error->text() : "");
      return (void)broken("the marketplace had to refuse a request for being too many:" + sources);
    }
  }

  void final_run() {
    world_.faults().clear();
    world_.stand_still();
    world_.clock()->advance(4h);  // pauses of the breaker are an hour at most
    one_run({});
    if (report_.fault.empty() && last_ == st::RunState::held) {
      world_.clock()->advance(1h);
      st::SyncOptions accept;
      accept.accept_mass_zero = true;
      one_run(accept);
    }
    if (!report_.fault.empty()) return;
    if (last_ != st::RunState::ok) {
      std::string why;
      const auto runs = engine_->sync().runs({.account = account_, .page_size = 1}).next();
      if (runs && *runs) why = runs->value().to_json();
      return (void)broken("an undisturbed run did not end well: " + why);
    }
    compare(std::nullopt);
    const auto ledger = engine_->ledger().verify();
    if (!ledger || ledger.value().broken != 0) (void)broken("the ledger does not add up");
    const auto health = engine_->accounts().health(account_);
    if (!health || health.value().state != st::HealthState::ok) (void)broken("the account's health is not ok again");
  }

  // What is known of each offer must be what there is; where hidden warehouses and names differ, sums must agree.
  void compare(std::optional<st::StockKind> kind) {
    std::map<Key, std::int64_t> truth;
    for (const auto& position : world_.truth(st::Channel::wildberries)) {
      if (kind && position.kind != *kind) continue;
      if (position.on_hand != 0) truth[position.offer + "/" + to_string(position.kind)] += position.on_hand;
    }
    std::map<Key, std::int64_t> known;
    std::set<Key> open;
    auto pages = engine_->stock().positions({.account = account_});
    while (auto next = pages.next()) {
      if (!*next) return (void)broken("positions: " + next->error().text());
      const st::StockPosition& p = next->value();
      if (kind && p.kind != *kind) continue;
      if (kind && p.state == st::PositionState::kept) open.insert(p.offer.key + "/" + to_string(p.kind));
      if (p.on_hand && p.on_hand->units() != 0) known[p.offer.key + "/" + to_string(p.kind)] += p.on_hand->units();
    }
    // During the week an offer may have lost its card for a while: its numbers are kept, and marked as such.
    for (const Key& key : open) known.erase(key), truth.erase(key);
    if (known == truth) return;
    std::ostringstream text;
    text << "the stock is not the marketplace's:";
    for (const auto& [key, units] : truth) {
      if (known[key] != units) text << " " << key << " is " << units << ", known " << known[key] << ";";
    }
    for (const auto& [key, units] : known) {
      if (truth.count(key) == 0 && units != 0) text << " " << key << " is 0, known " << units << ";";
    }
    (void)broken(text.str());
  }

  Dice dice_;
  bool base_;
  st::testing::World world_;
  std::unique_ptr<st::Engine> engine_;
  st::AccountId account_;
  st::RunState last_ = st::RunState::running;
  WeekReport report_;
};

}  // namespace

WeekReport run_week(std::uint64_t seed) { return Week(seed).run(); }
