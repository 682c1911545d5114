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

#include "marketplace/allowed_addresses.hpp"

namespace stocktracker::inline v0 {

class RelayCore;

/// Thread-safe.
class AccountsCore {
 public:
  AccountsCore(Ports ports, std::vector<std::shared_ptr<ConnectorFactory>> factories,
               std::shared_ptr<HttpPolicies> policies, std::shared_ptr<RelayCore> relay, AllowedAddresses allowed = {})
      : ports_(std::move(ports)),
        factories_(std::move(factories)),
        policies_(std::move(policies)),
        relay_(std::move(relay)),
        allowed_(std::move(allowed)) {}

  [[nodiscard]] const Ports& ports() const noexcept { return ports_; }
  [[nodiscard]] RelayCore& relay() const noexcept { return *relay_; }

  [[nodiscard]] Result<std::shared_ptr<ConnectorFactory>> factory(const Channel& channel) const;
  [[nodiscard]] HttpPolicies& policies() const noexcept { return *policies_; }
  /// A connector that holds nothing of any account yet: to check credentials.
  [[nodiscard]] Result<std::shared_ptr<Connector>> stranger(const Credentials& credentials) const;
  /// A connector with the account's credentials, behind the policies; `transport` and `memory` stand for the engine's
  /// own where given.
  [[nodiscard]] Result<std::shared_ptr<Connector>> connector(const Account& account, const CallContext& context,
                                                             std::shared_ptr<HttpTransport> transport = {},
                                                             std::shared_ptr<AccountMemory> memory = {}) const;
  /// Errc::address_refused where the credentials name a base_url that is not allowed.
  [[nodiscard]] Result<void> check_address(const Credentials& credentials) const;
  /// What this process or the store holds; empty parts when nothing is, or can be read.
  [[nodiscard]] Credentials held_credentials(const Account& account, const CallContext& context) const;
  /// Within the account's own transaction: no account without its credentials. Writes nothing without a sealer.
  [[nodiscard]] Result<void> write_credentials(Transaction& tx, const Account& account, const Credentials& credentials,
                                               const TenantId& tenant) const;
  /// For as long as this process lives.
  void hold(const AccountId& account, Credentials credentials);

 private:
  [[nodiscard]] std::optional<Credentials> held_copy(const AccountId& account) const;
  /// Behind the policies and the guards.
  [[nodiscard]] Result<std::shared_ptr<Connector>> guarded(ConnectorFactory& factory, const Credentials& credentials,
                                                           ConnectorPorts ports) const;
  [[nodiscard]] Result<Credentials> stored_credentials(const Account& account, const CallContext& context) const;

  Ports ports_;
  std::vector<std::shared_ptr<ConnectorFactory>> factories_;
  std::shared_ptr<HttpPolicies> policies_;
  std::shared_ptr<RelayCore> relay_;
  AllowedAddresses allowed_;
  mutable std::mutex mutex_;
  std::map<AccountId, Credentials> held_;
};

}  // namespace stocktracker::inline v0
