/// @file
/// CallContext: last parameter of every call that waits.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include <stocktracker/core/ids.hpp>
#include <stocktracker/core/progress.hpp>
#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0 {

/// A value; copy it freely. All fields have defaults: `{}` waits without limit, `{.timeout = 60s}` is the usual form.
///
/// @code
/// std::stop_source stop;
/// const st::CallContext context{.timeout = 60s, .stop = stop.get_token(), .tenant = tenant.id, .actor = "scheduler"};
/// const auto run = engine.sync().run(account.id, context);  // request_stop() ends it as cancelled
/// @endcode
struct CallContext {
  /// From the start of the call. The first public function that gets the context turns it into `deadline`.
  std::optional<Duration> timeout{};
  /// Absolute, on the engine's clock. If both are set, the earlier one counts.
  Instant deadline = Instant::latest();
  std::stop_token stop{};  ///< cancels: the call ends with Errc::cancelled
  TenantId tenant{};       ///< nil: the default tenant
  /// Who made the call, for run records ("cli", "scheduler", a user id): up to 120 bytes of UTF-8, not blank, without
  /// control characters and marks that turn the direction of writing, else the call ends with Errc::invalid_argument.
  std::string actor{};
  std::string request_id{};
  std::shared_ptr<ProgressSink> progress{};

  /// A copy with `timeout` turned into a deadline.
  [[nodiscard]] STK_API CallContext started(Instant now) const;
  /// Errc::cancelled, Errc::deadline_exceeded, Errc::internal if the progress sink threw, or success.
  [[nodiscard]] STK_API Result<void> check(Instant now) const;
  void report(const Progress& step) const {
    if (progress) progress->report(step);
  }
  /// A sign of life: code that waits calls it at least every five seconds. It keeps the lease of a run.
  void waiting() const {
    if (progress) progress->waiting();
  }
};

}  // namespace stocktracker::inline v0
