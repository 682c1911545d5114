/// @file
/// Accounts: the seller's accounts on marketplaces, one per seller id of a vendor.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/page.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/http/quota.hpp>
#include <stocktracker/marketplace/account_health.hpp>
#include <stocktracker/marketplace/connector.hpp>
#include <stocktracker/ports/operation.hpp>

namespace stocktracker::inline v0 {

struct Account {
  AccountId id;
  Channel channel;
  std::string seller_key;   ///< the vendor's id of the seller; unique per channel
  std::string seller_name;  ///< as the vendor writes it
  std::string label;        ///< the seller's own name for it, unique per tenant
  Instant connected_at;
  std::optional<Instant> disconnected_at{};  ///< see Accounts::disconnect; nullopt: it is connected
};

struct ConnectOptions {
  /// UTF-8 of at most 1,024 bytes, not blank, without control characters and marks that turn the direction of writing;
  /// empty: the seller's name, made unique by the seller key.
  std::string label{};
};

class AccountsCore;

/// Handle; cheap to copy, thread-safe, keeps what it needs alive.
///
/// @code
/// auto credentials = st::wildberries::credentials(st::Secret::copy_of(text));
/// STK_TRY(const auto account, engine.accounts().connect(std::move(credentials), {.label = "main"}));
/// STK_TRY(const auto health, engine.accounts().health(account.id));
/// if (health.reason) std::printf("%s: %s\n", to_string(health.state), health.reason->code.c_str());
/// @endcode
class STK_API Accounts {
 public:
  explicit Accounts(std::shared_ptr<AccountsCore> core) noexcept : core_(std::move(core)) {}

  /// Checks the credentials against the marketplace, then stores the account. Connecting a known seller again updates
  /// the account and keeps its id. If the check fails, nothing is stored: vendor_unauthorized and vendor_forbidden mean
  /// that the credentials were refused; any other error does not say whether they are valid.
  ///
  /// The account keeps parts of its earlier credentials as the channel defines (Wildberries: tokens for other
  /// categories), if they belong to this tenant and were connected for the same address (`base_url`, or none both
  /// times). For another address only the new credentials are used: a token is never sent to an address that it was not
  /// connected for, and an address that is not given again is not kept.
  ///
  /// With a key, the credentials are sealed into the store; a process reads them when a run begins, and a run in
  /// progress changes to new ones (see Sync::run). Without a key they stay in this process until the tenant is
  /// suspended, restored or removed, or another process connects the account: then calls end with
  /// Errc::credentials_missing.
  [[nodiscard]] Result<Account> connect(Credentials credentials, const ConnectOptions& options = {},
                                        const CallContext& context = {});
  /// The same as `connect`, on the engine's executor: returns at once. Errc::overloaded if its queue is full.
  [[nodiscard]] Result<Operation<Account>> submit_connect(Credentials credentials, const ConnectOptions& options = {},
                                                          const CallContext& context = {});
  /// Gives the account another label: not empty, else as in ConnectOptions. Errc::already_exists (field "label") if
  /// another account of the tenant has it, Errc::not_found for an unknown account.
  [[nodiscard]] Result<Account> rename(const AccountId& id, std::string_view label, const CallContext& context = {});
  /// Deletes the account's credentials and what they reported, here and in the store. The data stay, and the account
  /// is marked: Account::disconnected_at, HealthState::denied with the reason "disconnected". A run in progress, also
  /// of another process, ends with Errc::lease_lost at the latest after a third of SyncOptions::lease, and applies
  /// nothing. Later runs end with Errc::credentials_missing, and the directory does not list the account. `connect`
  /// with the same seller revives it under its id. Success if it is already disconnected; Errc::not_found for an
  /// unknown account.
  ///
  /// A backup that was made earlier still contains the sealed credentials: revoke the token at the marketplace as well.
  [[nodiscard]] Result<Account> disconnect(const AccountId& id, const CallContext& context = {});
  [[nodiscard]] Pages<Account> list(const CallContext& context = {}) const;
  /// By id text, label, or seller key. Errc::not_found; Errc::invalid_argument when several accounts match.
  [[nodiscard]] Result<Account> find(std::string_view name, const CallContext& context = {}) const;
  [[nodiscard]] Result<Account> get(const AccountId& id, const CallContext& context = {}) const;
  /// As of the last connect or run; expiries are computed for the present time.
  [[nodiscard]] Result<AccountHealth> health(const AccountId& id, const CallContext& context = {}) const;
  /// What the account's credentials say about themselves (kind, categories, expiry); never the credentials.
  /// Errc::not_found if the account does not exist.
  [[nodiscard]] Result<std::vector<CredentialFacts>> credentials(const AccountId& id,
                                                                 const CallContext& context = {}) const;
  /// What remains of the limits that this process has used for the tenant's accounts. Included are limits counted per
  /// channel and seller key. Limits counted otherwise (per token, while the seller is not known) are shown only in a
  /// store of one seller. If two tenants connect the same seller, they share and see the same limits.
  [[nodiscard]] Result<std::vector<QuotaStatus>> limits(const CallContext& context = {}) const;

 private:
  Result<Account> connect_entered(Credentials credentials, const ConnectOptions& options, const CallContext& context);
  Result<Account> rename_entered(const AccountId& id, std::string_view label, const CallContext& context);
  Result<Account> disconnect_entered(const AccountId& id, const CallContext& context);
  std::shared_ptr<AccountsCore> core_;
};

}  // namespace stocktracker::inline v0
