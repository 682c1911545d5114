/// @file
/// Sources: the parts of an account's data that are fetched separately and can fail separately.
#pragma once

#include <optional>
#include <string>

#include <stocktracker/core/error.hpp>
#include <stocktracker/core/time.hpp>
#include <stocktracker/inventory/changes.hpp>

namespace stocktracker::inline v0 {

/// Result of the last attempt to read a source. A failed fetch never changes data. Numbers are stored: append-only.
enum class SourceState : unsigned char {
  ok = 1,     ///< read completely
  stale,      ///< not requested: a source that it depends on failed, or the time ran out; older data are kept
  throttled,  ///< a limit is reached: try again at retry_at
  denied,     ///< the credentials do not permit it: the account must be changed, a retry does not help
  failed,     ///< any other error
  gone,       ///< the channel no longer lists this warehouse: its positions are not part of totals
};
[[nodiscard]] STK_API const char* to_string(SourceState state) noexcept;

/// What was done with the data. Numbers are stored: append-only.
enum class Disposition : unsigned char {
  not_applied = 1,  ///< nothing complete was read, it was older than the stored data, or a person refused it
  applied,          ///< stored levels now equal the answer (perhaps without any change)
  held,             ///< complete, but it would set too many positions to 0: a person must decide
};
[[nodiscard]] STK_API const char* to_string(Disposition disposition) noexcept;

/// @code
/// STK_TRY(const auto run, engine.sync().run(account.id));
/// for (const st::SourceOutcome& source : run.sources) {
///   if (source.error) std::printf("%s: %s\n", source.name.c_str(), source.error->text().c_str());
/// }
/// @endcode
struct SourceOutcome {
  std::string name;  ///< "catalogue", "warehouses", "fbo", "fbs:<warehouse key>", "orders", "prices"
  SourceState state = SourceState::stale;
  Disposition disposition = Disposition::not_applied;
  std::size_t rows = 0;     ///< in the answer, before merging
  std::size_t skipped = 0;  ///< rows that could not be read and were left out; `note` says why
  SourceChanges changes;
  std::optional<Instant> observed_at;  ///< when this run asked; nullopt if no complete answer came
  std::optional<Instant> retry_at;     ///< throttled: do not ask before
  std::optional<Error> error;          ///< set unless state is ok
  std::string note;  ///< held: "would zero 40 of 100 positions"; otherwise what the connector left out
};

/// The stored state of a source between runs.
///
/// @code
/// STK_TRY(const auto sources, engine.sync().sources(account.id));
/// for (const st::SourceStatus& source : sources) std::printf("%s %s\n", source.name.c_str(), to_string(source.state));
/// @endcode
struct SourceStatus {
  std::string name;
  SourceState state = SourceState::stale;
  Disposition disposition = Disposition::not_applied;
  std::optional<Instant> observed_at;  ///< of the last snapshot applied
  std::optional<Instant> retry_at;
  std::string error;  ///< of the last attempt; empty if it was ok
};

/// The state of a source after a failed fetch: rate_limited gives throttled; unauthenticated, denied and
/// quota_exhausted give denied; everything else gives failed. An open breaker gives the state of the error that opened
/// it.
[[nodiscard]] STK_API SourceState state_of(const Error& error) noexcept;

}  // namespace stocktracker::inline v0
