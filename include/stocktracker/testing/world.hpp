/// @file
/// World: marketplaces with sellers, warehouses and buyers, in virtual time, speaking the marketplaces' own HTTP.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <stocktracker/core/function_ref.hpp>
#include <stocktracker/marketplace/capabilities.hpp>
#include <stocktracker/ports/http_transport.hpp>
#include <stocktracker/testing/manual_clock.hpp>

namespace stocktracker::inline v0::testing {

struct WorldOptions {
  std::uint64_t seed = 1;
  int offers = 100;  ///< sizes with stock of their own, not cards; >= 0
  int marketplace_warehouses = 8;
  int seller_warehouses = 2;
  /// Orders per offer and day, in hundredths: 50 is one order in two days. 0: commerce stands still.
  int orders_per_offer_day_x100 = 50;
  int cancel_percent = 8;
  int return_percent = 12;
  /// Of 100 marketplace warehouses, how many hide behind -999999.
  int undisclosed_percent = 25;
  Instant start = Instant::from_seconds(1'795'300'000);
  std::vector<Channel> channels{Channel::wildberries};

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// What the world knows of one position: the oracle of tests.
struct TruePosition {
  std::string offer;  ///< the channel's key
  std::string listing;
  std::string article;
  std::string warehouse;  ///< the channel's key, as an API reader sees it ("-999999" for hidden ones, summed)
  StockKind kind = StockKind::fbo;
  std::int64_t on_hand = 0;
  std::int64_t to_client = 0;
  std::int64_t from_client = 0;
  friend bool operator==(const TruePosition&, const TruePosition&) = default;
};

/// Interval of run_for.
struct Every {
  Duration interval;
};
[[nodiscard]] constexpr Every every(Duration interval) noexcept { return {interval}; }

/// One thread at a time, except for transport(), which locks. Same seed and same requests: the same answers.
class STK_API World {
 public:
  explicit World(WorldOptions options);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  [[nodiscard]] std::shared_ptr<HttpTransport> transport() const;
  [[nodiscard]] std::shared_ptr<ManualClock> clock() const;
  /// A well-formed token of the seller that does not expire within the world's first year.
  [[nodiscard]] Secret token(const Channel& channel) const;

  /// Lets time pass: runs `body` at once and then after each interval, until `total` has passed.
  void run_for(Duration total, Every interval, FunctionRef<void()> body);

  /// What a reader of the API can know now: FBO as of the last rebuild of the report, FBS live. By offer, kind,
  /// warehouse; rows the API does not answer (FBO without stock or transit) are left out.
  [[nodiscard]] std::vector<TruePosition> truth(const Channel& channel) const;
  /// Sum of on_hand of truth().
  [[nodiscard]] std::int64_t true_total(const Channel& channel) const;
  [[nodiscard]] std::int64_t orders() const;
  [[nodiscard]] std::int64_t requests() const;

  // What sellers and marketplaces do to a catalogue.
  /// The n-th card goes to the trash: its listing vanishes, its stock too.
  void trash_card(std::size_t n);
  /// The n-th card is hidden from the list although its stock is still reported.
  void uncard(std::size_t n);
  /// The report answers with no rows at all until `clock()` has passed `until`.
  void empty_report_until(Instant until);
  /// The seller warehouse stops answering for the n-th offer.
  void silence_fbs(std::size_t n);
  void set_fbs(std::size_t n, std::size_t seller_warehouse, std::int64_t amount);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace stocktracker::inline v0::testing
