#include "marketplace/accounts_core.hpp"

#include <algorithm>

#include "marketplace/account_records.hpp"
#include "marketplace/guarded_connector.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr Statement kCredentials{"credential.of_account",
                                 "SELECT name, sealed FROM credential WHERE account_id = $1 ORDER BY name"};
constexpr Statement kForget{"credential.forget", "DELETE FROM credential WHERE account_id = $1"};

}  // namespace

Result<std::shared_ptr<ConnectorFactory>> AccountsCore::factory(const Channel& channel) const {
  const auto found = std::find_if(factories_.rbegin(), factories_.rend(),
                                  [&](const auto& candidate) { return candidate->channel() == channel; });
  if (found == factories_.rend()) {
    return Error(Errc::unsupported, "no connector for channel " + std::string(channel.code())).about("channel");
  }
  return *found;
}

Result<std::shared_ptr<Connector>> AccountsCore::connector(const Account& account, const CallContext& context,
                                                           std::shared_ptr<HttpTransport> transport,
                                                           std::shared_ptr<AccountMemory> memory) const {
  STK_TRY(auto made_by, factory(account.channel));
  STK_TRY(auto database, ports_.storage->tenant(context.tenant));
  if (!memory) memory = make_account_memory(std::move(database), account.id);
  const ConnectorPorts ports{HttpPolicies::over(policies_, transport ? std::move(transport) : ports_.transport),
                             ports_.clock, ports_.telemetry, std::move(memory)};
  // The factory may be the user's own: it is called without our lock.
  const auto named = [&](Result<std::shared_ptr<Connector>> made) -> Result<std::shared_ptr<Connector>> {
    if (made || made.error().errc() != Errc::address_refused) return made;
    ErrorDetails details = made.error().details();
    details.message = "account \"" + account.label + "\" is denied: " + details.message;
    details.account = account.id.text();
    return Error(Errc::address_refused, std::move(details));
  };
  if (const auto held = held_copy(account.id)) return named(guarded(*made_by, *held, ports));
  STK_TRY(const auto stored, stored_credentials(account, context));
  return named(guarded(*made_by, stored, ports));
}

Result<std::shared_ptr<Connector>> AccountsCore::stranger(const Credentials& credentials) const {
  STK_TRY(auto made_by, factory(credentials.channel));
  return guarded(*made_by, credentials,
                 {HttpPolicies::over(policies_, ports_.transport), ports_.clock, ports_.telemetry});
}

Result<void> AccountsCore::check_address(const Credentials& credentials) const {
  STK_TRY(const auto made_by, factory(credentials.channel));
  return allowed_.check(credentials, made_by->hosts());
}

Result<std::shared_ptr<Connector>> AccountsCore::guarded(ConnectorFactory& factory, const Credentials& credentials,
                                                         ConnectorPorts ports) const {
  std::vector<std::string> hosts = factory.hosts();
  STK_TRY(allowed_.check(credentials, hosts));
  auto secrets = std::make_shared<SentSecrets>();
  ports.transport = guarded_transport(std::move(ports.transport), allowed_, std::move(hosts), secrets);
  STK_TRY(auto connector, factory.connect(credentials, ports));
  return guarded_connector(std::move(connector), std::move(secrets));
}

std::optional<Credentials> AccountsCore::held_copy(const AccountId& account) const {
  const std::lock_guard lock(mutex_);
  const auto held = held_.find(account);
  if (held == held_.end()) return std::nullopt;
  Credentials copy;
  copy.channel = held->second.channel;
  for (const CredentialPart& part : held->second.parts) copy.parts.push_back({part.name, part.value.clone()});
  return copy;
}

Credentials AccountsCore::held_credentials(const Account& account, const CallContext& context) const {
  if (auto held = held_copy(account.id)) return std::move(*held);
  Credentials copy;
  copy.channel = account.channel;
  auto stored = stored_credentials(account, context);
  if (stored) return std::move(stored).value();
  if (stored.error().errc() != Errc::credentials_missing) {
    const std::string text = stored.error().text();
    const LogField field{"error", text};
    ports_.telemetry->log({Severity::warning,
                           "account.credentials_unreadable",
                           "what the account held cannot be read; the new credentials replace it",
                           {&field, 1}});
  }
  return copy;
}

Result<Credentials> AccountsCore::stored_credentials(const Account& account, const CallContext& context) const {
  Credentials credentials;
  credentials.channel = account.channel;
  const std::string id = account.id.text();
  if (ports_.sealer) {
    STK_TRY(auto database, ports_.storage->tenant(context.tenant));
    std::vector<std::pair<std::string, std::string>> sealed;
    const auto read = [&](Transaction& tx) -> Result<void> {
      sealed.clear();
      STK_TRY(auto rows, tx.query(kCredentials, {id}));
      while (true) {
        STK_TRY(const bool more, rows->next());
        if (!more) return success();
        sealed.emplace_back(rows->text(0), rows->text(1));
      }
    };
    STK_TRY(database->transact(context, TransactMode::read, read));
    const std::string tenant = (context.tenant.is_nil() ? kDefaultTenant : context.tenant).text();
    for (const auto& [name, bytes] : sealed) {
      const std::string row = id + "/" + name;
      STK_TRY(auto secret, ports_.sealer->open(bytes, {tenant, "credential", "sealed", row}));
      credentials.parts.push_back({name, std::move(secret)});
    }
  }
  if (credentials.parts.empty()) {
    return Error(Errc::credentials_missing, "account " + account.label + " has no credentials here; connect it again");
  }
  return credentials;
}

Result<void> AccountsCore::write_credentials(Transaction& tx, const Account& account, const Credentials& credentials,
                                             const TenantId& tenant) const {
  if (!ports_.sealer) return success();
  const std::string owner = (tenant.is_nil() ? kDefaultTenant : tenant).text();
  const std::string id = account.id.text();
  STK_TRY(tx.execute(kForget, {id}));
  for (const CredentialPart& part : credentials.parts) {
    const std::string row = id + "/" + part.name;
    STK_TRY(const auto sealed, ports_.sealer->seal(part.value, {owner, "credential", "sealed", row}));
    STK_TRY(tx.upsert("credential", OnConflict::update,
                      {SqlColumn::constant("account_id", id), SqlColumn::constant("name", part.name),
                       SqlColumn::constant("sealed", SqlValue::blob(sealed))}));
  }
  return success();
}

void AccountsCore::hold(const AccountId& account, Credentials credentials) {
  const std::lock_guard lock(mutex_);
  held_.insert_or_assign(account, std::move(credentials));
}

}  // namespace stocktracker::inline v0
