/// @file
/// Runs: one synchronisation of one account, as it is recorded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <stocktracker/core/ids.hpp>
#include <stocktracker/inventory/mass_zero.hpp>
#include <stocktracker/sync/source.hpp>

namespace stocktracker::inline v0 {

/// Numbers are stored: append-only.
enum class RunState : unsigned char {
  running = 1,  ///< not finished, or its process ended in the middle
  ok,           ///< every source ok and applied, or gone
  partial,      ///< some sources ok, some not
  held,         ///< every source ok, at least one held
  failed,       ///< no source ok
  cancelled,    ///< stopped by the caller before the commit: nothing was applied
};
[[nodiscard]] STK_API const char* to_string(RunState state) noexcept;

struct SyncRun {
  RunId id;
  AccountId account;
  RunState state = RunState::running;
  bool dry_run = false;
  bool accepted = false;  ///< a person accepted what the guard would hold (SyncOptions::accept_mass_zero)
  Instant started_at;
  std::optional<Instant> finished_at;
  std::int64_t requests = 0;  ///< sent to the marketplace, penalties not counted
  std::string actor;
  std::vector<SourceOutcome> sources;

  /// Of all sources together.
  [[nodiscard]] STK_API SourceChanges changes() const noexcept;
  [[nodiscard]] STK_API std::string to_json() const;
};

/// From the outcomes of all sources. Pure.
[[nodiscard]] STK_API RunState state_of(const std::vector<SourceOutcome>& sources) noexcept;

struct SyncOptions {
  bool dry_run = false;           ///< everything but the change: computed, rolled back, recorded as a dry run
  bool accept_mass_zero = false;  ///< apply what the guard would hold
  MassZeroGuard mass_zero{};
  bool stock = true;    ///< catalogue, warehouses and levels
  bool orders = false;  ///< order lines, where the channel tells them
  bool prices = false;  ///< likewise
  /// How far back the first reading of orders goes, where the channel allows it.
  Duration orders_back = std::chrono::hours(24 * 30);
  /// Of the account: kept alive while the run fetches, waits or commits; a run whose process ended is taken over when
  /// it has passed. At least a second.
  Duration lease = std::chrono::seconds(30);

  [[nodiscard]] STK_API Result<void> validate() const;
};

}  // namespace stocktracker::inline v0
