/// @file
/// Sources: the parts of an account's data that are fetched, and fail, separately.
#pragma once

#include <optional>
#include <string>

#include <stocktracker/core/error.hpp>
#include <stocktracker/core/time.hpp>
#include <stocktracker/inventory/changes.hpp>

namespace stocktracker::inline v0 {

/// How the last attempt on a source ended. A failed fetch is never data. Numbers are stored: append-only.
enum class SourceState : unsigned char {
  ok = 1,     ///< fetched whole
  stale,      ///< not asked: something it needs failed, or the time ran out before; older data stand
  throttled,  ///< a limit: try again at retry_at
  denied,     ///< the credentials may not read it: the account's state, never a reason to retry
  failed,     ///< anything else
  gone,       ///< the channel does not list this warehouse any more: its positions are outside totals
};
[[nodiscard]] STK_API const char* to_string(SourceState state) noexcept;

/// What became of the data. Numbers are stored: append-only.
enum class Disposition : unsigned char {
  not_applied = 1,  ///< nothing whole was fetched, or it was older than what is known
  applied,          ///< levels now say what the source says (perhaps without any change)
  held,             ///< whole, but it would zero too much: waits for a person
};
[[nodiscard]] STK_API const char* to_string(Disposition disposition) noexcept;

struct SourceOutcome {
  std::string name;  ///< "catalogue", "warehouses", "fbo", "fbs:<warehouse key>", "orders", "prices"
  SourceState state = SourceState::stale;
  Disposition disposition = Disposition::not_applied;
  std::size_t rows = 0;     ///< in the answer, before merging
  std::size_t skipped = 0;  ///< rows of it that could not be read and were left out; `note` says why
  SourceChanges changes;
  std::optional<Instant> observed_at;  ///< when this run asked; nullopt when nothing whole came
  std::optional<Instant> retry_at;     ///< throttled: not before
  std::optional<Error> error;          ///< set unless state is ok
  std::string note;                    ///< held: "would zero 40 of 100 positions"; or what the connector left out
};

/// What is known of a source between runs.
struct SourceStatus {
  std::string name;
  SourceState state = SourceState::stale;
  Disposition disposition = Disposition::not_applied;
  std::optional<Instant> observed_at;  ///< of the last snapshot applied
  std::optional<Instant> retry_at;
  std::string error;  ///< of the last attempt, empty when it was ok
};

/// The one translation of a fetch's failure into a source's state: rate_limited is throttled; unauthenticated, denied
/// and quota_exhausted are denied; everything else is failed. An open breaker stands for what opened it.
[[nodiscard]] STK_API SourceState state_of(const Error& error) noexcept;

}  // namespace stocktracker::inline v0
