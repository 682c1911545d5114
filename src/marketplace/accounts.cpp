// The service Accounts: connects accounts and replaces their credentials; reads accounts and their health.
#include <stocktracker/marketplace/accounts.hpp>

#include <stocktracker/core/json_writer.hpp>

#include "core/caught.hpp"
#include "core/storable_text.hpp"
#include "marketplace/account_events.hpp"
#include "marketplace/account_list.hpp"
#include "marketplace/account_records.hpp"
#include "marketplace/accounts_core.hpp"
#include "marketplace/vendor_credentials.hpp"
#include "ports/audited.hpp"
#include "ports/submit.hpp"
#include "tenant/relay.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr Statement kBySeller{"account.by_seller",
                              "SELECT account_id, label, connected_at FROM account "
                              "WHERE channel = $1 AND seller_key = $2"};

/// The account that this seller has already; nullopt for a new one.
Result<std::optional<Account>> known_account(const AccountsCore& core, const Channel& channel,
                                             const std::string& seller_key, const CallContext& context) {
  STK_TRY(auto all, read_all(core, context));
  for (Account& account : all) {
    if (account.channel == channel && account.seller_key == seller_key)
      return std::optional<Account>(std::move(account));
  }
  return std::optional<Account>();
}

/// A tenant has few accounts: one page is enough.
class AccountPage final : public PageSource<Account> {
 public:
  AccountPage(std::shared_ptr<AccountsCore> core, CallContext context)
      : core_(std::move(core)), context_(std::move(context)) {}
  Result<std::vector<Account>> fetch() override {
    STK_TRY(const auto context, enter_page(core_->ports(), context_));
    if (done_) return std::vector<Account>();
    done_ = true;
    return read_all(*core_, context);
  }

 private:
  std::shared_ptr<AccountsCore> core_;
  CallContext context_;
  bool done_ = false;
};

Result<std::string> free_label(Transaction& tx, const Account& account, const ConnectOptions& options) {
  const std::string id = account.id.text();
  if (!options.label.empty()) {
    STK_TRY(const bool used, label_taken(tx, options.label, id));
    if (used) return label_is_taken(options.label);
    return options.label;
  }
  if (!account.label.empty()) return account.label;  // the account existed before: its label stays
  const std::string& wanted = check_label(account.seller_name) ? account.seller_name : account.seller_key;
  STK_TRY(const bool used, label_taken(tx, wanted, id));
  return used ? wanted + " " + account.seller_key : wanted;
}

/// What is decided once about a connection, however often its transaction runs.
struct Connecting {
  AccountId account_id;  ///< for a new account
  EventId event;
  Instant now;
  std::vector<CredentialFacts> facts;
};

/// Asks the marketplace whose credentials they are.
Result<SellerIdentity> verified_seller(Connector& connector, const CallContext& context) {
  STK_TRY(auto seller, connector.verify_credentials(context));
  if (seller.key.empty() || !is_storable_key(seller.key)) {
    return Error(Errc::vendor_schema, "the seller's key is empty, too long, or not UTF-8").about("seller");
  }
  if (!is_storable_text(seller.name)) seller.name = storable_text(seller.name);
  return seller;
}

/// The credentials, together with parts of those that the account has already.
Result<Credentials> with_earlier_parts(const AccountsCore& core, const ConnectorFactory& factory,
                                       Credentials credentials, const SellerIdentity& seller,
                                       const CallContext& context) {
  STK_TRY(const auto known_as, known_account(core, credentials.channel, seller.key, context));
  if (!known_as) return credentials;
  // Credentials for one address are never sent to another, and these were verified only at this one.
  auto held = core.readable_credentials(*known_as, context);
  const bool same_address = held && base_url_of(*held) == base_url_of(credentials);
  if (!same_address) return credentials;
  return caught("the connector's merged", [&]() -> Result<Credentials> {
    return factory.merged(std::move(*held), std::move(credentials), core.ports().clock->now());
  });
}

/// What the credentials say about themselves; what the marketplace says about the same part counts instead.
Result<std::vector<CredentialFacts>> facts_of(const ConnectorFactory& factory, Connector& connector,
                                              const Credentials& credentials, const CallContext& context) {
  const auto read = [&]() -> Result<std::vector<CredentialFacts>> { return factory.facts(credentials); };
  STK_TRY(auto facts, caught("the connector's facts", read));
  STK_TRY(auto asked, connector.ask_facts(context));
  for (CredentialFacts& fact : asked) {
    std::erase_if(facts, [&](const CredentialFacts& known) { return known.part == fact.part; });
    facts.push_back(std::move(fact));
  }
  return facts;
}

/// If the seller's account is stored already, it keeps its id, its label and the time of its first connection.
Result<void> take_over_known(Transaction& tx, Account& account) {
  const std::string channel(account.channel.code());
  STK_TRY(auto rows, tx.query(kBySeller, {channel, account.seller_key}));
  STK_TRY(const bool known, rows->next());
  if (known) {
    STK_TRY(account.id, AccountId::parse(rows->text(0)));
    account.label = rows->text(1);
    account.connected_at = Instant::from_micros(rows->integer(2));
  }
  return success();
}

Result<void> store_account(Transaction& tx, const Account& account, const std::string& stamp) {
  const std::string id = account.id.text();
  const std::string channel(account.channel.code());
  STK_TRY(tx.upsert(
      "account", OnConflict::update,
      {SqlColumn::constant("account_id", id), SqlColumn::constant("channel", channel),
       SqlColumn::constant("seller_key", account.seller_key), SqlColumn::constant("seller_name", account.seller_name),
       SqlColumn::constant("label", account.label), SqlColumn::constant("connected_at", account.connected_at.micros()),
       SqlColumn::constant("credential_stamp", stamp), SqlColumn::constant("disconnected_at", SqlValue())}));
  return success();
}

/// Replaces what was known about the earlier credentials.
Result<void> store_findings(Transaction& tx, const Account& account, const Connecting& connecting) {
  const auto& facts = connecting.facts;
  const Instant now = connecting.now;
  const std::string id = account.id.text();
  STK_TRY(replace_facts(tx, id, facts));
  STK_TRY(forget_memory(tx, id));
  STK_TRY(const auto before, read_health(tx, id));
  STK_TRY(write_health(tx, id, health_after(before, expiry_findings(facts, now), now)));
  return success();
}

Result<void> publish_connected(Transaction& tx, const Account& account, const Connecting& connecting) {
  const std::string id = account.id.text();
  const std::string channel(account.channel.code());
  std::string payload;
  JsonWriter json(payload);
  begin_payload(json, kAccountConnected).field("account", std::string_view(id));
  json.field("channel", std::string_view(channel)).end_object();
  return publish_event(tx, connecting.event, kAccountConnected, payload, connecting.now);
}

}  // namespace

Result<Account> Accounts::connect(Credentials credentials, const ConnectOptions& options, const CallContext& given) {
  const Ports& ports = core_->ports();
  STK_TRY(const auto context, enter(ports, given, Permission::account_connect));
  const std::string channel(credentials.channel.code());
  auto account = connect_entered(std::move(credentials), options, context);
  const std::string subject = account ? account.value().id.text() : channel;
  return audited(ports, {"account.connect", context.tenant, subject}, context, std::move(account));
}

Result<Operation<Account>> Accounts::submit_connect(Credentials credentials, const ConnectOptions& options,
                                                    const CallContext& given) {
  auto call = [accounts = *this, credentials = std::move(credentials), options](const CallContext& context) mutable {
    return accounts.connect(std::move(credentials), options, context);
  };
  return submit_call<Account>(core_->ports(), Lane::io, Permission::account_connect, given, std::move(call));
}

Result<Account> Accounts::connect_entered(Credentials credentials, const ConnectOptions& options,
                                          const CallContext& context) {
  if (!options.label.empty()) {
    STK_TRY(check_label(options.label));
  }
  const Ports& ports = core_->ports();
  STK_TRY(auto factory, core_->factory(credentials.channel));
  STK_TRY(auto connector, core_->stranger(credentials));
  STK_TRY(auto seller, verified_seller(*connector, context));
  STK_TRY(credentials, with_earlier_parts(*core_, *factory, std::move(credentials), seller, context));
  Connecting connecting;
  STK_TRY(connecting.facts, facts_of(*factory, *connector, credentials, context));
  STK_TRY(auto database, ports.storage->tenant(context.tenant));
  connecting.account_id = ports.random->make_id<AccountId>(ports.clock->now());
  connecting.now = ports.clock->now();
  connecting.event = ports.random->make_id<EventId>(connecting.now);
  const EventId stamp = ports.random->make_id<EventId>(connecting.now);  // for these credentials and the second hint
  AccountCredentials signs_in_with{std::move(credentials), stamp.text()};
  // The relay adds the account to the directory. Its hint is written first, because schedulers know accounts only from
  // there.
  STK_TRY(core_->relay().announce(context.tenant, connecting.event, context));
  Account account;
  const auto write = [&](Transaction& tx) -> Result<void> {
    account = {connecting.account_id, signs_in_with.credentials.channel, seller.key, seller.name, "", connecting.now};
    STK_TRY(take_over_known(tx, account));
    STK_TRY(account.label, free_label(tx, account, options));
    STK_TRY(store_account(tx, account, signs_in_with.stamp));
    STK_TRY(store_findings(tx, account, connecting));
    STK_TRY(publish_connected(tx, account, connecting));
    return core_->write_credentials(tx, account, signs_in_with.credentials, context.tenant);
  };
  CallContext quiet = context;
  quiet.progress.reset();
  STK_TRY(core_->replace(account, signs_in_with, context,
                         [&] { return database->transact(quiet, TransactMode::write, write); }));
  carry_event(*core_, {connecting.event, stamp}, context);
  return account;
}

Pages<Account> Accounts::list(const CallContext& given) const {
  auto context = enter_listing(core_->ports(), given, Permission::account_read);
  if (!context) return Pages<Account>::failed(std::move(context).error());
  return Pages<Account>(std::make_unique<AccountPage>(core_, std::move(context).value()));
}

Result<Account> Accounts::find(std::string_view name, const CallContext& given) const {
  STK_TRY(const auto context, enter(core_->ports(), given, Permission::account_read));
  return find_account(*core_, name, context);
}

Result<AccountHealth> Accounts::health(const AccountId& id, const CallContext& given) const {
  STK_TRY(const auto context, enter(core_->ports(), given, Permission::account_read));
  const Instant now = core_->ports().clock->now();
  STK_TRY(auto database, core_->ports().storage->tenant(context.tenant));
  std::optional<AccountHealth> health;
  std::vector<CredentialFacts> facts;
  const std::string account = id.text();
  const auto read = [&](Transaction& tx) -> Result<void> {
    STK_TRY(health, read_health(tx, account));
    if (!health) {
      STK_TRY(read_account(tx, id));
    }
    STK_TRY(facts, read_facts(tx, account));
    return success();
  };
  STK_TRY(database->transact(context, TransactMode::read, read));
  if (!health) return Error(Errc::not_found, "the account has not been checked yet").about("account");
  // Findings of the last run, and credentials that have expired since.
  const auto expiries = expiry_findings(facts, now);
  AccountHealth today = health_after(health, expiries, now);
  if (today.state <= health->state) return *health;
  today.checked_at = health->checked_at;
  return today;
}

Result<std::vector<CredentialFacts>> Accounts::credentials(const AccountId& id, const CallContext& given) const {
  STK_TRY(const auto context, enter(core_->ports(), given, Permission::account_read));
  STK_TRY(auto database, core_->ports().storage->tenant(context.tenant));
  std::vector<CredentialFacts> facts;
  const auto read = [&](Transaction& tx) -> Result<void> {
    STK_TRY(facts, read_facts(tx, id.text()));
    if (facts.empty()) {
      STK_TRY(read_account(tx, id));
    }
    return success();
  };
  STK_TRY(database->transact(context, TransactMode::read, read));
  return facts;
}

Result<Account> Accounts::get(const AccountId& id, const CallContext& context) const {
  return find(id.text(), context);
}

}  // namespace stocktracker::inline v0
