/// @file
/// QuotaTree: what is left of each limit, asked before a request is sent.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/time.hpp>
#include <stocktracker/http/limits.hpp>
#include <stocktracker/http/rate_headers.hpp>
#include <stocktracker/ports/http_transport.hpp>
#include <stocktracker/ports/quota_memory.hpp>

namespace stocktracker::inline v0 {

struct QuotaVerdict {
  bool granted = false;
  /// Granted: the tokens are taken, send after so long. Refused: nothing is taken, ask again after so long.
  Duration wait{};
  bool asked = true;  ///< false: refused because the memory that others share did not answer
};

/// One of the places that a ParallelRule gives. Returned with the answer; otherwise it is free again when `until` is
/// over.
struct QuotaPlace {
  int at = -1;  ///< none is needed
  std::int64_t until = 0;
};

/// What an answer says of limits.
struct QuotaAnswer {
  int charge = 0;         ///< requests that it cost above what was taken for it
  RateHeaders headers{};  ///< fewer left than we think, another size, or wait
  bool throttled = false;
  QuotaPlace place{};
};

/// The buckets that one kind of request of one seller spends, resolved once. Cheap to copy, thread-safe: of any number
/// of threads never more get through than the limits allow. No call allocates while the memory answers. Times are the
/// engine's.
class STK_API Quota {
 public:
  /// Grants what can be sent within `max_wait`. A cost above a burst waits for the full bucket. Time that steps back by
  /// more than a second shifts the buckets with it, so that nobody waits for a clock.
  [[nodiscard]] QuotaVerdict take(Instant now, int cost, Duration max_wait = {}) noexcept;
  /// A place for a request that is sent now and ends within `lease`.
  [[nodiscard]] QuotaVerdict enter(Instant now, Duration lease, QuotaPlace& place) noexcept;
  /// Tokens that were taken and not used, a place whose request ended without an answer.
  void give_back(int cost, const QuotaPlace& place = {}) noexcept;
  /// An answer came: it is charged and learned from, and buckets of one token begin their interval no earlier than now.
  /// What a memory did not take it is told before the next question.
  void answered(Instant now, const QuotaAnswer& answer) noexcept;
  /// How long until one request may go.
  [[nodiscard]] Duration wait(Instant now) const noexcept;

 private:
  friend class QuotaTree;
  struct Seller;
  Quota(std::shared_ptr<Seller> seller, std::uint64_t buckets, int first_place, int places) noexcept;
  std::shared_ptr<Seller> seller_;
  std::uint64_t buckets_ = 0;  ///< a bit for each
  int first_place_ = 0;
  int places_ = 0;
};

/// One bucket, as `stocktracker limits` shows it.
struct QuotaStatus {
  LimitRule rule;
  std::string owner;
  std::string tier;
  int burst = 0;         ///< as learned
  Duration interval{};   ///< as learned
  int available = 0;     ///< requests that may go now; negative: in debt
  Duration wait{};       ///< until one may go
  bool learned = false;  ///< the vendor said something else than the table
};

/// Thread-safe. Buckets live in `memory`, shared with all who use it under the same table; null: in this process alone.
class STK_API QuotaTree {
 public:
  explicit QuotaTree(LimitTable table, std::shared_ptr<QuotaMemory> memory = {});
  ~QuotaTree();
  QuotaTree(const QuotaTree&) = delete;
  QuotaTree& operator=(const QuotaTree&) = delete;

  [[nodiscard]] const LimitTable& table() const noexcept;
  [[nodiscard]] Quota quota(const QuotaTag& tag, std::string_view operation);
  [[nodiscard]] std::vector<QuotaStatus> status(Instant now) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace stocktracker::inline v0
