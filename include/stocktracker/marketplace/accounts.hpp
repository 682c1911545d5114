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
  /// it and keeps its id. Nothing is stored when the check fails: vendor_unauthorized and vendor_forbidden mean the
  /// credentials, everything else says nothing about them.
  ///
  /// The account keeps parts of its earlier credentials as the channel says (Wildberries: tokens for other categories),
  /// if they are this tenant's own and were connected for the same address (`base_url`, or none both times). For
  /// another address the new credentials count alone: no token is ever sent to an address that it was not connected
  /// for, and an address that is not given again is not kept.
  ///
  /// With a key the credentials are sealed into the store; a process reads them when a run begins, and a run that is
  /// under way changes to new ones (see Sync::run). Without a key they stay in this process, until the tenant is
  /// suspended, restored or removed, or another process connects the account: then Errc::credentials_missing.
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
