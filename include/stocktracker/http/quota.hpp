/// @file
/// QuotaTree: what remains of each limit; checked before a request is sent.
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
  /// Granted: the tokens are taken, send after this wait. Refused: nothing is taken, ask again after this wait.
  Duration wait{};
  bool asked = true;  ///< false: refused because the shared memory did not answer
};

/// One slot of a ParallelRule. It is returned with the answer; if it is not returned, it becomes free when `until` has
/// passed.
struct QuotaSlot {
  int at = -1;  ///< negative: no slot is needed
  std::int64_t until = 0;
};

/// What an answer reports about limits.
struct QuotaAnswer {
  int charge = 0;         ///< cost in requests beyond what was taken for it
  RateHeaders headers{};  ///< may report fewer requests left than counted here, another size, or a wait
  bool throttled = false;
  QuotaSlot slot{};
};

struct QuotaSeller;

/// The buckets that one kind of request of one seller uses, resolved once. Cheap to copy, thread-safe: however many
/// threads use it, no more requests are granted than the limits allow. No call allocates while the memory answers. All
/// times are the engine's.
///
/// @code
/// st::QuotaTree tree(st::LimitTable::shipped());
/// auto quota = tree.quota({.vendor = "ozon", .owner = "1234", .category = "seller"}, "ozon.products");
/// if (quota.take(clock->now(), 1).granted) quota.answered(clock->now(), {});  // send between the two
/// @endcode
class STK_API Quota {
 public:
  /// Grants what can be sent within `max_wait`. A cost above a burst waits for the full bucket. If the clock steps back
  /// by more than a second, the buckets move with it, so that nobody waits for the clock to catch up.
  [[nodiscard]] QuotaVerdict take(Instant now, int cost, Duration max_wait = {}) noexcept;
  /// Takes a slot for a request that is sent now and ends within `lease`.
  [[nodiscard]] QuotaVerdict enter(Instant now, Duration lease, QuotaSlot& slot) noexcept;
  /// Returns tokens that were taken and not used, and the slot of a request that ended without an answer.
  void give_back(int cost, const QuotaSlot& slot = {}) noexcept;
  /// Call it when an answer has arrived: its cost is charged, its headers are learned from, and the interval of buckets
  /// with one token begins no earlier than now. If the shared memory does not take this, it is sent again before the
  /// next check.
  void answered(Instant now, const QuotaAnswer& answer) noexcept;
  /// How long until one request may be sent.
  [[nodiscard]] Duration wait(Instant now) const noexcept;

 private:
  friend class QuotaTree;
  Quota(std::shared_ptr<QuotaSeller> seller, std::uint64_t buckets, int first_slot, int slots) noexcept;
  std::shared_ptr<QuotaSeller> seller_;
  std::uint64_t buckets_ = 0;  ///< one bit per bucket
  int first_slot_ = 0;
  int slots_ = 0;
};

/// One bucket, as `stocktracker limits` shows it.
struct QuotaStatus {
  LimitRule rule;
  std::string owner;
  std::string tier;
  int burst = 0;         ///< as learned
  Duration interval{};   ///< as learned
  int available = 0;     ///< requests that may be sent now; negative: in debt
  Duration wait{};       ///< until one request may be sent
  bool learned = false;  ///< the vendor reported another limit than the table
};

/// Thread-safe. Buckets live in `memory`, shared with all who use it with the same table; null: in this process only.
///
/// @code
/// st::QuotaTree tree(st::LimitTable::shipped());
/// auto quota = tree.quota({.vendor = "ozon", .owner = "1234", .category = "seller"}, "ozon.products");
/// const auto verdict = quota.take(clock->now(), 1, 30s);
/// if (!verdict.granted) return st::Error(st::Errc::quota_reached).retry_after(verdict.wait);
/// @endcode
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
