/// @file
/// LimitTable: the vendors' request limits, as data.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/duration.hpp>
#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0 {

/// A token bucket: `burst` requests at once, one more after each `interval`. Counted per vendor, seller and kind of
/// token.
struct LimitRule {
  std::string vendor{};
  std::string category{};              ///< empty: every request to the vendor
  std::vector<std::string> methods{};  ///< operations that share the bucket; empty: all of the category
  std::vector<std::string> tiers{};    ///< kinds of token that the rule applies to; empty: all
  Duration interval{};
  int burst = 1;
  int requests = 0;   ///< the limit as the vendor writes it: this many requests
  Duration period{};  ///< per this time
};

/// An answer with a status in [from, to] counts as `requests`.
struct PenaltyRule {
  std::string vendor{};
  std::string category{};
  int from = 0;
  int to = 0;
  int requests = 1;
};

/// At most this many requests of one seller may be in flight at once, over all processes that share limits.
struct ParallelRule {
  std::string vendor{};
  std::string category{};  ///< empty: every request to the vendor
  int requests = 1;        ///< the rules of a vendor together give at most LimitTable::kMostParallel
};

/// A value. Limits change more often than the library is built: an operator can replace the table by a file of the same
/// form (`share/stocktracker/limits.json` is the one that ships).
///
/// @code
/// STK_TRY(auto table, st::LimitTable::parse(text));  // a file of the form of share/stocktracker/limits.json
/// STK_TRY(auto engine, st::open({.path = "shop.db", .limits = std::move(table)}));
/// @endcode
struct LimitTable {
  static constexpr int kMostParallel = 12;

  std::vector<LimitRule> limits{};
  std::vector<PenaltyRule> penalties{};
  std::vector<ParallelRule> parallel{};

  /// Strict: an unknown or mistyped member is Errc::invalid_text; the message names it.
  [[nodiscard]] STK_API static Result<LimitTable> parse(std::string_view json);
  /// The table compiled into the library.
  [[nodiscard]] STK_API static const LimitTable& shipped();

  /// How many requests an answer counts as, at least 1.
  [[nodiscard]] STK_API int requests_of(std::string_view vendor, std::string_view category, int status) const noexcept;
};

}  // namespace stocktracker::inline v0
