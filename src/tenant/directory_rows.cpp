// RelayCore, the rows of the account directory: listed by events, corrected after a disconnection, rebuilt.
#include "tenant/relay.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr Statement kDirectory{"account_directory.page",
                               "SELECT tenant_id, account_id, channel FROM account_directory WHERE (tenant_id, "
                               "account_id) > ($1, $2) ORDER BY tenant_id, account_id LIMIT 1000"};
constexpr Statement kForget{"account_directory.forget", "DELETE FROM account_directory WHERE tenant_id = $1"};
constexpr Statement kForgetHint{"relay_hint.forget", "DELETE FROM relay_hint WHERE tenant_id = $1"};
constexpr Statement kGone{"tenant.gone",
                          "SELECT tenant_id FROM tenant WHERE tenant_id = $1 AND state IN ('deleting', 'deleted')"};
constexpr Statement kAccounts{"account.directory",
                              "SELECT account_id, channel FROM account WHERE disconnected_at IS NULL "
                              "ORDER BY account_id"};
constexpr Statement kIsConnected{"account.is_connected",
                                 "SELECT channel FROM account WHERE account_id = $1 AND disconnected_at IS NULL"};
constexpr Statement kUnlist{"account_directory.unlist",
                            "DELETE FROM account_directory WHERE tenant_id = $1 AND account_id = $2"};

}  // namespace

Result<void> list_account(Transaction& tx, std::string_view tenant, std::string_view account,
                          std::string_view channel) {
  STK_TRY(tx.upsert("account_directory", OnConflict::update,
                    {SqlColumn::constant("tenant_id", tenant), SqlColumn::constant("account_id", account),
                     SqlColumn::constant("channel", channel)}));
  return success();
}

Result<void> forget_directory(Transaction& tx, std::string_view tenant) {
  STK_TRY(tx.execute(kForget, {tenant}));
  STK_TRY(tx.execute(kForgetHint, {tenant}));
  return success();
}

Result<std::vector<DirectoryEntry>> RelayCore::page(const DirectoryEntry& after, const CallContext& context) const {
  std::vector<DirectoryEntry> entries;
  const bool first = after.tenant.is_nil();
  const std::string tenant = first ? std::string() : after.tenant.text();
  const std::string account = first ? std::string() : after.account.text();
  const auto read = [&](Transaction& tx) -> Result<void> {
    entries.clear();
    STK_TRY(auto rows, tx.query(kDirectory, {tenant, account}));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      DirectoryEntry& entry = entries.emplace_back();
      STK_TRY(entry.tenant, TenantId::parse(rows->text(0)));
      STK_TRY(entry.account, AccountId::parse(rows->text(1)));
      entry.channel = rows->text(2);
    }
  };
  STK_TRY(storage_->control().transact(context, TransactMode::read, read));
  return entries;
}

Result<void> RelayCore::unlist(Database& database, const TenantId& given, const std::string& account,
                               std::optional<Error>& stuck, const CallContext& context) {
  const std::string tenant = given.text();
  // Another relay may be ahead, and the account may be connected again: what counts is what it is now.
  const auto channel_now = [&]() -> Result<std::string> {
    std::string channel;
    const auto read = [&](Transaction& tx) -> Result<void> {
      STK_TRY(auto rows, tx.query(kIsConnected, {account}));
      STK_TRY(const bool connected, rows->next());
      channel = connected ? rows->text(0) : std::string_view();
      return success();
    };
    STK_TRY(database.transact(patient(context), TransactMode::read, read));
    return channel;
  };
  auto channel = channel_now();
  while (channel) {
    const auto write = [&](Transaction& tx) -> Result<void> {
      STK_TRY(tx.execute(kUnlist, {tenant, account}));
      if (channel.value().empty()) return success();
      return list_account(tx, tenant, account, channel.value());
    };
    STK_TRY(storage_->control().transact(context, TransactMode::write, write));
    // It may have changed since it was read, and another relay may have written that already.
    auto again = channel_now();
    if (again && again.value() == channel.value()) return success();
    channel = std::move(again);
  }
  stuck = channel.error();
  return success();
}

Result<void> RelayCore::rebuild(const TenantId& given, const CallContext& context) {
  const TenantId tenant = given.is_nil() ? kDefaultTenant : given;
  STK_TRY(auto accounts, accounts_of(tenant, context));
  while (true) {
    STK_TRY(list_all(tenant, accounts, context));
    // An account that was connected since they were read may have been listed by a relay, and removed again by this.
    STK_TRY(auto now_are, accounts_of(tenant, context));
    if (now_are == accounts) return success();
    accounts = std::move(now_are);
  }
}

Result<RelayCore::Listed> RelayCore::accounts_of(const TenantId& tenant, const CallContext& context) const {
  Listed accounts;
  STK_TRY(auto database, storage_->tenant(tenant));
  const auto read = [&](Transaction& tx) -> Result<void> {
    accounts.clear();
    STK_TRY(auto rows, tx.query(kAccounts));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      STK_TRY(const auto account, AccountId::parse(rows->text(0)));
      accounts.emplace_back(account.text(), rows->text(1));
    }
  };
  STK_TRY(database->transact(context, TransactMode::read, read));
  return accounts;
}

Result<void> RelayCore::list_all(const TenantId& tenant, const Listed& accounts, const CallContext& context) const {
  const std::string id = tenant.text();
  const auto write = [&](Transaction& tx) -> Result<void> {
    STK_TRY(tx.execute(kForget, {id}));
    STK_TRY(auto gone, tx.query(kGone, {id}));
    STK_TRY(const bool is_gone, gone->next());
    if (is_gone) return success();  // removed since its accounts were read
    for (const auto& [account, channel] : accounts) {
      STK_TRY(list_account(tx, id, account, channel));
    }
    return success();
  };
  return storage_->control().transact(context, TransactMode::write, write);
}

}  // namespace stocktracker::inline v0
