/// @file
/// Accounts: the seller's identities on marketplaces, one per vendor's seller id.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/page.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/http/quota.hpp>
#include <stocktracker/marketplace/account_health.hpp>
#include <stocktracker/marketplace/connector.hpp>

namespace stocktracker::inline v0 {

struct Account {
  AccountId id;
  Channel channel;
  std::string seller_key;   ///< the vendor's id of the seller; unique per channel
  std::string seller_name;  ///< as the vendor writes it
  std::string label;        ///< the seller's own word for it, unique per tenant
  Instant connected_at;
};

struct ConnectOptions {
  std::string label{};  ///< empty: the seller's name, made unique by the seller key
};

class AccountsCore;

/// Handle; cheap to copy, thread-safe, keeps what it needs alive.
class STK_API Accounts {
 public:
  explicit Accounts(std::shared_ptr<AccountsCore> core) noexcept : core_(std::move(core)) {}

  /// Checks the credentials against the marketplace, then stores the account; connecting a known seller again updates
  /// it, keeps its id, and adds to the credentials it holds as the channel says. Nothing is stored when the check
  /// fails: vendor_unauthorized and vendor_forbidden mean the credentials, everything else says nothing about them.
  /// Without a sealer the credentials stay in this process.
  [[nodiscard]] Result<Account> connect(Credentials credentials, const ConnectOptions& options = {},
                                        const CallContext& context = {});
  [[nodiscard]] Pages<Account> list(const CallContext& context = {}) const;
  /// By id text, label, or seller key; Errc::not_found or, when several fit, Errc::invalid_argument.
  [[nodiscard]] Result<Account> find(std::string_view name, const CallContext& context = {}) const;
  [[nodiscard]] Result<Account> get(const AccountId& id, const CallContext& context = {}) const;
  /// As of the last connect or run, with expiries as of now.
  [[nodiscard]] Result<AccountHealth> health(const AccountId& id, const CallContext& context = {}) const;
  /// What the account's credentials say of themselves; never the credentials.
  [[nodiscard]] Result<std::vector<CredentialFacts>> credentials(const AccountId& id,
                                                                 const CallContext& context = {}) const;
  /// What is left of the limits that this process has asked about, of the tenant's accounts: those that are counted by
  /// an account's channel and seller key. Limits that are counted otherwise (by a token while the seller is not known)
  /// are shown only in a store of one seller. Two tenants that connected one seller share its limits, and see them.
  [[nodiscard]] Result<std::vector<QuotaStatus>> limits(const CallContext& context = {}) const;

 private:
  Result<Account> connect_entered(Credentials credentials, const ConnectOptions& options, const CallContext& context);
  std::shared_ptr<AccountsCore> core_;
};

}  // namespace stocktracker::inline v0
