/// @file
/// SignInLimit: how long to wait after sign-ins that failed. Pure functions; the caller stores the failures.
#pragma once

#include <cstdint>

#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0 {

/// Failed sign-ins of one key: an account, a network, or both together.
struct SignInFailures {
  std::int64_t count = 0;
  Instant last{};  ///< without meaning if count is 0
  friend bool operator==(const SignInFailures&, const SignInFailures&) noexcept = default;
};

struct SignInRule {
  std::int64_t free;   ///< failures without a wait
  Duration first;      ///< wait after the next one; doubled for each further one
  Duration most;       ///< longest wait
  Duration forgotten;  ///< a time without a failure after which all are forgotten; longer than `most`
};

/// Three keys of each sign-in, each with a rule. A stranger who guesses at somebody's account raises the account's own
/// count, whose longest wait is short: its user is slowed down and never locked out. The stranger is slowed down by the
/// counts of the network and of the pair. OWASP's ASVS 4.0.3 (2.2.1) permits 100 failures an hour at one account.
inline constexpr SignInRule kAccountSignIns{5, std::chrono::seconds(1), std::chrono::seconds(40),
                                            std::chrono::minutes(15)};
inline constexpr SignInRule kNetworkSignIns{30, std::chrono::seconds(1), std::chrono::minutes(5),
                                            std::chrono::hours(1)};
inline constexpr SignInRule kPairSignIns{5, std::chrono::seconds(1), std::chrono::minutes(15), std::chrono::hours(24)};

/// When the next attempt is allowed: `failures.last` and the wait, or `now` if that is over. The failures may have been
/// stored by a process whose clock is ahead: then a wait is up to twice `rule.most`, or none if the clocks differ by
/// more than that.
[[nodiscard]] STK_API Instant next_sign_in(const SignInFailures& failures, const SignInRule& rule,
                                           Instant now) noexcept;
/// With one failure more at `now`.
[[nodiscard]] STK_API SignInFailures after_failure(const SignInFailures& failures, const SignInRule& rule,
                                                   Instant now) noexcept;

}  // namespace stocktracker::inline v0
