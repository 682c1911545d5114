/// @file
/// Ledger: the history of every stock number, with the reason of each change.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/page.hpp>
#include <stocktracker/inventory/movement.hpp>

namespace stocktracker::inline v0 {

/// Empty fields do not filter. A text that is not UTF-8 or contains a zero byte is Errc::invalid_argument.
struct MovementQuery {
  std::optional<AccountId> account{};
  std::string offer{};             ///< the channel's key of the offer, exactly
  std::string article{};           ///< the seller's article, exactly
  std::string warehouse{};         ///< the channel's key of the warehouse, exactly
  std::optional<Instant> from{};   ///< observed at or after
  std::optional<Instant> until{};  ///< observed before
  int page_size = 1'000;           ///< 1 to 10,000
  std::string after{};             ///< continue after this cursor (Pages::cursor)

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// Result of a check of the ledger; `faults` names at most 20 positions.
struct LedgerCheck {
  std::int64_t positions = 0;
  std::int64_t entries = 0;
  std::int64_t broken = 0;
  std::vector<std::string> faults;
};

/// Result of a retention.
struct RetentionReport {
  std::int64_t opened = 0;  ///< positions with a history that now begins later
  std::int64_t folded = 0;  ///< entries that were removed
};

class InventoryCore;

/// Handle; cheap to copy, thread-safe.
///
/// @code
/// auto entries = engine.ledger().movements({.account = account.id, .article = "mug-blue"});
/// while (auto entry = entries.next()) {
///   STK_TRY(const st::Movement& movement, *entry);
///   std::puts(movement.explain().c_str());  // "... 44 -> 41 (-3)  observed ..."
/// }
/// @endcode
class STK_API Ledger {
 public:
  explicit Ledger(std::shared_ptr<InventoryCore> core) noexcept : core_(std::move(core)) {}

  /// By offer, warehouse, then seq. The list continues after a cursor. Errc::not_found if the account does not exist.
  [[nodiscard]] Pages<Movement> movements(MovementQuery query = {}, const CallContext& context = {}) const;
  /// From when the account's history is complete: as of this instant and of any later one no position is unknown
  /// because retain() removed its entries. If nothing was removed: the first observation. nullopt: nothing was observed
  /// yet. Errc::not_found if the account does not exist. Reads one entry per position.
  [[nodiscard]] Result<std::optional<Instant>> known_since(const AccountId& account,
                                                           const CallContext& context = {}) const;
  /// Reads all entries and checks them: seq has no gaps, `before` equals the previous `after`, and the last `after` and
  /// the sum of deltas equal the stored level.
  [[nodiscard]] Result<LedgerCheck> verify(const CallContext& context = {}) const;
  /// Removes entries that were observed before `since`. Per position, the last value before `since` stays as an opening
  /// entry; stock as of a time before the opening is unknown from then on, and shown so (see known_since). `since` must
  /// not lie in the future. Works in small transactions: it may be cancelled and called again.
  [[nodiscard]] Result<RetentionReport> retain(Instant since, const CallContext& context = {});

 private:
  std::shared_ptr<InventoryCore> core_;
};

}  // namespace stocktracker::inline v0
