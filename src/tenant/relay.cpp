// Relay: carries events from the tenants' planes to the control plane, each once.
#include "tenant/relay.hpp"

#include <cstdint>

#include "json/document.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr Statement kHintOf{"relay_hint.of_tenant", "SELECT stamp FROM relay_hint WHERE tenant_id = $1"};
constexpr int kPagesPerTurn = 25;  // of 200 events: one tenant's flood keeps the others waiting for seconds at most
constexpr std::size_t kHintsPage = 1'000;
constexpr Statement kHints{"relay_hint.page",
                           "SELECT tenant_id, stamp FROM relay_hint WHERE tenant_id > $1 AND NOT EXISTS (SELECT 1 FROM "
                           "tenant WHERE tenant.tenant_id = relay_hint.tenant_id AND tenant.state = 'quarantined') "
                           "ORDER BY tenant_id LIMIT 1000"};
constexpr Statement kClear{"relay_hint.clear", "DELETE FROM relay_hint WHERE tenant_id = $1 AND stamp = $2"};
constexpr Statement kOutbox{"outbox.page",
                            "SELECT event_id, topic, payload, created_at FROM outbox ORDER BY event_id LIMIT 200"};
constexpr Statement kDeleteRelayed{"outbox.relayed", "DELETE FROM outbox WHERE event_id = $1"};
// In the order of arrival: an event from a clock that is behind, or one that was carried over late, comes after the
// events that a reader has already seen.
constexpr Statement kEvents{"tenant_event.page",
                            "SELECT event_id, tenant_id, topic, payload, created_at FROM tenant_event "
                            "WHERE (relayed_at, event_id) > (coalesce((SELECT t.relayed_at FROM tenant_event t "
                            "WHERE t.event_id = $1), -1), $1) ORDER BY relayed_at, event_id LIMIT $2"};
constexpr Statement kOld{"tenant_event.old", "DELETE FROM tenant_event WHERE relayed_at < $1"};
constexpr Statement kReadable{"tenant.readable",
                              "SELECT 1 FROM tenant WHERE tenant_id = $1 AND state IN ('active', 'suspended', "
                              "'quarantined')"};

constexpr Duration kKept = std::chrono::hours(24 * 30);

struct ChangedAccount {
  std::string account;
  std::string channel;
};

/// The account that an event has connected or disconnected; empty for an event of another topic.
Result<ChangedAccount> changed_by(const TenantEvent& event) {
  if (event.topic != kAccountConnected && event.topic != kAccountDisconnected) return ChangedAccount{};
  STK_TRY(const auto document, json::Document::parse(event.payload));
  const auto account = document.root()["account"].text();
  const auto channel = document.root()["channel"].text();
  if (!account || !channel || !AccountId::parse(*account)) {
    return Error(Errc::store_corrupt, "event " + event.id.text() + " has no account");
  }
  return ChangedAccount{std::string(*account), std::string(*channel)};
}

/// The default tenant of a store that was only read has no record.
Result<void> must_be_known(Transaction& tx, const TenantId& tenant) {
  if (tenant == kDefaultTenant) return success();
  const std::string id = tenant.text();
  STK_TRY(auto rows, tx.query(kReadable, {id}));
  STK_TRY(const bool known, rows->next());
  if (!known) return Error(Errc::not_found, "there is no tenant " + tenant.text()).about("tenant");
  return success();
}

}  // namespace

Result<void> publish_event(Transaction& tx, const EventId& event, std::string_view topic, std::string_view payload,
                           Instant now) {
  const std::string id = event.text();
  STK_TRY(tx.upsert("outbox", OnConflict::ignore,
                    {SqlColumn::constant("event_id", id), SqlColumn::constant("topic", topic),
                     SqlColumn::constant("payload", payload), SqlColumn::constant("created_at", now.micros())}));
  return success();
}

Result<void> write_relay_hint(Storage& storage, const TenantId& given, const EventId& stamp,
                              const CallContext& context) {
  const std::string tenant = (given.is_nil() ? kDefaultTenant : given).text();
  const std::string text = stamp.text();
  const auto write = [&](Transaction& tx) -> Result<void> {
    STK_TRY(tx.upsert("relay_hint", OnConflict::update,
                      {SqlColumn::constant("tenant_id", tenant), SqlColumn::constant("stamp", text)}));
    return success();
  };
  return storage.control().transact(context, TransactMode::write, write);
}

Result<std::vector<TenantEvent>> RelayCore::events(const EventId& after, int most, const CallContext& context) const {
  std::vector<TenantEvent> events;
  const std::string behind = after.is_nil() ? std::string() : after.text();
  const auto read = [&](Transaction& tx) -> Result<void> {
    events.clear();
    STK_TRY(auto rows, tx.query(kEvents, {behind, most}));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      TenantEvent& event = events.emplace_back();
      STK_TRY(event.id, EventId::parse(rows->text(0)));
      STK_TRY(event.tenant, TenantId::parse(rows->text(1)));
      event.topic = rows->text(2);
      event.payload = rows->text(3);
      event.created_at = Instant::from_micros(rows->integer(4));
    }
  };
  STK_TRY(storage_->control().transact(context, TransactMode::read, read));
  return events;
}

Result<std::vector<Event>> RelayCore::events_after(const TenantId& given, std::int64_t cursor, int most,
                                                   const CallContext& context) const {
  const std::string tenant = given.text();
  std::vector<Event> events;
  const auto read = [&](Transaction& tx) -> Result<void> {
    STK_TRY(must_be_known(tx, given));
    STK_TRY(events, read_events_after(tx, tenant, cursor, most));
    return success();
  };
  STK_TRY(storage_->control().transact(context, TransactMode::read, read));
  return events;
}

Result<RelayCore::Look> RelayCore::look(const TenantId& given, std::int64_t cursor, int most,
                                        const CallContext& context) const {
  const std::string tenant = given.text();
  Look look;
  const auto read = [&](Transaction& tx) -> Result<void> {
    look = {};
    STK_TRY(must_be_known(tx, given));
    STK_TRY(look.waiting, has_relay_hint(tx, tenant));
    if (look.waiting) return success();
    STK_TRY(look.events, read_events_after(tx, tenant, cursor, most));
    return success();
  };
  STK_TRY(storage_->control().transact(context, TransactMode::read, read));
  return look;
}

Result<EventBounds> RelayCore::event_bounds(const TenantId& given, const CallContext& context) const {
  const std::string tenant = given.text();
  EventBounds bounds;
  const auto read = [&](Transaction& tx) -> Result<void> {
    STK_TRY(must_be_known(tx, given));
    STK_TRY(bounds, read_event_bounds(tx, tenant));
    return success();
  };
  STK_TRY(storage_->control().transact(context, TransactMode::read, read));
  return bounds;
}

Result<std::vector<RelayCore::Hint>> RelayCore::read_hints(std::string_view after, const CallContext& context) const {
  std::vector<Hint> found;
  const auto read = [&](Transaction& tx) -> Result<void> {
    found.clear();
    STK_TRY(auto rows, tx.query(kHints, {after}));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      STK_TRY(const auto tenant, TenantId::parse(rows->text(0)));
      found.push_back({tenant, std::string(rows->text(1))});
    }
  };
  STK_TRY(storage_->control().transact(context, TransactMode::read, read));
  return found;
}

Result<std::size_t> RelayCore::relay(const CallContext& context) {
  std::size_t carried = 0;
  std::string after;
  bool more = true;
  while (more) {
    STK_TRY(const auto waiting, read_hints(after, context));
    for (const Hint& one : waiting) {
      std::optional<Error> stuck;
      STK_TRY(const std::size_t events, relay_one(one, stuck, context));
      carried += events;
      if (stuck) {
        STK_TRY(pass_over(one, *stuck, context));
      }
    }
    if (after.empty() && waiting.empty()) return carried;
    more = waiting.size() == kHintsPage;
    if (more) after = waiting.back().tenant.text();
  }
  STK_TRY(forget_old(context));
  return carried;
}

Result<std::size_t> RelayCore::relay_of(const TenantId& given, const CallContext& context) {
  Hint waiting{given.is_nil() ? kDefaultTenant : given, {}};
  const std::string tenant = waiting.tenant.text();
  const auto read = [&](Transaction& tx) -> Result<void> {
    STK_TRY(auto rows, tx.query(kHintOf, {tenant}));
    STK_TRY(const bool any, rows->next());
    waiting.stamp = any ? rows->text(0) : std::string_view();
    return success();
  };
  STK_TRY(storage_->control().transact(context, TransactMode::read, read));
  if (waiting.stamp.empty()) return std::size_t{0};
  std::optional<Error> stuck;
  STK_TRY(const std::size_t carried, relay_one(waiting, stuck, context));
  if (stuck) {
    STK_TRY(pass_over(waiting, *stuck, context));
  }
  STK_TRY(forget_old(context));
  return carried;
}

Result<void> RelayCore::announce(const TenantId& tenant, const EventId& stamp, const CallContext& context) {
  return write_relay_hint(*storage_, tenant, stamp, context);
}

Result<void> RelayCore::forget_old(const CallContext& context) {
  const std::int64_t before = (clock_->now() - kKept).micros();
  const auto forget = [&](Transaction& tx) -> Result<void> {
    STK_TRY(tx.execute(kOld, {before}));
    return success();
  };
  return storage_->control().transact(context, TransactMode::write, forget);
}

Result<std::vector<TenantEvent>> RelayCore::outbox(Database& database, const TenantId& tenant,
                                                   const CallContext& context) const {
  std::vector<TenantEvent> events;
  const auto read = [&](Transaction& tx) -> Result<void> {
    events.clear();
    STK_TRY(auto rows, tx.query(kOutbox));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      STK_TRY(const auto id, EventId::parse(rows->text(0)));
      events.push_back(
          {id, tenant, std::string(rows->text(1)), std::string(rows->text(2)), Instant::from_micros(rows->integer(3))});
    }
  };
  STK_TRY(database.transact(patient(context), TransactMode::read, read));
  // An event that cannot be processed is a fault of this tenant, not of the control plane.
  for (const TenantEvent& event : events) {
    STK_TRY(changed_by(event));
  }
  return events;
}

Result<void> RelayCore::drop(Database& database, const std::vector<TenantEvent>& events,
                             const CallContext& context) const {
  const auto write = [&](Transaction& tx) -> Result<void> {
    for (const TenantEvent& event : events) {
      const std::string id = event.id.text();
      STK_TRY(tx.execute(kDeleteRelayed, {id}));
    }
    return success();
  };
  return database.transact(patient(context), TransactMode::write, write);
}

Result<std::size_t> RelayCore::relay_one(const Hint& one, std::optional<Error>& stuck, const CallContext& context) {
  STK_TRY(context.check(clock_->now()));
  std::size_t carried = 0;
  const auto opened = storage_->tenant(one.tenant);
  if (!opened) {
    stuck = opened.error();
    return carried;
  }
  Database& database = *opened.value();
  std::vector<std::string> disconnected;
  // A tenant with more events is continued at the next relay: its hint stays.
  for (int page = 0; page < kPagesPerTurn; ++page) {
    const auto events = outbox(database, one.tenant, context);
    if (!events) {
      stuck = events.error();
      return carried;
    }
    // Nothing is left: delete the hint, unless another one was written since.
    if (events.value().empty()) {
      STK_TRY(clear(one, context));
      return carried;
    }
    for (const TenantEvent& event : events.value()) {
      STK_TRY(const bool fresh, receive(event, context));
      if (fresh) ++carried;
      if (event.topic == kAccountDisconnected) {
        STK_TRY(const ChangedAccount changed, changed_by(event));
        disconnected.push_back(changed.account);
      }
    }
    // After the events of the page, and again after those of the next ones: they are in the order of clocks, so that a
    // connection may follow that came before the disconnection, and lists the account.
    for (const std::string& account : disconnected) {
      STK_TRY(unlist(database, one.tenant, account, stuck, context));
      if (stuck) return carried;
    }
    if (const auto dropped = drop(database, events.value(), context); !dropped) {
      stuck = dropped.error();
      return carried;
    }
  }
  return carried;
}

Result<void> RelayCore::pass_over(const Hint& one, const Error& stuck, const CallContext& context) const {
  STK_TRY(context.check(clock_->now()));  // the end of the caller's time is no tenant's fault
  if (quarantine_ && quarantine_->close_if_damaged(one.tenant, stuck, context)) return success();
  if (stuck.errc() == Errc::not_found && !storage_->tenant(one.tenant)) return clear(one, context);  // removed
  if (!quarantine_) return stuck;
  quarantine_->report<LogEntry::relay_tenant_failed>(one.tenant, stuck);  // the hint stays: the next relay tries again
  return success();
}

/// True if the event had not been received before.
Result<bool> RelayCore::receive(const TenantEvent& event, const CallContext& context) {
  STK_TRY(const ChangedAccount changed, changed_by(event));
  bool fresh = false;
  const std::string id = event.id.text();
  const std::string tenant = event.tenant.text();
  const auto write = [&](Transaction& tx) -> Result<void> {
    STK_TRY(fresh, append_event(tx, {id, tenant, event.topic, event.payload, event.created_at}, clock_->now()));
    if (!fresh || event.topic != kAccountConnected) return success();
    return list_account(tx, tenant, changed.account, changed.channel);
  };
  STK_TRY(storage_->control().transact(context, TransactMode::write, write));
  if (fresh && telemetry_) emit::observe<Metric::event_relay_delay>(*telemetry_, clock_->now() - event.created_at);
  return fresh;
}

Result<void> RelayCore::clear(const Hint& one, const CallContext& context) const {
  const std::string tenant = one.tenant.text();
  const auto write = [&](Transaction& tx) -> Result<void> {
    STK_TRY(tx.execute(kClear, {tenant, one.stamp}));
    return success();
  };
  return storage_->control().transact(context, TransactMode::write, write);
}

}  // namespace stocktracker::inline v0
