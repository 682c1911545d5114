/// @file
/// TenantEngine: the services of one tenant, for one principal. Requests, jobs, chats and scripts use this handle.
#pragma once

#include <memory>

#include <stocktracker/assembly/services.hpp>
#include <stocktracker/core/ids.hpp>
#include <stocktracker/core/principal.hpp>

namespace stocktracker::inline v0 {

/// Made by Engine::as. Reaches its tenant and no other: a context may leave tenant and actor empty, which means the
/// handle's; Errc::tenant_mismatch when it names others. Errc::permission_denied when the principal lacks the
/// permission that the function needs: docs/permissions.md lists all functions. The permissions of a role are
/// permissions_of(role) (identity/permissions.hpp). The services of Engine have no principal and refuse nothing.
///
/// A refused listing fails at its first page. Cheap to copy, thread-safe. The handle and its services stay usable after
/// the Engine object has been destroyed. If the tenant is suspended or removed, the next transaction is refused. If a
/// permission is revoked, existing handles keep it; new handles do not have it.
///
/// @code
/// STK_TRY(auto handle, engine.as(tenant.id, {.actor = "u-17", .permissions = {st::Permission::stock_read}}));
/// STK_TRY(const auto total, handle.stock().total(account.id));
/// const auto run = handle.sync().run(account.id);  // permission_denied: stock.read permits no synchronisation
/// @endcode
class STK_API TenantEngine {
 public:
  struct Parts;
  explicit TenantEngine(std::shared_ptr<const Parts> parts) noexcept : parts_(std::move(parts)) {}

  /// In a store of one seller the default tenant.
  [[nodiscard]] const TenantId& tenant() const noexcept;
  [[nodiscard]] const Principal& principal() const noexcept;

  [[nodiscard]] Events events() const;
  [[nodiscard]] Settings settings() const;
  [[nodiscard]] Members members() const;
  [[nodiscard]] Accounts accounts() const;
  [[nodiscard]] Sync sync() const;
  [[nodiscard]] Offers offers() const;
  [[nodiscard]] Stock stock() const;
  [[nodiscard]] Ledger ledger() const;
  [[nodiscard]] Orders orders() const;
  [[nodiscard]] Prices prices() const;
  [[nodiscard]] Listings listings() const;
  [[nodiscard]] Analytics analytics() const;
  [[nodiscard]] Clock& clock() const noexcept;

 private:
  std::shared_ptr<const Parts> parts_;
};

}  // namespace stocktracker::inline v0
