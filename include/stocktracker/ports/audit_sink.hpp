/// @file
/// AuditSink: receives who changed what in which tenant, and who was refused.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <stocktracker/core/errc.hpp>
#include <stocktracker/core/ids.hpp>
#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0 {

struct AuditEvent {
  Instant at;
  TenantId tenant;
  std::string actor{};
  std::string action{};           ///< a stable name: "account.connect", "tenant.suspend", ...
  std::string subject{};          ///< what it is about: an account's id, a setting's name; never a secret
  std::optional<Errc> refused{};  ///< why it was refused or failed; nullopt: it was done
  std::string request_id{};
};

/// Thread-safe. Called after an action was done or refused, on the caller's thread; must not call back into the
/// library. What it throws is caught and logged as "audit.failed"; the action stays done.
///
/// @code
/// class Journal final : public st::AuditSink {
///  public:
///   void record(const st::AuditEvent& event) override {
///     std::printf("%s %s%s\n", event.actor.c_str(), event.action.c_str(), event.refused ? ": refused" : "");
///   }
/// };
/// @endcode
class STK_API AuditSink {
 public:
  AuditSink() = default;
  AuditSink(const AuditSink&) = delete;
  AuditSink& operator=(const AuditSink&) = delete;
  virtual ~AuditSink();

  virtual void record(const AuditEvent& event) = 0;
};

}  // namespace stocktracker::inline v0
