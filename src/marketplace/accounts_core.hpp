/// AccountsCore: what the account services share: ports, connectors by channel, and the accounts' credentials.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/function_ref.hpp>
#include <stocktracker/http/policies.hpp>
#include <stocktracker/marketplace/accounts.hpp>
#include <stocktracker/ports/ports.hpp>

#include "marketplace/allowed_addresses.hpp"
#include "marketplace/sent_secrets.hpp"

namespace stocktracker::inline v0 {

class RelayCore;

/// The stamp is stored in the account's row and changes with the credentials. If the stamp differs, the credentials in
/// memory were replaced, or belong to another plane, and are invalid.
struct AccountCredentials {
  Credentials credentials{};
  std::string stamp{};
};

/// Call within a transaction of the tenant's plane. Empty: no credentials in memory belong to the account.
[[nodiscard]] Result<std::string> read_stamp(Transaction& tx, std::string_view account);

/// Thread-safe.
class AccountsCore {
 public:
  AccountsCore(Ports ports, std::vector<std::shared_ptr<ConnectorFactory>> factories,
               std::shared_ptr<HttpPolicies> policies, std::shared_ptr<RelayCore> relay, bool many_tenants,
               AllowedAddresses allowed = {})
      : ports_(std::move(ports)),
        shared_(std::make_shared<Shared>(std::move(factories), std::move(policies), std::move(relay), many_tenants,
                                         std::move(allowed))) {}
  /// The same accounts, limits and credentials in memory, with other ports: for the handle of one tenant.
  AccountsCore(Ports ports, const AccountsCore& sharing) : ports_(std::move(ports)), shared_(sharing.shared_) {}

  [[nodiscard]] const Ports& ports() const noexcept { return ports_; }
  [[nodiscard]] RelayCore& relay() const noexcept { return *shared_->relay; }
  [[nodiscard]] bool many_tenants() const noexcept { return shared_->many_tenants; }

  [[nodiscard]] Result<std::shared_ptr<ConnectorFactory>> factory(const Channel& channel) const;
  [[nodiscard]] HttpPolicies& policies() const noexcept { return *shared_->policies; }
  /// A connector without state of any account: to check credentials.
  [[nodiscard]] Result<std::shared_ptr<Connector>> stranger(const Credentials& credentials) const;
  /// A connector with these credentials of the account, behind the HTTP policies and the guards. `transport` and
  /// `memory` replace the engine's own if given. `secrets` are removed from the connector's errors; more may be added
  /// later.
  [[nodiscard]] Result<std::shared_ptr<Connector>> connector(const Account& account, const Credentials& credentials,
                                                             const CallContext& context,
                                                             std::shared_ptr<HttpTransport> transport = {},
                                                             std::shared_ptr<AccountMemory> memory = {},
                                                             std::shared_ptr<SentSecrets> secrets = {}) const;
  /// The present credentials of the account. With a sealer: read from the plane and opened at each call. Without one:
  /// those that this process holds for the tenant, unless the plane has another stamp. Errc::credentials_missing if
  /// there are none, key_missing if they are sealed and there is no sealer.
  [[nodiscard]] Result<AccountCredentials> credentials(const Account& account, const CallContext& context) const;
  /// The same; nullopt if there are none, or if they cannot be read, which is logged.
  [[nodiscard]] std::optional<Credentials> readable_credentials(const Account& account,
                                                                const CallContext& context) const;
  [[nodiscard]] Result<std::string> stamp(const AccountId& account, const CallContext& context) const;
  /// Call within the account's own transaction: no account without credentials. Writes nothing without a sealer.
  [[nodiscard]] Result<void> write_credentials(Transaction& tx, const Account& account, const Credentials& credentials,
                                               const TenantId& tenant) const;
  /// Runs `write`, which stores the account with the stamp and fills in its id. If it succeeds and there is no sealer,
  /// this process keeps the credentials in memory: they are taken out of `fresh`.
  [[nodiscard]] Result<void> replace(const Account& account, AccountCredentials& fresh, const CallContext& context,
                                     FunctionRef<Result<void>()> write);
  /// Runs `write`, which deletes the account's credentials in the store. If it succeeds, they are deleted from this
  /// process's memory, too.
  [[nodiscard]] Result<void> drop(const AccountId& account, const CallContext& context,
                                  FunctionRef<Result<void>()> write);
  /// Deletes what this process holds of the tenant in memory.
  void forget(const TenantId& tenant);

 private:
  /// Stamps are compared, and changed together with the credentials in memory, under this lock. Each tenant has its own
  /// lock, so that a slow plane does not delay other tenants.
  struct HeldByTenant {
    std::mutex mutex;
    std::map<AccountId, AccountCredentials> accounts;
  };
  [[nodiscard]] std::shared_ptr<HeldByTenant> held_of(const TenantId& tenant) const;
  /// True if the store has sealed credentials of the account.
  [[nodiscard]] Result<bool> has_sealed(const Account& account, const CallContext& context) const;
  [[nodiscard]] Result<AccountCredentials> held_credentials(const Account& account, const CallContext& context) const;
  [[nodiscard]] Result<AccountCredentials> stored_credentials(const Account& account, const CallContext& context) const;
  /// Adds the HTTP policies and the guards.
  [[nodiscard]] Result<std::shared_ptr<Connector>> guarded(ConnectorFactory& factory, const Credentials& credentials,
                                                           ConnectorPorts ports,
                                                           std::shared_ptr<SentSecrets> secrets = {}) const;

  struct Shared {
    Shared(std::vector<std::shared_ptr<ConnectorFactory>> given_factories, std::shared_ptr<HttpPolicies> given_policies,
           std::shared_ptr<RelayCore> given_relay, bool many, AllowedAddresses given_allowed)
        : factories(std::move(given_factories)),
          policies(std::move(given_policies)),
          relay(std::move(given_relay)),
          many_tenants(many),
          allowed(std::move(given_allowed)) {}

    const std::vector<std::shared_ptr<ConnectorFactory>> factories;
    const std::shared_ptr<HttpPolicies> policies;
    const std::shared_ptr<RelayCore> relay;
    const bool many_tenants;
    const AllowedAddresses allowed;
    std::mutex mutex;  ///< protects the following members
    std::map<TenantId, std::shared_ptr<HeldByTenant>> held;
  };

  const Ports ports_;
  const std::shared_ptr<Shared> shared_;
};

}  // namespace stocktracker::inline v0
