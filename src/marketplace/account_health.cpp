// Names of states and reasons.
#include <stocktracker/marketplace/account_health.hpp>

#include <stocktracker/core/time_text.hpp>

namespace stocktracker::inline v0 {

const char* to_string(HealthState state) noexcept {
  switch (state) {
    case HealthState::ok:
      return "ok";
    case HealthState::expiring:
      return "expiring";
    case HealthState::throttled:
      return "throttled";
    case HealthState::failing:
      return "failing";
    case HealthState::denied:
      return "denied";
  }
  return "failing";
}

AccountHealth health_after(const std::optional<AccountHealth>& before, std::span<const HealthFinding> findings,
                           Instant now) {
  AccountHealth after;
  after.checked_at = now;
  for (const HealthFinding& finding : findings) {
    if (finding.state <= after.state) continue;
    after.state = finding.state;
    after.reason = finding.reason;
  }
  after.since = before && before->state == after.state ? before->since : now;
  return after;
}

std::vector<HealthFinding> expiry_findings(std::span<const CredentialFacts> facts, Instant now) {
  std::vector<HealthFinding> findings;
  for (const CredentialFacts& fact : facts) {
    if (!fact.expires_at || *fact.expires_at - now > kExpiryWarning) continue;
    const bool over = *fact.expires_at <= now;
    findings.push_back({over ? HealthState::denied : HealthState::expiring,
                        {over ? "token_expired" : "token_expiring",
                         {{"part", fact.part}, {"expires_at", to_rfc3339(*fact.expires_at)}}}});
  }
  return findings;
}

}  // namespace stocktracker::inline v0
