// AccountsCore: connectors, credentials in memory and sealed, the relay; shared by the services of accounts.
#include "marketplace/accounts_core.hpp"

#include <algorithm>

#include "core/caught.hpp"
#include "marketplace/account_records.hpp"
#include "marketplace/guarded_connector.hpp"
#include "marketplace/vendor_credentials.hpp"
#include "ports/emit.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr Statement kCredentials{"credential.of_account",
                                 "SELECT name, sealed FROM credential WHERE account_id = $1 ORDER BY name"};
constexpr Statement kStamp{"account.stamp", "SELECT credential_stamp FROM account WHERE account_id = $1"};

/// The nil tenant is the default one.
TenantId owner_of(const TenantId& tenant) noexcept { return tenant.is_nil() ? kDefaultTenant : tenant; }

Error nothing_held(const Account& account) {
  return Error(Errc::credentials_missing, "account " + account.label +
                                              (account.disconnected_at ? " is disconnected; connect it again"
                                                                       : " has no credentials here; connect it again"));
}

Error key_needed(const Account& account) {
  return Error(Errc::key_missing,
               "the credentials of account " + account.label +
                   " are sealed, and the store was opened without a key; open it with the key that sealed them "
                   "(--key-file or --key-command, OpenOptions::key_file or keys)")
      .about("key_file");
}

Credentials copy_of(const Credentials& credentials) {
  Credentials copy;
  copy.channel = credentials.channel;
  for (const CredentialPart& part : credentials.parts) copy.parts.push_back({part.name, part.value.clone()});
  return copy;
}

}  // namespace

Result<std::string> read_stamp(Transaction& tx, std::string_view account) {
  STK_TRY(auto rows, tx.query(kStamp, {account}));
  STK_TRY(const bool known, rows->next());
  return known ? std::string(rows->text(0)) : std::string();
}

Result<std::shared_ptr<ConnectorFactory>> AccountsCore::factory(const Channel& channel) const {
  const auto found = std::find_if(shared_->factories.rbegin(), shared_->factories.rend(),
                                  [&](const auto& candidate) { return candidate->channel() == channel; });
  if (found == shared_->factories.rend()) {
    return Error(Errc::unsupported, "no connector for channel " + std::string(channel.code())).about("channel");
  }
  return *found;
}

Result<std::shared_ptr<Connector>> AccountsCore::connector(const Account& account, const Credentials& credentials,
                                                           const CallContext& context,
                                                           std::shared_ptr<HttpTransport> transport,
                                                           std::shared_ptr<AccountMemory> memory,
                                                           std::shared_ptr<SentSecrets> secrets) const {
  STK_TRY(auto made_by, factory(account.channel));
  STK_TRY(auto database, ports_.storage->tenant(context.tenant));
  if (!memory) memory = make_account_memory(std::move(database), account.id);
  const ConnectorPorts ports{HttpPolicies::over(shared_->policies, transport ? std::move(transport) : ports_.transport),
                             ports_.clock, ports_.telemetry, std::move(memory)};
  // The factory may be the program's own: it is called without the lock.
  auto made = guarded(*made_by, credentials, ports, std::move(secrets));
  if (made || made.error().errc() != Errc::address_refused) return made;
  ErrorDetails details = made.error().details();
  details.account = account.id.text();
  return Error(Errc::address_refused, std::move(details));
}

Result<std::shared_ptr<Connector>> AccountsCore::stranger(const Credentials& credentials) const {
  STK_TRY(auto made_by, factory(credentials.channel));
  return guarded(*made_by, credentials,
                 {HttpPolicies::over(shared_->policies, ports_.transport), ports_.clock, ports_.telemetry});
}

Result<std::shared_ptr<Connector>> AccountsCore::guarded(ConnectorFactory& factory, const Credentials& credentials,
                                                         ConnectorPorts ports,
                                                         std::shared_ptr<SentSecrets> secrets) const {
  const auto named = [&]() -> Result<std::vector<std::string>> { return factory.hosts(); };
  STK_TRY(auto hosts, caught("the connector's hosts", named));
  STK_TRY(shared_->allowed.check(credentials, hosts));
  if (!secrets) secrets = std::make_shared<SentSecrets>();
  ports.transport = guarded_transport(std::move(ports.transport), shared_->allowed, std::move(hosts), secrets,
                                      shared_->many_tenants && base_url_of(credentials).has_value());
  secrets->note(credentials);  // errors may repeat them before they were sent
  auto made = caught("the connector's connect", [&] { return factory.connect(credentials, ports); });
  if (!made) return secrets->cleaned(made.error());
  auto connector = std::move(made).value();
  if (!connector) return Error(Errc::internal, "the connector's factory returned no connector");
  return guarded_connector(std::move(connector), std::move(secrets));
}

std::shared_ptr<AccountsCore::HeldByTenant> AccountsCore::held_of(const TenantId& tenant) const {
  const std::lock_guard lock(shared_->mutex);
  auto& held = shared_->held[owner_of(tenant)];
  if (!held) held = std::make_shared<HeldByTenant>();
  return held;
}

void AccountsCore::forget(const TenantId& tenant) {
  const std::lock_guard lock(shared_->mutex);
  shared_->held.erase(owner_of(tenant));  // also credentials of an account that is just being connected
}

Result<std::string> AccountsCore::stamp(const AccountId& account, const CallContext& context) const {
  const std::string id = account.text();
  STK_TRY(auto database, ports_.storage->tenant(context.tenant));
  std::string stamp;
  const auto read = [&](Transaction& tx) -> Result<void> {
    STK_TRY(stamp, read_stamp(tx, id));
    return success();
  };
  STK_TRY(database->transact(context, TransactMode::read, read));
  return stamp;
}

Result<AccountCredentials> AccountsCore::credentials(const Account& account, const CallContext& context) const {
  if (ports_.sealer) return stored_credentials(account, context);
  auto held = held_credentials(account, context);
  if (held || held.error().errc() != Errc::credentials_missing) return held;
  STK_TRY(const bool sealed, has_sealed(account, context));
  return sealed ? key_needed(account) : std::move(held);
}

Result<bool> AccountsCore::has_sealed(const Account& account, const CallContext& context) const {
  const std::string id = account.id.text();
  STK_TRY(auto database, ports_.storage->tenant(context.tenant));
  bool any = false;
  const auto read = [&](Transaction& tx) -> Result<void> {
    STK_TRY(auto rows, tx.query(kCredentials, {id}));
    STK_TRY(any, rows->next());
    return success();
  };
  STK_TRY(database->transact(context, TransactMode::read, read));
  return any;
}

Result<AccountCredentials> AccountsCore::held_credentials(const Account& account, const CallContext& given) const {
  CallContext context = given;
  context.progress.reset();  // the caller's code must not run under the lock
  const auto held = held_of(context.tenant);
  const std::lock_guard lock(held->mutex);
  STK_TRY(auto now_is, stamp(account.id, context));
  const auto found = held->accounts.find(account.id);
  if (found == held->accounts.end()) return nothing_held(account);
  if (found->second.stamp != now_is) {
    held->accounts.erase(found);
    return nothing_held(account);
  }
  return AccountCredentials{copy_of(found->second.credentials), std::move(now_is)};
}

std::optional<Credentials> AccountsCore::readable_credentials(const Account& account,
                                                              const CallContext& context) const {
  auto known = credentials(account, context);
  if (known) return std::move(known.value().credentials);
  if (known.error().errc() != Errc::credentials_missing) {
    emit::log<LogEntry::account_credentials_unreadable>(*ports_.telemetry, owner_of(context.tenant).text(),
                                                        account.id.text(), known.error().text());
  }
  return std::nullopt;
}

Result<AccountCredentials> AccountsCore::stored_credentials(const Account& account, const CallContext& context) const {
  AccountCredentials found;
  found.credentials.channel = account.channel;
  const std::string id = account.id.text();
  STK_TRY(auto database, ports_.storage->tenant(context.tenant));
  std::vector<std::pair<std::string, std::string>> sealed;
  const auto read = [&](Transaction& tx) -> Result<void> {
    sealed.clear();
    STK_TRY(found.stamp, read_stamp(tx, id));
    STK_TRY(auto rows, tx.query(kCredentials, {id}));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      sealed.emplace_back(rows->text(0), rows->text(1));
    }
  };
  STK_TRY(database->transact(context, TransactMode::read, read));
  // A connector may need no credentials: then only the stamp shows that the account was connected here.
  if (sealed.empty() && found.stamp.empty()) return nothing_held(account);
  const std::string tenant = owner_of(context.tenant).text();
  for (const auto& [name, bytes] : sealed) {
    const std::string row = id + "/" + name;
    auto secret = ports_.sealer->open(bytes, {tenant, "credential", "sealed", row});
    if (!secret && secret.error().errc() == Errc::seal_broken) {
      return Error(Errc::seal_broken, "the credentials of account " + account.label +
                                          " were sealed by another installation or changed; connect it again")
          .because(std::move(secret).error());
    }
    if (!secret) return std::move(secret).error();
    found.credentials.parts.push_back({name, std::move(secret).value()});
  }
  return found;
}

Result<void> AccountsCore::write_credentials(Transaction& tx, const Account& account, const Credentials& credentials,
                                             const TenantId& tenant) const {
  if (!ports_.sealer) return success();
  const std::string owner = owner_of(tenant).text();
  const std::string id = account.id.text();
  STK_TRY(forget_credentials(tx, id));
  for (const CredentialPart& part : credentials.parts) {
    const std::string row = id + "/" + part.name;
    STK_TRY(const auto sealed, ports_.sealer->seal(part.value, {owner, "credential", "sealed", row}));
    STK_TRY(tx.upsert("credential", OnConflict::update,
                      {SqlColumn::constant("account_id", id), SqlColumn::constant("name", part.name),
                       SqlColumn::constant("sealed", SqlValue::blob(sealed))}));
  }
  return success();
}

Result<void> AccountsCore::drop(const AccountId& account, const CallContext& context,
                                FunctionRef<Result<void>()> write) {
  if (ports_.sealer) return write();
  const auto held = held_of(context.tenant);
  const std::lock_guard lock(held->mutex);
  STK_TRY(write());
  held->accounts.erase(account);
  return success();
}

Result<void> AccountsCore::replace(const Account& account, AccountCredentials& fresh, const CallContext& context,
                                   FunctionRef<Result<void>()> write) {
  if (ports_.sealer) return write();
  const auto held = held_of(context.tenant);
  const std::lock_guard lock(held->mutex);
  STK_TRY(write());
  held->accounts.insert_or_assign(account.id, std::move(fresh));
  return success();
}

}  // namespace stocktracker::inline v0
