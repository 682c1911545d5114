/// @file
/// AccountHealth: whether an account can be synchronised, since when not, and why, as codes that can be translated.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <stocktracker/core/time.hpp>
#include <stocktracker/marketplace/connector.hpp>

namespace stocktracker::inline v0 {

/// Ordered from best to worst. Numbers are stored: append-only.
enum class HealthState : unsigned char {
  ok = 1,
  expiring,   ///< works, but a credential expires soon
  throttled,  ///< a limit is reached: the account recovers by itself
  failing,    ///< the marketplace is out of service, unreachable, or gives answers that cannot be read
  denied,     ///< the seller must act: credentials are refused, expired, or lack a permission
};
[[nodiscard]] STK_API const char* to_string(HealthState state) noexcept;

struct HealthParameter {
  std::string name;
  std::string value;
  friend bool operator==(const HealthParameter&, const HealthParameter&) = default;
};

/// Codes: "token_expiring" (expires_at, part), "token_expired" (expires_at, part), "throttled" (source, retry_at),
/// "base_url" (why), "disconnected" (no parameters; see Accounts::disconnect);
/// otherwise the name of an Errc (source, http_status if there was an answer).
struct HealthReason {
  std::string code;
  std::vector<HealthParameter> parameters;
  friend bool operator==(const HealthReason&, const HealthReason&) = default;
};

struct HealthFinding {
  HealthState state = HealthState::ok;
  HealthReason reason;
};

/// @code
/// STK_TRY(const auto health, engine.accounts().health(account.id));
/// if (health.state == st::HealthState::denied && health.reason) std::puts(health.reason->code.c_str());
/// @endcode
struct AccountHealth {
  HealthState state = HealthState::ok;
  Instant since;                       ///< when this state began
  std::optional<HealthReason> reason;  ///< nullopt: ok
  Instant checked_at;
};

/// A credential that expires within this time is reported as HealthState::expiring.
inline constexpr Duration kExpiryWarning = std::chrono::hours(14 * 24);

/// Pure. The worst finding counts, among equals the first. `since` changes only with the state.
[[nodiscard]] STK_API AccountHealth health_after(const std::optional<AccountHealth>& before,
                                                 std::span<const HealthFinding> findings, Instant now);
/// Pure. Findings about credentials that have expired or expire soon.
[[nodiscard]] STK_API std::vector<HealthFinding> expiry_findings(std::span<const CredentialFacts> facts, Instant now);

}  // namespace stocktracker::inline v0
