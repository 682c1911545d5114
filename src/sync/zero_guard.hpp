/// The guard against zeroes of an account in total: over all its sources in one run, and over the runs of a day.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <stocktracker/core/ids.hpp>
#include <stocktracker/inventory/mass_zero.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0::sync_run {

/// What one run would set to 0.
struct AccountZeroes {
  std::int64_t zeroed = 0;           ///< positions, over all sources of the run
  std::int64_t left = 0;             ///< part of `zeroed`: positions of warehouses that left the list
  std::int64_t positive_before = 0;  ///< of the sources that were applied
  std::vector<std::int64_t> applied_sources{};
};

/// Call within the run's transaction, after its sources were applied. Returns why they must be held; nullopt: they may
/// stay.
[[nodiscard]] Result<std::optional<std::string>> judge_account(Transaction& tx, const MassZeroGuard& guard,
                                                               const AccountId& account, std::int64_t run_no,
                                                               const AccountZeroes& zeroes, Instant now);

/// The same for a catalogue, within its own savepoint: counts offers that vanished during the day and are still gone.
[[nodiscard]] Result<std::optional<std::string>> judge_catalogue(Transaction& tx, const MassZeroGuard& guard,
                                                                 const AccountId& account, std::int64_t run_no,
                                                                 std::int64_t vanished, std::int64_t listed_before,
                                                                 Instant now);

/// Number of positive positions of a source with units that this run found under a new key.
[[nodiscard]] Result<std::int64_t> positions_found_again(Transaction& tx, std::int64_t source, std::int64_t run_no);

/// Number of positive positions of a source.
[[nodiscard]] Result<std::int64_t> positive_positions(Transaction& tx, std::int64_t source);

}  // namespace stocktracker::inline v0::sync_run
