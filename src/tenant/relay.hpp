/// @file
/// From a tenant's outbox into the control plane. No transaction spans both: an event is there twice for a moment, and
/// counts once by its id.
#pragma once

#include <string_view>
#include <vector>

#include <stocktracker/ports/ports.hpp>
#include <stocktracker/tenant/directory.hpp>

namespace stocktracker::inline v0 {

/// Into the tenant's own transaction: it happened, or it did not.
[[nodiscard]] Result<void> tell(Transaction& tx, const EventId& event, std::string_view topic, std::string_view payload,
                                Instant now);

/// The relay will look at this tenant. Before the telling where nothing else would ever bring the relay there.
[[nodiscard]] Result<void> hint(Storage& storage, const TenantId& tenant, const EventId& stamp,
                                const CallContext& context);

class RelayCore {
 public:
  /// `storage` is the store itself, not the gate before it: what a suspended tenant had to say is carried, too.
  RelayCore(std::shared_ptr<Storage> storage, std::shared_ptr<Clock> clock) noexcept
      : storage_(std::move(storage)), clock_(std::move(clock)) {}

  [[nodiscard]] Clock& clock() const noexcept { return *clock_; }
  [[nodiscard]] Result<std::vector<DirectoryEntry>> page(const DirectoryEntry& after, const CallContext& context) const;
  [[nodiscard]] Result<std::vector<TenantEvent>> events(const EventId& after, int most,
                                                        const CallContext& context) const;
  [[nodiscard]] Result<std::size_t> relay(const CallContext& context);
  /// Of one tenant: a tenant's own call neither waits for others nor fails because of them.
  [[nodiscard]] Result<std::size_t> relay_of(const TenantId& tenant, const CallContext& context);
  /// See `hint`.
  [[nodiscard]] Result<void> announce(const TenantId& tenant, const EventId& stamp, const CallContext& context);
  [[nodiscard]] Result<void> rebuild(const TenantId& tenant, const CallContext& context);

 private:
  struct Hint {
    TenantId tenant;
    std::string stamp;
  };
  [[nodiscard]] Result<std::vector<Hint>> hints(const CallContext& context) const;
  [[nodiscard]] Result<std::size_t> relay_one(const Hint& hint, const CallContext& context);
  [[nodiscard]] Result<bool> receive(const TenantEvent& event, const CallContext& context);
  [[nodiscard]] Result<void> forget_old(const CallContext& context);
  [[nodiscard]] Result<void> clear(const Hint& hint, const CallContext& context);

  const std::shared_ptr<Storage> storage_;
  const std::shared_ptr<Clock> clock_;
};

/// A tenant that goes takes its directory along; within the control plane's transaction.
[[nodiscard]] Result<void> forget_directory(Transaction& tx, std::string_view tenant);

}  // namespace stocktracker::inline v0
