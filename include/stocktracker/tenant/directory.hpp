/// @file
/// The account directory: which accounts there are in all tenants, for whoever schedules them; and the relay that keeps
/// it, carrying what tenants have to say into the control plane.
#pragma once

#include <memory>
#include <string>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/ids.hpp>
#include <stocktracker/core/page.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0 {

/// No secrets, no stock: what a scheduler needs to know.
struct DirectoryEntry {
  TenantId tenant;
  AccountId account;
  std::string channel;  ///< its code, e.g. "wildberries"
};

/// Something that happened in a tenant, once it has reached the control plane.
struct TenantEvent {
  EventId id;
  TenantId tenant;
  std::string topic;    ///< "account.connected", "sync.finished"
  std::string payload;  ///< a JSON object
  Instant created_at;
};

class RelayCore;

/// Handle; cheap to copy, thread-safe. The context's tenant does not matter here.
class STK_API Directory {
 public:
  explicit Directory(std::shared_ptr<RelayCore> core) noexcept : core_(std::move(core)) {}

  /// By tenant, then account.
  [[nodiscard]] Pages<DirectoryEntry> accounts(const CallContext& context = {}) const;
  /// Events that arrived after `after` did, in the order of their arrival, so that a reader who goes on from the last
  /// one misses none; kept for thirty days. All that are kept where `after` is nil or not kept any more.
  [[nodiscard]] Result<std::vector<TenantEvent>> events(const EventId& after, int most,
                                                        const CallContext& context = {}) const;
  /// Carries over what tenants have left to be told; how many events that were. Each arrives once, however often a
  /// relay is cut off and whoever runs one beside it.
  [[nodiscard]] Result<std::size_t> relay(const CallContext& context = {});
  /// Reads the accounts of one tenant again: after a restore, or for a store that an older version filled.
  [[nodiscard]] Result<void> rebuild(const TenantId& tenant, const CallContext& context = {});

 private:
  std::shared_ptr<RelayCore> core_;
};

}  // namespace stocktracker::inline v0
