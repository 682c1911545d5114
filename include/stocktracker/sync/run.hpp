/// @file
/// Runs: one synchronisation of one account, as recorded in the store.
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
  running = 1,  ///< not finished, or its process ended during the run
  ok,           ///< every source is ok and applied, or gone
  partial,      ///< some sources are ok, others are not
  held,         ///< every source is ok, at least one is held
  failed,       ///< no source is ok
  cancelled,    ///< the caller stopped it before the commit: nothing was applied
};
[[nodiscard]] STK_API const char* to_string(RunState state) noexcept;

/// A person's decision not to apply what a run held (Sync::refuse).
struct RunRefusal {
  std::string by;  ///< the actor of the call
  Instant at;
  std::string why;
};

/// @code
/// STK_TRY(const auto run, engine.sync().run(account.id));
/// if (run.state == st::RunState::held) std::puts("an answer waits for a person: SyncOptions::accept_mass_zero");
/// std::printf("%lld changed\n", static_cast<long long>(run.changes().changed));
/// @endcode
struct SyncRun {
  RunId id;
  AccountId account;
  RunState state = RunState::running;
  bool dry_run = false;
  bool accepted = false;  ///< a person accepted a change that the guard would hold (SyncOptions::accept_mass_zero)
  std::optional<RunRefusal> refusal{};  ///< what it held was refused; its state stays as it was
  Instant started_at;
  std::optional<Instant> finished_at;
  std::int64_t requests = 0;  ///< sent to the marketplace; extra cost that the vendor charges is not counted
  std::string actor;
  std::vector<SourceOutcome> sources;

  /// Sum over all sources.
  [[nodiscard]] STK_API SourceChanges changes() const noexcept;
  [[nodiscard]] STK_API std::string to_json() const;
};

/// The state of a run, computed from the outcomes of its sources. Pure.
[[nodiscard]] STK_API RunState state_of(const std::vector<SourceOutcome>& sources) noexcept;

/// @code
/// STK_TRY(const auto look, engine.sync().run(account.id, {.dry_run = true}));  // what would change; changes nothing
/// STK_TRY(const auto all, engine.sync().run(account.id, {.orders = true, .prices = true}));
/// @endcode
struct SyncOptions {
  bool dry_run = false;           ///< computes and records the run, but rolls its changes back
  bool accept_mass_zero = false;  ///< apply changes that the guard would hold
  MassZeroGuard mass_zero{};
  bool stock = true;    ///< catalogue, warehouses and levels
  bool orders = false;  ///< order lines, if the channel reports them
  bool prices = false;  ///< prices, if the channel reports them
  /// How far back the first run reads orders, if the channel permits it.
  Duration orders_back = std::chrono::hours(24 * 30);
  /// Lease of the account. It is renewed while the run fetches, waits or commits; if the run's process ended, another
  /// run can start when the lease has passed. At least one second.
  Duration lease = std::chrono::seconds(30);

  [[nodiscard]] STK_API Result<void> validate() const;
};

}  // namespace stocktracker::inline v0
