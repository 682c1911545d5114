/// ApplySources: applies what a run fetched, source by source, inside the run's transaction.
#pragma once

#include <optional>
#include <vector>

#include "inventory/offer_index.hpp"
#include "inventory/order_apply.hpp"
#include "inventory/product_model.hpp"
#include "sync/commit.hpp"
#include "sync/zero_guard.hpp"

namespace stocktracker::inline v0::sync_run {

/// Fills in the outcomes of `run`. Use it once, in one transaction.
class ApplySources {
 public:
  ApplySources(Transaction& tx, const CommitInput& input, Instant now, SyncRun& run) noexcept
      : tx_(tx), input_(input), now_(now), run_(run) {}

  /// Applies every source. If the account would lose too much in total, sources that set something to 0 are held.
  [[nodiscard]] Result<void> apply_all();
  [[nodiscard]] Result<void> write_sources();
  /// Entries that were appended to the ledger.
  [[nodiscard]] std::int64_t ledger_entries() const noexcept { return ledger_entries_; }
  /// What was applied, for update_products.
  [[nodiscard]] const inventory::ProductChanges& product_changes() const noexcept { return product_changes_; }

 private:
  struct Applied {
    bool held = false;
    bool too_old = false;
    SourceChanges changes{};
    std::string note{};
  };

  [[nodiscard]] Result<void> load();
  [[nodiscard]] Result<void> apply_each(bool hold_zeroing);
  [[nodiscard]] Result<void> apply(std::size_t slot, SourceRow& row);
  [[nodiscard]] Result<Applied> apply_answer(std::size_t slot, SourceRow& row);
  [[nodiscard]] Result<Applied> apply_catalogue(std::size_t slot, const SourceRow& row);
  [[nodiscard]] Result<Applied> apply_stock(std::size_t slot, SourceRow& row);
  [[nodiscard]] Absent silence_of(std::size_t slot, const SourceRow& row) const;
  [[nodiscard]] Result<inventory::OrderApplied> store_orders(std::size_t slot, bool complete);
  [[nodiscard]] Result<Applied> apply_orders(std::size_t slot);
  [[nodiscard]] Result<Applied> apply_prices(std::size_t slot);
  [[nodiscard]] Result<void> keep_orders(std::size_t slot);
  [[nodiscard]] Result<void> leave(std::size_t slot, SourceRow& row);
  /// The last observation. If it lies in the future, it and the ledger's entries of that time are set back to the
  /// present.
  [[nodiscard]] Result<std::optional<Instant>> believed(const SourceRow& row, Instant observed_at);
  void fail(std::size_t slot, SourceRow& row, Error error);
  [[nodiscard]] SourceRow* row_of(const std::string& name);
  /// Loaded when the first source needs it: an unchanged run reads no offers.
  [[nodiscard]] Result<inventory::OfferIndex*> index();

  Transaction& tx_;
  const CommitInput& input_;
  Instant now_;
  SyncRun& run_;
  std::optional<inventory::OfferIndex> index_;
  std::vector<SourceRow> known_;  ///< as stored before the run
  std::vector<SourceRow> sources_;
  AccountZeroes zeroes_;
  std::int64_t ledger_entries_ = 0;
  inventory::ProductChanges product_changes_;
  bool hold_zeroing_ = false;
  std::string why_held_;
};

}  // namespace stocktracker::inline v0::sync_run
