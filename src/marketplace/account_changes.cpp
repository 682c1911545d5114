// Accounts::rename and Accounts::disconnect: changes of an account that ask no marketplace.
#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/marketplace/accounts.hpp>

#include "marketplace/account_events.hpp"
#include "marketplace/account_list.hpp"
#include "marketplace/account_records.hpp"
#include "marketplace/accounts_core.hpp"
#include "ports/audited.hpp"
#include "tenant/relay.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr Statement kRename{"account.rename", "UPDATE account SET label = $2 WHERE account_id = $1"};
// Without a stamp no credentials that a process holds in memory are valid.
constexpr Statement kDisconnect{"account.disconnect",
                                "UPDATE account SET disconnected_at = $2, credential_stamp = '' WHERE account_id = $1"};

/// What is known of the account's credentials goes with them.
Result<void> forget_known(Transaction& tx, const std::string& account, Instant now) {
  STK_TRY(replace_facts(tx, account, {}));
  STK_TRY(forget_memory(tx, account));
  const HealthFinding finding{HealthState::denied, {std::string(kDisconnectedReason), {}}};
  STK_TRY(const auto before, read_health(tx, account));
  return write_health(tx, account, health_after(before, {&finding, 1}, now));
}

}  // namespace

Result<Account> Accounts::rename(const AccountId& id, std::string_view label, const CallContext& given) {
  const Ports& ports = core_->ports();
  STK_TRY(const auto context, enter(ports, given, Permission::account_rename));
  return audited(ports, {"account.rename", context.tenant, id.text()}, context, rename_entered(id, label, context));
}

Result<Account> Accounts::rename_entered(const AccountId& id, std::string_view label, const CallContext& context) {
  STK_TRY(check_label(label));
  const std::string text = id.text();
  STK_TRY(auto database, core_->ports().storage->tenant(context.tenant));
  Account account;
  const auto write = [&](Transaction& tx) -> Result<void> {
    STK_TRY(account, read_account(tx, id));
    STK_TRY(const bool taken, label_taken(tx, label, text));
    if (taken) return label_is_taken(label);
    STK_TRY(tx.execute(kRename, {text, label}));
    account.label = label;
    return success();
  };
  STK_TRY(database->transact(context, TransactMode::write, write));
  return account;
}

Result<Account> Accounts::disconnect(const AccountId& id, const CallContext& given) {
  const Ports& ports = core_->ports();
  STK_TRY(const auto context, enter(ports, given, Permission::account_disconnect));
  return audited(ports, {"account.disconnect", context.tenant, id.text()}, context, disconnect_entered(id, context));
}

Result<Account> Accounts::disconnect_entered(const AccountId& id, const CallContext& context) {
  const Ports& ports = core_->ports();
  const std::string text = id.text();
  STK_TRY(auto database, ports.storage->tenant(context.tenant));
  const Instant now = ports.clock->now();
  const EventId event = ports.random->make_id<EventId>(now);
  const EventId stamp = ports.random->make_id<EventId>(now);
  // As in `connect`: the first hint brings a relay here even if this process ends right after the commit.
  STK_TRY(core_->relay().announce(context.tenant, event, context));
  Account account;
  bool changed = false;
  const auto write = [&](Transaction& tx) -> Result<void> {
    STK_TRY(account, read_account(tx, id));
    changed = !account.disconnected_at;
    if (!changed) return success();
    account.disconnected_at = now;
    STK_TRY(tx.execute(kDisconnect, {text, now.micros()}));
    STK_TRY(forget_credentials(tx, text));
    STK_TRY(forget_known(tx, text, now));
    STK_TRY(end_lease(tx, text));
    std::string payload;
    JsonWriter json(payload);
    begin_payload(json, kAccountDisconnected).field("account", std::string_view(text));
    json.field("channel", account.channel.code()).end_object();
    return publish_event(tx, event, kAccountDisconnected, payload, now);
  };
  CallContext quiet = context;
  quiet.progress.reset();
  STK_TRY(core_->drop(id, context, [&] { return database->transact(quiet, TransactMode::write, write); }));
  if (changed) carry_event(*core_, {event, stamp}, quiet);
  return account;
}

}  // namespace stocktracker::inline v0
