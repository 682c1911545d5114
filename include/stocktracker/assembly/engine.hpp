/// @file
/// Engine: the services of one installation, ready to use. Headers of the services are included by their users.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/assembly/services.hpp>
#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/duration.hpp>
#include <stocktracker/core/ids.hpp>
#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0 {

/// The program's own handle: it is never refused, and reaches every tenant that a context names. Code that acts for
/// somebody else (a request, a job) uses `as` instead. Cheap to copy, thread-safe. Services stay usable after the
/// Engine object has been destroyed.
///
/// @code
/// STK_TRY(auto engine, st::open({.path = "shop.db", .key_file = "shop.key"}));
/// STK_TRY(const auto account, engine.accounts().find("main"));
/// STK_TRY(const auto run, engine.sync().run(account.id, {.timeout = 60s}));
/// STK_TRY(const auto copy, engine.backup("copies/monday.db"));
/// @endcode
class STK_API Engine {
 public:
  struct Parts;
  explicit Engine(std::shared_ptr<Parts> parts) noexcept : parts_(std::move(parts)) {}

  /// A handle that reaches one tenant, acting as `principal`. In a store of one seller use the nil id or
  /// kDefaultTenant. Errc::not_found when the tenant does not exist or was removed, tenant_unset for the nil id in a
  /// store of many tenants, invalid_argument (field "actor") unless it is a name as CallContext::actor takes it, and
  /// not empty. Of `context` only the deadline and the stop token are used.
  [[nodiscard]] Result<TenantEngine> as(const TenantId& tenant, Principal principal,
                                        const CallContext& context = {}) const;

  /// Shuts down: new calls of this engine, of its copies and of every handle and service that it gave out end with
  /// Errc::engine_closed, also the next page of a listing. Calls in progress go on for `grace` (real time); then they
  /// are asked to stop and end with Errc::cancelled; a run that is stopped before its commit changes nothing. Returns
  /// when the last call has ended and the threads of the network and of the executor have ended, if `open` has made
  /// them. A call within a call, e.g. by a connector, may still begin if it has that call's context. May be called
  /// again, and by several threads; each waits for the end. In a callback of a call of this engine (a progress sink, a
  /// connector, a stop callback) it would wait for itself: Errc::unsupported, at once, and the engine stays open. Let
  /// that call return first.
  ///
  /// In a forked child: Errc::engine_forked, at once, as from every other call of an engine that was opened before the
  /// fork. Destroying such an engine in the child frees nothing and waits for nothing.
  ///
  /// @code
  /// STK_TRY(engine.close(std::chrono::seconds(5)));
  /// @endcode
  [[nodiscard]] Result<void> close(Duration grace = std::chrono::seconds(10)) const;

  [[nodiscard]] Tenants tenants() const;
  /// Users of the installation, and their registration.
  [[nodiscard]] Users users() const;
  /// Members of the context's tenant.
  [[nodiscard]] Members members() const;
  /// For the operator: rotation of the keys of stored credentials.
  [[nodiscard]] Keys keys() const;
  [[nodiscard]] Directory directory() const;
  /// Events of the context's tenant.
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
  [[nodiscard]] Clock& clock() const;
  /// Checks integrity, schema, permissions, ledger and key, and returns findings (ports/database.hpp). Reads all data:
  /// minutes on a large store. A tenant with damaged data is a finding, and is quarantined unless the engine is
  /// read-only.
  [[nodiscard]] Result<std::vector<StorageFinding>> doctor(const CallContext& context = {}) const;
  /// A copy of the store while it is in use: of the context's tenant if it names one and the store has many, otherwise
  /// of all data. `target` must not exist; it appears complete, or not at all. Keys are not in it: keep the key file
  /// elsewhere. A copy of all data leaves out a tenant with unreadable data, and the tenant is quarantined in the
  /// backup; if the data are damaged, it is quarantined in the store, too (unless the engine is read-only). The call
  /// fails if that tenant is the named one, or if no other tenant can be copied.
  [[nodiscard]] Result<BackupReport> backup(const std::string& target, const CallContext& context = {}) const;

  /// Writes one tenant's data to a file that another installation can import. Left out are credentials, which are
  /// sealed by this installation's keys, and events that have not been published yet. `target` must not exist.
  [[nodiscard]] Result<void> export_tenant(const std::string& target, const CallContext& context) const;
  /// Imports a tenant: from such a file or from a backup of one tenant, under its own id and a name that is new here;
  /// or from the store of one seller (see OpenOptions::path), which is only read and becomes a tenant with a new id.
  /// The accounts must be connected again. Errc::already_exists when the id or the name exists. Repeat the call if it
  /// was interrupted.
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
