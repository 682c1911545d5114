/// @file
/// Engine: the services of one installation, ready to use.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <stocktracker/analytics/analytics.hpp>
#include <stocktracker/assembly/tenant_engine.hpp>
#include <stocktracker/inventory/ledger.hpp>
#include <stocktracker/inventory/listings.hpp>
#include <stocktracker/inventory/orders.hpp>
#include <stocktracker/inventory/prices.hpp>
#include <stocktracker/inventory/stock.hpp>
#include <stocktracker/marketplace/accounts.hpp>
#include <stocktracker/ports/ports.hpp>
#include <stocktracker/sync/sync.hpp>
#include <stocktracker/tenant/directory.hpp>
#include <stocktracker/tenant/keys.hpp>
#include <stocktracker/tenant/settings.hpp>
#include <stocktracker/tenant/tenants.hpp>

namespace stocktracker::inline v0 {

/// The program's own handle: refused nothing, reaches every tenant that a context names. Whatever acts for somebody
/// else gets `as` instead. Cheap to copy, thread-safe. The services keep the engine's parts alive after it is gone.
class STK_API Engine {
 public:
  struct Parts;
  explicit Engine(std::shared_ptr<Parts> parts) noexcept : parts_(std::move(parts)) {}

  /// A handle that reaches one tenant as `principal`. In a store of one seller the nil id or kDefaultTenant.
  /// Errc::not_found for a tenant that is not there or was removed, tenant_unset for the nil id in a store of many,
  /// invalid_argument about `actor` unless it has 1 to 120 bytes without control characters. Of `context` only deadline
  /// and stop count.
  [[nodiscard]] Result<TenantEngine> as(const TenantId& tenant, Principal principal,
                                        const CallContext& context = {}) const;

  [[nodiscard]] Tenants tenants() const;
  /// The operator's: rotation of the keys of stored credentials.
  [[nodiscard]] Keys keys() const;
  [[nodiscard]] Directory directory() const;
  [[nodiscard]] Settings settings() const;
  [[nodiscard]] Accounts accounts() const;
  [[nodiscard]] Sync sync() const;
  [[nodiscard]] Stock stock() const;
  [[nodiscard]] Ledger ledger() const;
  [[nodiscard]] Orders orders() const;
  [[nodiscard]] Prices prices() const;
  [[nodiscard]] Listings listings() const;
  [[nodiscard]] Analytics analytics() const;
  [[nodiscard]] Clock& clock() const;
  /// Integrity, schema, permissions, ledger and key, as findings. Reads everything: minutes on a large store. A tenant
  /// with damaged data is a finding, and is quarantined unless the engine only reads.
  [[nodiscard]] Result<std::vector<StorageFinding>> doctor(const CallContext& context = {}) const;
  /// A copy of the store while it is used: of the context's tenant where it names one and the store has many, otherwise
  /// of everything. `target` must not be there; it appears whole, or not at all. Keys are not in it: keep the key file
  /// elsewhere. A tenant with data that cannot be read is skipped, quarantined where they are damaged (unless the
  /// engine only reads), and quarantined in the backup; it is an error when it is the named one or no other is left.
  [[nodiscard]] Result<BackupReport> backup(const std::string& target, const CallContext& context = {}) const;

  /// One tenant's data as a file that another installation can take in: everything but credentials, which are sealed
  /// by this installation's keys, and what is not told yet. `target` must not be there.
  [[nodiscard]] Result<void> export_tenant(const std::string& target, const CallContext& context) const;
  /// The tenant of such a file, or of a backup of one, under its own id and a name of this installation; or the store
  /// of one seller (see OpenOptions::path), which is only read and becomes a tenant with a new id. The accounts must be
  /// connected again. Errc::store_constraint when the id or the name is taken; may be called again after it was cut
  /// off.
  [[nodiscard]] Result<Tenant> import_tenant(const std::string& file, std::string_view name,
                                             const CallContext& context = {}) const;

 private:
  [[nodiscard]] Result<BackupReport> write_backup(const std::string& target, const CallContext& context) const;
  [[nodiscard]] Result<void> write_tenant(const std::string& target, const CallContext& context) const;
  [[nodiscard]] Result<Tenant> take_in(const std::string& file, std::string_view name,
                                       const CallContext& context) const;

  std::shared_ptr<Parts> parts_;
};

}  // namespace stocktracker::inline v0
