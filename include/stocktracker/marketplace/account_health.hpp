/// @file
/// AccountHealth: whether an account can be synchronised, since when not, and why, as codes that any language can tell.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <stocktracker/core/time.hpp>
#include <stocktracker/marketplace/connector.hpp>

namespace stocktracker::inline v0 {

/// Worse is higher. Numbers are stored: append-only.
enum class HealthState : unsigned char {
  ok = 1,
  expiring,   ///< works, but a credential ends soon
  throttled,  ///< a limit was reached: it goes on by itself
  failing,    ///< the marketplace is out of service, unreachable, or answers what cannot be read
  denied,     ///< the seller must act: credentials refused, expired, or without the right
};
[[nodiscard]] STK_API const char* to_string(HealthState state) noexcept;

struct HealthParameter {
  std::string name;
  std::string value;
  friend bool operator==(const HealthParameter&, const HealthParameter&) = default;
};

/// Codes: "token_expiring" (expires_at, part), "token_expired" (expires_at, part), "throttled" (source, retry_at), and
/// the names of Errc for the rest (source, http_status where there was an answer).
struct HealthReason {
  std::string code;
  std::vector<HealthParameter> parameters;
  friend bool operator==(const HealthReason&, const HealthReason&) = default;
};

struct HealthFinding {
  HealthState state = HealthState::ok;
  HealthReason reason;
};

struct AccountHealth {
  HealthState state = HealthState::ok;
  Instant since;                       ///< when this state began
  std::optional<HealthReason> reason;  ///< nullopt: ok
  Instant checked_at;
};

/// How long before its end a credential is told to be ending.
inline constexpr Duration kExpiryWarning = std::chrono::hours(14 * 24);

/// Pure. The worst finding counts, the first of equals; `since` stays while the state does.
[[nodiscard]] STK_API AccountHealth health_after(const std::optional<AccountHealth>& before,
                                                 std::span<const HealthFinding> findings, Instant now);
/// Pure. What the credentials say of their own end.
[[nodiscard]] STK_API std::vector<HealthFinding> expiry_findings(std::span<const CredentialFacts> facts, Instant now);

}  // namespace stocktracker::inline v0
