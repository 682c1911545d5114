/// @file
/// What the account services share: ports, connectors by channel, and the accounts' credentials.
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

namespace stocktracker::inline v0 {

class RelayCore;

/// The stamp is in the account's row of its tenant's plane and changes with the credentials. Under another stamp they
/// were replaced, or the plane is another: they count no more.
struct AccountCredentials {
  Credentials credentials{};
  std::string stamp{};
};

/// Within a transaction of the tenant's plane. Empty: nothing that a process holds belongs to the account.
[[nodiscard]] Result<std::string> read_stamp(Transaction& tx, std::string_view account);

/// Thread-safe.
class AccountsCore {
 public:
  AccountsCore(Ports ports, std::vector<std::shared_ptr<ConnectorFactory>> factories,
               std::shared_ptr<HttpPolicies> policies, std::shared_ptr<RelayCore> relay)
      : ports_(std::move(ports)),
        factories_(std::move(factories)),
        policies_(std::move(policies)),
        relay_(std::move(relay)) {}

  [[nodiscard]] const Ports& ports() const noexcept { return ports_; }
  [[nodiscard]] RelayCore& relay() const noexcept { return *relay_; }

  [[nodiscard]] Result<std::shared_ptr<ConnectorFactory>> factory(const Channel& channel) const;
  [[nodiscard]] HttpPolicies& policies() const noexcept { return *policies_; }
  /// A connector that holds nothing of any account yet: to check credentials.
  [[nodiscard]] Result<std::shared_ptr<Connector>> stranger(const Credentials& credentials) const;
  /// A connector with these credentials of the account, behind the policies; `transport` and `memory` stand for the
  /// engine's own where given.
  [[nodiscard]] Result<std::shared_ptr<Connector>> connector(const Account& account, const Credentials& credentials,
                                                             const CallContext& context,
                                                             std::shared_ptr<HttpTransport> transport = {},
                                                             std::shared_ptr<AccountMemory> memory = {}) const;
  /// What the account signs in with now. With a sealer: as its plane stores it, read and opened at each call. Without
  /// one: as this process holds it for this tenant, unless the plane's stamp is another. Errc::credentials_missing when
  /// there is nothing.
  [[nodiscard]] Result<AccountCredentials> credentials(const Account& account, const CallContext& context) const;
  /// The same; nullopt when there is nothing, or it cannot be read, which is logged.
  [[nodiscard]] std::optional<Credentials> readable_credentials(const Account& account,
                                                                const CallContext& context) const;
  [[nodiscard]] Result<std::string> stamp(const AccountId& account, const CallContext& context) const;
  /// Within the account's own transaction: no account without its credentials. Writes nothing without a sealer.
  [[nodiscard]] Result<void> write_credentials(Transaction& tx, const Account& account, const Credentials& credentials,
                                               const TenantId& tenant) const;
  /// Runs `write`, which stores the account with the stamp and fills in its id. When it succeeds and there is no
  /// sealer, this process holds the credentials as long as it lives: they are taken out of `fresh`.
  [[nodiscard]] Result<void> replace(const Account& account, AccountCredentials& fresh, const CallContext& context,
                                     FunctionRef<Result<void>()> write);
  /// Drops what this process holds of the tenant.
  void forget(const TenantId& tenant);

 private:
  /// A stamp is compared with, or changed beside, what is held under the lock. It is one tenant's own: a slow plane
  /// keeps no other tenant waiting.
  struct HeldByTenant {
    std::mutex mutex;
    std::map<AccountId, AccountCredentials> accounts;
  };
  [[nodiscard]] std::shared_ptr<HeldByTenant> held_of(const TenantId& tenant) const;
  [[nodiscard]] Result<AccountCredentials> held_credentials(const Account& account, const CallContext& context) const;
  [[nodiscard]] Result<AccountCredentials> stored_credentials(const Account& account, const CallContext& context) const;

  Ports ports_;
  std::vector<std::shared_ptr<ConnectorFactory>> factories_;
  std::shared_ptr<HttpPolicies> policies_;
  std::shared_ptr<RelayCore> relay_;
  mutable std::mutex mutex_;
  mutable std::map<TenantId, std::shared_ptr<HeldByTenant>> held_;
};

}  // namespace stocktracker::inline v0
