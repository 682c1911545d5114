/// Relay: carries events from a tenant's outbox into the control plane. No transaction spans both planes: for a moment
/// an event is in both, and it counts once by its id.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <stocktracker/ports/ports.hpp>
#include <stocktracker/tenant/directory.hpp>

#include "ports/call_gate.hpp"
#include "tenant/event_log.hpp"
#include "tenant/quarantine.hpp"

namespace stocktracker::inline v0 {

/// Writes an event in the tenant's own transaction, so that it exists exactly if the change was committed.
[[nodiscard]] Result<void> publish_event(Transaction& tx, const EventId& event, std::string_view topic,
                                         std::string_view payload, Instant now);

/// Makes the relay visit this tenant. Call it before the event is written if nothing else would bring the relay to the
/// tenant after a crash.
[[nodiscard]] Result<void> write_relay_hint(Storage& storage, const TenantId& tenant, const EventId& stamp,
                                            const CallContext& context);

class RelayCore {
 public:
  /// `storage` is the store itself, not the gated one: events of a suspended tenant are carried, too. Without a
  /// quarantine, the failure of one tenant is the failure of the relay.
  RelayCore(std::shared_ptr<Storage> storage, std::shared_ptr<Clock> clock,
            std::shared_ptr<const Quarantine> quarantine = nullptr) noexcept
      : storage_(std::move(storage)), clock_(std::move(clock)), quarantine_(std::move(quarantine)) {}

  /// Calls of the directory are counted by the gate. Set it before the first call from another thread.
  void count_calls(std::shared_ptr<CallGate> gate) noexcept { calls_ = std::move(gate); }
  /// Measures how late events arrive. Set it before the first call from another thread.
  void measure(std::shared_ptr<Telemetry> telemetry) noexcept { telemetry_ = std::move(telemetry); }
  [[nodiscard]] Result<EnteredCall> begin(const CallContext& given) const { return begin_call(calls_, *clock_, given); }

  [[nodiscard]] Clock& clock() const noexcept { return *clock_; }
  [[nodiscard]] Result<std::vector<DirectoryEntry>> page(const DirectoryEntry& after, const CallContext& context) const;
  [[nodiscard]] Result<std::vector<TenantEvent>> events(const EventId& after, int most,
                                                        const CallContext& context) const;
  /// See Events::after. Errc::not_found for an unknown tenant.
  [[nodiscard]] Result<std::vector<Event>> events_after(const TenantId& tenant, std::int64_t cursor, int most,
                                                        const CallContext& context) const;
  struct Look {
    bool waiting = false;  ///< events wait for a relay; then `events` is empty
    std::vector<Event> events;
  };
  /// As `events_after`, unless events wait for a relay. One transaction, for readers that poll.
  [[nodiscard]] Result<Look> look(const TenantId& tenant, std::int64_t cursor, int most,
                                  const CallContext& context) const;
  [[nodiscard]] Result<EventBounds> event_bounds(const TenantId& tenant, const CallContext& context) const;
  [[nodiscard]] Result<std::size_t> relay(const CallContext& context);
  /// For one tenant: the call neither waits for other tenants nor fails because of them.
  [[nodiscard]] Result<std::size_t> relay_of(const TenantId& tenant, const CallContext& context);
  /// See `hint`.
  [[nodiscard]] Result<void> announce(const TenantId& tenant, const EventId& stamp, const CallContext& context);
  [[nodiscard]] Result<void> rebuild(const TenantId& tenant, const CallContext& context);

 private:
  struct Hint {
    TenantId tenant;
    std::string stamp;
  };
  using Listed = std::vector<std::pair<std::string, std::string>>;  // account and channel
  [[nodiscard]] Result<Listed> accounts_of(const TenantId& tenant, const CallContext& context) const;
  [[nodiscard]] Result<void> list_all(const TenantId& tenant, const Listed& accounts, const CallContext& context) const;
  /// Tenants after `after`; quarantined ones are left out.
  [[nodiscard]] Result<std::vector<Hint>> read_hints(std::string_view after, const CallContext& context) const;
  /// Number of carried events. `stuck`: the fault of this tenant; returned errors are those of the control plane.
  [[nodiscard]] Result<std::size_t> relay_one(const Hint& hint, std::optional<Error>& stuck,
                                              const CallContext& context);
  [[nodiscard]] Result<std::vector<TenantEvent>> outbox(Database& database, const TenantId& tenant,
                                                        const CallContext& context) const;
  [[nodiscard]] Result<void> drop(Database& database, const std::vector<TenantEvent>& events,
                                  const CallContext& context) const;
  [[nodiscard]] Result<void> pass_over(const Hint& hint, const Error& stuck, const CallContext& context) const;
  [[nodiscard]] Result<bool> receive(const TenantEvent& event, const CallContext& context);
  /// Writes the directory's entry of an account that an event has disconnected. `stuck`: as in `relay_one`.
  [[nodiscard]] Result<void> unlist(Database& database, const TenantId& tenant, const std::string& account,
                                    std::optional<Error>& stuck, const CallContext& context);
  [[nodiscard]] Result<void> forget_old(const CallContext& context);
  [[nodiscard]] Result<void> clear(const Hint& hint, const CallContext& context) const;

  const std::shared_ptr<Storage> storage_;
  const std::shared_ptr<Clock> clock_;
  const std::shared_ptr<const Quarantine> quarantine_;
  std::shared_ptr<CallGate> calls_;
  std::shared_ptr<Telemetry> telemetry_;  ///< null: not measured
};

/// Within the control plane's transaction.
[[nodiscard]] Result<void> list_account(Transaction& tx, std::string_view tenant, std::string_view account,
                                        std::string_view channel);
/// Deletes the directory entries of a removed tenant; within the control plane's transaction.
[[nodiscard]] Result<void> forget_directory(Transaction& tx, std::string_view tenant);

}  // namespace stocktracker::inline v0
