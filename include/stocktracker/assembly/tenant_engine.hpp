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
/// permission that the function needs:
///
/// | Permission       | Functions                                                                                  |
/// |------------------|--------------------------------------------------------------------------------------------|
/// | stock_read       | Offers, Stock, Prices, Ledger::movements, known_since, verify, Listings::matched, products, |
/// |                  | Analytics::low_stock_of, offer_stock                                                       |
/// | orders_read      | Orders                                                                                     |
/// | both of these    | Analytics::stock_health                                                                    |
/// | accounts_read    | Accounts::list, find, get, health, credentials, limits                                     |
/// | accounts_change  | Accounts::connect, submit_connect, rename, disconnect                                      |
/// | sync_read        | Sync::runs, sources                                                                        |
/// | sync_run         | Sync::run, submit_run, run_all, plan, refuse                                               |
/// | catalogue_change | Listings::decide, undecide, recompute_products, Analytics::set_low_stock                   |
/// | settings_read    | Settings::get                                                                              |
/// | settings_change  | Settings::change                                                                           |
/// | ledger_retain    | Ledger::retain                                                                             |
/// | sync_release     | Sync::release                                                                              |
/// | events_read      | Events                                                                                     |
///
/// A refused listing fails at its first page. Cheap to copy, thread-safe. The handle and its services stay usable after
/// the Engine object has been destroyed. If the tenant is suspended or removed, the next transaction is refused. If a
/// permission is revoked, existing handles keep it; new handles do not have it.
///
/// @code
/// STK_TRY(auto handle, engine.as(tenant.id, {.actor = "u-17", .permissions = {st::Permission::stock_read}}));
/// STK_TRY(const auto total, handle.stock().total(account.id));
/// const auto run = handle.sync().run(account.id);  // permission_denied: stock_read permits no synchronisation
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
