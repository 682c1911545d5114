/// @file
/// World: simulated marketplaces with sellers, warehouses and buyers, in virtual time, with the marketplaces' own HTTP
/// APIs.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <stocktracker/core/function_ref.hpp>
#include <stocktracker/marketplace/capabilities.hpp>
#include <stocktracker/marketplace/order.hpp>
#include <stocktracker/ports/http_transport.hpp>
#include <stocktracker/testing/account_truth.hpp>
#include <stocktracker/testing/faults.hpp>
#include <stocktracker/testing/manual_clock.hpp>
#include <stocktracker/testing/world_limits.hpp>

namespace stocktracker::inline v0::testing {

struct WorldOptions {
  std::uint64_t seed = 1;
  int offers = 100;  ///< sizes with their own stock, not cards; >= 0
  int marketplace_warehouses = 8;
  int seller_warehouses = 2;
  /// Orders that buyers try to place, per offer and day, in hundredths: 50 is one in two days. Offers that are sold out
  /// are not sold, so the real number is lower. 0: no trade at all, deliveries and supplies included.
  int orders_per_offer_day_x100 = 50;
  int cancel_percent = 8;
  int return_percent = 12;  ///< of 100 orders; together with cancel_percent at most 100
  /// Percentage of marketplace warehouses that are hidden behind -999999.
  int undisclosed_percent = 25;
  /// Enforce the marketplaces' request limits with 429 and their headers.
  bool limits = false;
  /// The limits that are enforced then.
  WorldLimits limit_table = WorldLimits::documented();
  Instant start = ManualClock::kStart;
  /// Marketplaces where the seller sells: of wildberries, ozon and yandex_market, each at most once. Goods in the
  /// seller's own warehouses are one physical stock that is sold on all of them; each marketplace has its own
  /// warehouses, too.
  std::vector<Channel> channels{Channel::wildberries};
  /// Whether the Yandex Market cabinet uses groups of warehouses: stock is then read by other methods. The first two
  /// seller warehouses form a group and report one stock, the sum of both; further ones are outside of the group.
  bool warehouse_groups = false;

  /// Errc::invalid_argument that lists all problems.
  [[nodiscard]] STK_API Result<void> validate() const;
};

/// The true values of one position: tests compare with them.
struct TruePosition {
  std::string offer;  ///< the channel's key
  std::string listing;
  std::string article;
  std::string warehouse;  ///< the channel's key, as an API reader sees it ("-999999" for hidden ones, summed)
  StockKind kind = StockKind::fbo;
  std::int64_t on_hand = 0;  ///< free to sell
  std::int64_t to_client = 0;
  std::int64_t from_client = 0;
  std::int64_t reserved = 0;  ///< if the channel reports it
  friend bool operator==(const TruePosition&, const TruePosition&) = default;
};

/// The true values of one order line, as the API reports them now.
struct TrueOrder {
  std::string key;    ///< the line's identity as the library's connector builds it
  std::string offer;  ///< the channel's key
  std::string warehouse_name;
  OrderStatus status = OrderStatus::placed;
  StockKind kind = StockKind::fbo;
  std::int64_t quantity = 1;
  Instant ordered_at;
  Instant changed_at;  ///< when the status changed last
  friend bool operator==(const TrueOrder&, const TrueOrder&) = default;
};

/// Kinds of tokens, with the numbers in their payload.
enum class WildberriesTokenType : unsigned char { base = 1, test = 2, personal = 3, service = 4 };

struct WildberriesToken {
  WildberriesTokenType type = WildberriesTokenType::personal;
  /// A subset of content, analytics, prices, marketplace, statistics.
  std::vector<std::string> categories{"content", "analytics", "prices", "marketplace", "statistics"};
  Duration lives = std::chrono::hours(24 * 400);  ///< counted from the world's start
};

/// An answer, and how it is sent.
struct WireAnswer {
  enum class Wire : unsigned char { complete, reset, truncated };
  HttpResponse response{};
  Wire wire = Wire::complete;
  Duration delay{};
};

/// Interval of run_for.
struct Every {
  Duration interval;
};
[[nodiscard]] constexpr Every every(Duration interval) noexcept { return {interval}; }

class World;

/// The world's faults; times are counted from its start. A handle: copies refer to the same world. Thread-safe.
///
/// @code
/// world.faults().at(3h, st::testing::answer_status(503, 2)).at(9h, st::testing::truncate_body(1));
/// const auto hits = world.faults().script().faults()[0].used;  // requests that the first fault has affected
/// @endcode
class STK_API WorldFaults {
 public:
  const WorldFaults& at(Duration after_start, Fault fault) const;
  void replace(FaultScript script) const;
  void clear() const { replace({}); }
  /// A copy, with the number of requests that each fault has affected.
  [[nodiscard]] FaultScript script() const;

 private:
  friend class World;
  explicit WorldFaults(World& world) noexcept : world_(&world) {}

  World* world_;
};

/// One thread at a time, except for transport(), which locks. The same seed and the same requests give the same
/// answers. What happens in the world depends on the seed, on time and on the functions below, never on the number of
/// requests.
///
/// If the test misuses it (options that do not validate, a card that does not exist), it throws StockError.
///
/// @code
/// st::testing::World world({.seed = 42, .offers = 100, .limits = true});
/// STK_TRY(auto engine, st::open({.path = ":memory:", .transport = world.transport(), .clock = world.clock()}));
/// auto credentials = st::wildberries::credentials(world.token(st::Channel::wildberries));
/// STK_TRY(const auto account, engine.accounts().connect(std::move(credentials)));
/// world.run_for(24h, st::testing::every(30min), [&] { (void)engine.sync().run(account.id); });
/// @endcode
class STK_API World {
 public:
  explicit World(WorldOptions options);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// The marketplaces' APIs in this process, routed by path under any host. Usable after the World has been destroyed.
  /// Give the engine clock(), too: with another clock the second run finds its answers older than what is stored.
  [[nodiscard]] std::shared_ptr<HttpTransport> transport() const;
  [[nodiscard]] std::shared_ptr<ManualClock> clock() const;
  /// The seller's id: Wildberries sid, Ozon Client-Id, Yandex Market business id. Empty if the seller does not sell
  /// there.
  [[nodiscard]] std::string seller(const Channel& channel) const;
  /// A well-formed token or key of the seller. `shape` is used for Wildberries only, where the token does not expire
  /// within the world's first year; Ozon's key is valid for half a year.
  [[nodiscard]] Secret token(const Channel& channel, const WildberriesToken& shape = {}) const;
  /// For a server: the answer at the world's present time, without waiting for its delay. Locks.
  [[nodiscard]] WireAnswer answer(const HttpRequest& request);
  /// The scheduled faults; valid as long as the world. Locks, so that it may be changed while requests are sent.
  [[nodiscard]] WorldFaults faults() noexcept;

  /// Lets time pass: runs `body` at once and after each interval, until `total` has passed; if the interval divides the
  /// total, also at the end. If `body` waits, time passes, too: ticks that it waited past are left out.
  void run_for(Duration total, Every interval, FunctionRef<void()> body);

  /// What a reader of the API can know now: FBO as of the last rebuild of the report, FBS live. Ordered by offer, kind
  /// and warehouse; rows that the API leaves out (FBO without stock or transit) are not included.
  [[nodiscard]] std::vector<TruePosition> truth(const Channel& channel) const;
  /// Sum of on_hand of truth().
  [[nodiscard]] std::int64_t true_total(const Channel& channel) const;
  /// Every order placed on this marketplace since the start, in the order of placing.
  [[nodiscard]] std::vector<TrueOrder> order_truth(const Channel& channel) const;
  /// Everything on this marketplace in the form that the contract suite of connectors compares: complete rows of each
  /// list, and the capabilities according to the marketplace's manual.
  [[nodiscard]] AccountTruth account_truth(const Channel& channel) const;
  /// Orders placed since the start, on all channels.
  [[nodiscard]] std::int64_t orders() const;
  /// Requests that reached the transport and were answered, errors included.
  [[nodiscard]] std::int64_t requests() const;
  /// Requests that were refused by limits, not by faults.
  [[nodiscard]] std::int64_t rejections() const;

  // Actions of sellers and marketplaces. Cards are numbered from 0 by listing, offers from 0 by key, seller warehouses
  // from 0 in the order of the API's list. All take effect at once.
  /// Moves the n-th card to the trash: its listing and its stock vanish, without waiting for the next report.
  void trash_card(std::size_t n);
  /// Hides the n-th card from the list; its stock is still reported.
  void uncard(std::size_t n);
  /// Until `until` the report contains no rows at all (204).
  void empty_report_until(Instant until);
  /// The seller warehouses no longer report the n-th offer.
  void silence_fbs(std::size_t n);
  /// Removes the n-th seller warehouse from the lists of all channels; nothing is reported about it any more. The other
  /// warehouses keep their numbers here.
  void close_seller_warehouse(std::size_t n);
  /// From now on hidden marketplace warehouses (WorldOptions::undisclosed_percent) are reported under their own ids.
  void disclose_warehouses();
  /// From now on nothing is bought, delivered or supplied; the report shows the present state at its next rebuild.
  void stand_still();
  /// Sets 0 to 100,000 units, also if there were none before.
  void set_fbs(std::size_t n, std::size_t seller_warehouse, std::int64_t amount);

 private:
  friend class WorldFaults;
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace stocktracker::inline v0::testing
