/// LevelDiff: computes what a complete snapshot changes in the known levels. A pure computation: no store, no clock.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <stocktracker/inventory/changes.hpp>
#include <stocktracker/inventory/movement.hpp>
#include <stocktracker/inventory/position.hpp>
#include <stocktracker/marketplace/capabilities.hpp>

#include "inventory/snapshot.hpp"

namespace stocktracker::inline v0::inventory {

/// Stands for NULL in the integer columns of this file; quantities are never negative.
inline constexpr std::int64_t kNull = -1;

struct LevelRow {
  std::int64_t offer = 0;
  std::int64_t warehouse = 0;
  std::int64_t on_hand = kNull;
  std::int64_t reserved = kNull;
  std::int64_t to_client = kNull;
  std::int64_t from_client = kNull;
  PositionState state = PositionState::known;
  std::int64_t seq = 0;  ///< `seq` of the position's last ledger entry

  friend bool operator==(const LevelRow&, const LevelRow&) noexcept = default;
};

/// New entries of the ledger, column by column; row i belongs to position (offer[i], warehouse[i]).
struct LedgerRows {
  std::vector<std::int64_t> offer;
  std::vector<std::int64_t> warehouse;
  std::vector<std::int64_t> seq;
  std::vector<std::int64_t> kind;
  std::vector<std::int64_t> before;
  std::vector<std::int64_t> after;

  [[nodiscard]] std::size_t size() const noexcept { return offer.size(); }
};

/// Feed every known level of the source in order of (offer, warehouse), then finish. The snapshot is not copied; it
/// must outlive the diff.
class LevelDiff {
 public:
  /// `asked`: the offers that were requested, sorted; null: all offers (FBO). `open`: sorted offers; if this answer
  /// leaves one of them out, their known levels are kept.
  LevelDiff(const StockSnapshot& snapshot, Absent absent, const std::vector<std::int64_t>* asked,
            std::span<const std::int64_t> open = {}) noexcept
      : snapshot_(snapshot), absent_(absent), asked_(asked), open_(open) {}
  /// Treats every offer as `open`.
  void all_open() noexcept { all_open_ = true; }

  void known(const LevelRow& level);
  void finish();

  /// Rows of the snapshot that are new positions, by index, in order.
  [[nodiscard]] const std::vector<std::uint32_t>& added() const noexcept { return added_; }
  /// Levels to overwrite, in order.
  [[nodiscard]] const std::vector<LevelRow>& changed() const noexcept { return changed_; }
  /// Entries for changed levels. The caller adds one for each new position: seq 1, observed, null -> on_hand.
  [[nodiscard]] const LedgerRows& entries() const noexcept { return entries_; }
  [[nodiscard]] const SourceChanges& changes() const noexcept { return changes_; }
  [[nodiscard]] std::int64_t positive_before() const noexcept { return positive_before_; }

 private:
  void compare(const LevelRow& level, std::size_t row);
  void missing(const LevelRow& level);
  void write(const LevelRow& before, LevelRow after, MovementKind kind);
  void add_until(std::size_t end);
  /// Count the units that an offer gained or lost. Calls come in the order of offers.
  void gained(std::int64_t offer, std::int64_t units) noexcept;
  void lost(std::int64_t offer, std::int64_t units) noexcept;
  void settle_offer() noexcept;

  const StockSnapshot& snapshot_;
  Absent absent_;
  const std::vector<std::int64_t>* asked_;
  std::span<const std::int64_t> open_;
  std::size_t at_ = 0;
  std::vector<std::uint32_t> added_;
  std::vector<LevelRow> changed_;
  LedgerRows entries_;
  SourceChanges changes_;
  std::int64_t positive_before_ = 0;
  bool all_open_ = false;
  std::int64_t offer_ = 0;  ///< the offer that `gained_`, `lost_` and `lost_positions_` are about
  std::int64_t gained_ = 0;
  std::int64_t lost_ = 0;
  std::int64_t lost_positions_ = 0;
};

}  // namespace stocktracker::inline v0::inventory
