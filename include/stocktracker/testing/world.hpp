/// @file
/// World: marketplaces with sellers, warehouses and buyers, in virtual time, speaking the marketplaces' own HTTP.
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
  int offers = 100;  ///< sizes with stock of their own, not cards; >= 0
  int marketplace_warehouses = 8;
  int seller_warehouses = 2;
  /// Orders that buyers try, per offer and day, in hundredths: 50 is one in two days. What is sold out is not sold, so
  /// fewer come about. 0: commerce stands still, parcels and supplies included.
  int orders_per_offer_day_x100 = 50;
  int cancel_percent = 8;
  int return_percent = 12;  ///< of 100 orders; together with cancel_percent at most 100
  /// Of 100 marketplace warehouses, how many hide behind -999999.
  int undisclosed_percent = 25;
  /// The marketplaces' request limits, enforced with 429 and their headers.
  bool limits = false;
  /// What they are then.
  WorldLimits limit_table = WorldLimits::documented();
  Instant start = Instant::from_seconds(1'795'300'000);
  /// Where the seller sells: of wildberries, ozon, yandex_market, each once. Goods of the seller's own warehouses are
  /// one physical stock, sold on all of them; each marketplace has warehouses of its own besides.
  std::vector<Channel> channels{Channel::wildberries};
  /// Whether the Yandex Market cabinet works with groups of warehouses: stock is then read by other methods. The first
  /// two seller warehouses are a group and report one pile there, the sum of both; further ones stand outside.
  bool warehouse_groups = false;

  /// Every problem at once, as Errc::invalid_argument.
  [[nodiscard]] STK_API Result<void> validate() const;
};

/// What the world knows of one position: the oracle of tests.
struct TruePosition {
  std::string offer;  ///< the channel's key
  std::string listing;
  std::string article;
  std::string warehouse;  ///< the channel's key, as an API reader sees it ("-999999" for hidden ones, summed)
  StockKind kind = StockKind::fbo;
  std::int64_t on_hand = 0;  ///< free to sell
  std::int64_t to_client = 0;
  std::int64_t from_client = 0;
  std::int64_t reserved = 0;  ///< where the channel tells it
  friend bool operator==(const TruePosition&, const TruePosition&) = default;
};

/// What the world knows of one order line, as a reader of the API is told it now.
struct TrueOrder {
  std::string key;    ///< the line's identity as the library's connector makes it
  std::string offer;  ///< the channel's key
  std::string warehouse_name;
  OrderStatus status = OrderStatus::placed;
  StockKind kind = StockKind::fbo;
  std::int64_t quantity = 1;
  Instant ordered_at;
  Instant changed_at;  ///< when the status became what it is
  friend bool operator==(const TrueOrder&, const TrueOrder&) = default;
};

/// Kinds of tokens, as their payload numbers them.
enum class WildberriesTokenType : unsigned char { base = 1, test = 2, personal = 3, service = 4 };

struct WildberriesToken {
  WildberriesTokenType type = WildberriesTokenType::personal;
  /// Of content, analytics, prices, marketplace, statistics.
  std::vector<std::string> categories{"content", "analytics", "prices", "marketplace", "statistics"};
  Duration lives = std::chrono::hours(24 * 400);  ///< from the world's start
};

/// An answer, and what happens to it on the wire.
struct WireAnswer {
  enum class Wire : unsigned char { whole, reset, truncated };
  HttpResponse response{};
  Wire wire = Wire::whole;
  Duration delay{};
};

/// Interval of run_for.
struct Every {
  Duration interval;
};
[[nodiscard]] constexpr Every every(Duration interval) noexcept { return {interval}; }

class World;

/// The world's faults, counted from its start. A handle: copies name the same world. Thread-safe.
class STK_API WorldFaults {
 public:
  const WorldFaults& at(Duration after_start, Fault fault) const;
  void replace(FaultScript script) const;
  void clear() const { replace({}); }
  /// A copy, with what each fault has hit so far.
  [[nodiscard]] FaultScript script() const;

 private:
  friend class World;
  explicit WorldFaults(World& world) noexcept : world_(&world) {}

  World* world_;
};

/// One thread at a time, except for transport(), which locks. Same seed and same requests: the same answers. What
/// happens in the world depends on the seed, on time and on the actions below, never on how often anybody asks.
///
/// Misuse by the test that owns it (options that do not validate, a card that is not there) throws StockError.
class STK_API World {
 public:
  explicit World(WorldOptions options);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// The marketplaces' APIs in process, routed by path under any host. Usable after the world's handle is gone, too.
  [[nodiscard]] std::shared_ptr<HttpTransport> transport() const;
  [[nodiscard]] std::shared_ptr<ManualClock> clock() const;
  /// The seller's identity there: Wildberries sid, Ozon Client-Id, Yandex Market business id. Empty where it is not
  /// sold.
  [[nodiscard]] std::string seller(const Channel& channel) const;
  /// A well-formed token or key of the seller: Wildberries' does not expire within the world's first year, and the
  /// shape is of it alone; Ozon's key lives half a year.
  [[nodiscard]] Secret token(const Channel& channel, const WildberriesToken& shape = {}) const;
  /// For a listener: the answer at the world's present, without waiting for it. Locks.
  [[nodiscard]] WireAnswer answer(const HttpRequest& request);
  /// What will go wrong, and when; valid as long as the world is. Locks, so that it may change under traffic.
  [[nodiscard]] WorldFaults faults() noexcept;

  /// Lets time pass: runs `body` at once and then after each interval, until `total` has passed; the end itself is a
  /// tick where the interval divides the total. Waits inside `body` pass time too: ticks that it waited past are left
  /// out.
  void run_for(Duration total, Every interval, FunctionRef<void()> body);

  /// What a reader of the API can know now: FBO as of the last rebuild of the report, FBS live. By offer, kind,
  /// warehouse; rows the API does not answer (FBO without stock or transit) are left out.
  [[nodiscard]] std::vector<TruePosition> truth(const Channel& channel) const;
  /// Sum of on_hand of truth().
  [[nodiscard]] std::int64_t true_total(const Channel& channel) const;
  /// Every order placed there since the start, in the order of placing.
  [[nodiscard]] std::vector<TrueOrder> order_truth(const Channel& channel) const;
  /// Everything there as the contract suite of connectors compares it: complete rows of each list, and what the
  /// marketplace does by its manual.
  [[nodiscard]] AccountTruth account_truth(const Channel& channel) const;
  /// Orders placed since the start, on all channels.
  [[nodiscard]] std::int64_t orders() const;
  /// Requests that reached the transport and were answered, errors included.
  [[nodiscard]] std::int64_t requests() const;
  /// Requests that the limits (not the faults) refused.
  [[nodiscard]] std::int64_t rejections() const;

  // What sellers and marketplaces do to a catalogue. Cards count from 0 by listing, offers from 0 by key, seller
  // warehouses from 0 in the order of the API's list. All act at once.
  /// The n-th card goes to the trash: its listing vanishes, its stock too, without waiting for the next report.
  void trash_card(std::size_t n);
  /// The n-th card is hidden from the list although its stock is still reported.
  void uncard(std::size_t n);
  /// The report answers with no rows at all (204) before `until`.
  void empty_report_until(Instant until);
  /// The seller warehouses stop answering for the n-th offer.
  void silence_fbs(std::size_t n);
  /// The n-th seller warehouse leaves the lists of all channels; nothing is answered of it any more. The others keep
  /// their numbers here.
  void close_seller_warehouse(std::size_t n);
  /// Marketplace warehouses that hid (WorldOptions::undisclosed_percent) are reported under their own ids from now on.
  void disclose_warehouses();
  /// From now on nothing is bought, delivered or supplied; the report shows the present at its next rebuild.
  void stand_still();
  /// 0 to 100,000 units, also where there were none before.
  void set_fbs(std::size_t n, std::size_t seller_warehouse, std::int64_t amount);

 private:
  friend class WorldFaults;
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace stocktracker::inline v0::testing
