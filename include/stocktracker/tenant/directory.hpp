/// @file
/// The account directory: the accounts of all tenants, for schedulers; and the relay that keeps it up to date by
/// carrying events of tenants into the control plane.
#pragma once

#include <memory>
#include <string>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/ids.hpp>
#include <stocktracker/core/page.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0 {

/// What a scheduler needs to know about an account: no secrets, no stock.
struct DirectoryEntry {
  TenantId tenant;
  AccountId account;
  std::string channel;  ///< the channel's code, e.g. "wildberries"
};

/// An event of a tenant that has reached the control plane.
struct TenantEvent {
  EventId id;
  TenantId tenant;
  std::string topic;    ///< see Event (tenant/events.hpp)
  std::string payload;  ///< a JSON object
  Instant created_at;
};

class RelayCore;

/// Handle; cheap to copy, thread-safe. The context's tenant is ignored.
///
/// @code
/// STK_TRY(const auto carried, engine.directory().relay());
/// st::EventId last;  // nil: from the oldest kept event; store the id of the last one that was handled
/// STK_TRY(const auto events, engine.directory().events(last, 100));
/// for (const st::TenantEvent& event : events) last = event.id;
/// @endcode
class STK_API Directory {
 public:
  explicit Directory(std::shared_ptr<RelayCore> core) noexcept : core_(std::move(core)) {}

  /// The connected accounts, by tenant, then account.
  [[nodiscard]] Pages<DirectoryEntry> accounts(const CallContext& context = {}) const;
  /// Events that arrived after the event `after`, in the order of arrival: a reader that continues from its last event
  /// misses none. Events are kept for thirty days. If `after` is nil or no longer kept, returns all kept events.
  [[nodiscard]] Result<std::vector<TenantEvent>> events(const EventId& after, int most,
                                                        const CallContext& context = {}) const;
  /// Carries waiting events of all tenants over; returns their number. Each event arrives once, also if a relay is
  /// interrupted or several run at the same time.
  [[nodiscard]] Result<std::size_t> relay(const CallContext& context = {});
  /// Reads the accounts of one tenant again: after a restore, or for a store written by an older version.
  [[nodiscard]] Result<void> rebuild(const TenantId& tenant, const CallContext& context = {});

 private:
  std::shared_ptr<RelayCore> core_;
};

}  // namespace stocktracker::inline v0
