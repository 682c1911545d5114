/// @file
/// What the account services share: ports, connectors by channel, and the credentials held in this process.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include <stocktracker/http/policies.hpp>
#include <stocktracker/marketplace/accounts.hpp>
#include <stocktracker/ports/ports.hpp>

namespace stocktracker::inline v0 {

class RelayCore;

/// Thread-safe.
class AccountsCore {
 public:
  AccountsCore(Ports ports, std::vector<std::shared_ptr<ConnectorFactory>> factories,
               std::shared_ptr<HttpPolicies> policies, std::shared_ptr<RelayCore> relay, bool many_tenants)
      : ports_(std::move(ports)),
        shared_(std::make_shared<Shared>(std::move(factories), std::move(policies), std::move(relay), many_tenants)) {}
  /// The same accounts, limits and held credentials, over other ports: of a handle that reaches one tenant.
  AccountsCore(Ports ports, const AccountsCore& whole) : ports_(std::move(ports)), shared_(whole.shared_) {}

  [[nodiscard]] const Ports& ports() const noexcept { return ports_; }
  [[nodiscard]] RelayCore& relay() const noexcept { return *shared_->relay; }
  [[nodiscard]] bool many_tenants() const noexcept { return shared_->many_tenants; }

  [[nodiscard]] Result<std::shared_ptr<ConnectorFactory>> factory(const Channel& channel) const;
  [[nodiscard]] HttpPolicies& policies() const noexcept { return *shared_->policies; }
  /// A connector that holds nothing of any account yet: to check credentials.
  [[nodiscard]] Result<std::shared_ptr<Connector>> stranger(const Credentials& credentials) const;
  /// A connector with the account's credentials, behind the policies; `transport` and `memory` stand for the engine's
  /// own where given.
  [[nodiscard]] Result<std::shared_ptr<Connector>> connector(const Account& account, const CallContext& context,
                                                             std::shared_ptr<HttpTransport> transport = {},
                                                             std::shared_ptr<AccountMemory> memory = {}) const;
  /// What this process or the store holds; empty parts when nothing is, or can be read.
  [[nodiscard]] Credentials held_credentials(const Account& account, const CallContext& context) const;
  /// Within the account's own transaction: no account without its credentials. Writes nothing without a sealer.
  [[nodiscard]] Result<void> write_credentials(Transaction& tx, const Account& account, const Credentials& credentials,
                                               const TenantId& tenant) const;
  /// For as long as this process lives.
  void hold(const AccountId& account, Credentials credentials);

 private:
  [[nodiscard]] std::optional<Credentials> held_copy(const AccountId& account) const;
  [[nodiscard]] Result<Credentials> stored_credentials(const Account& account, const CallContext& context) const;

  struct Shared {
    Shared(std::vector<std::shared_ptr<ConnectorFactory>> given_factories, std::shared_ptr<HttpPolicies> given_policies,
           std::shared_ptr<RelayCore> given_relay, bool many)
        : factories(std::move(given_factories)),
          policies(std::move(given_policies)),
          relay(std::move(given_relay)),
          many_tenants(many) {}

    const std::vector<std::shared_ptr<ConnectorFactory>> factories;
    const std::shared_ptr<HttpPolicies> policies;
    const std::shared_ptr<RelayCore> relay;
    const bool many_tenants;
    std::mutex mutex;  ///< of the following
    std::map<AccountId, Credentials> held;
  };

  const Ports ports_;
  const std::shared_ptr<Shared> shared_;
};

}  // namespace stocktracker::inline v0
