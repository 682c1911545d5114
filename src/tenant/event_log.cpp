// Numbers events, and reads them by number.
#include "tenant/event_log.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

#include "core/hash.hpp"
#include "json/document.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr Statement kKnown{"tenant_event.known", "SELECT 1 FROM tenant_event WHERE event_id = $1"};
constexpr Statement kLatest{"tenant_event.latest", "SELECT coalesce(max(relayed_at), 0) FROM tenant_event"};
// The counter is locked by this before anything is read from it.
constexpr Statement kCount{"event_counter.next", "UPDATE event_counter SET number = number + 1 WHERE tenant_id = $1"};
constexpr Statement kNumber{"event_counter.read", "SELECT number FROM event_counter WHERE tenant_id = $1"};
// The newest is that of an event: the counter of a restored store is ahead of it, and a reader that began there would
// be taken for one that has read an event which the store does not have.
constexpr Statement kBounds{
    "tenant_event.bounds",
    "SELECT coalesce((SELECT max(n.number) FROM tenant_event n WHERE n.tenant_id = $1 AND n.number > 0), "
    "(SELECT c.number FROM event_counter c WHERE c.tenant_id = $1), 0), coalesce(min(e.number), 0) "
    "FROM tenant_event e WHERE e.tenant_id = $1 AND e.number > 0"};
constexpr Statement kHint{"relay_hint.any", "SELECT 1 FROM relay_hint WHERE tenant_id = $1"};
// Written by a process of an older version that goes on after a newer one has migrated the store.
constexpr Statement kUnnumbered{"tenant_event.unnumbered",
                                "SELECT event_id FROM tenant_event WHERE tenant_id = $1 AND number = 0 "
                                "ORDER BY relayed_at, event_id LIMIT 200"};
constexpr Statement kSetNumber{"tenant_event.set_number", "UPDATE tenant_event SET number = $2 WHERE event_id = $1"};
constexpr Statement kAfter{"tenant_event.after",
                           "SELECT number, event_id, topic, payload, created_at FROM tenant_event "
                           "WHERE tenant_id = $1 AND number > $2 ORDER BY number LIMIT $3"};

constexpr Statement kSkip{"event_counter.skip", "UPDATE event_counter SET number = number + $1"};
constexpr Statement kWithoutCounter{
    "event_counter.missing",
    "SELECT t.tenant_id FROM tenant t WHERE NOT EXISTS (SELECT 1 FROM event_counter c WHERE c.tenant_id = t.tenant_id) "
    "ORDER BY t.tenant_id"};
// More events than a tenant has between a backup and its restoration.
constexpr std::int64_t kSkippedByBackup = 1'000'000'000;
// Numbers stay below 2^53, which JavaScript reads exactly, after 30,000 restorations of restored stores.
constexpr Instant kSkippedSince = Instant::from_seconds(1'577'836'800);  // 2020
constexpr std::int64_t kMicrosPerNumber = 1'000;
constexpr Statement kHas{"tenant_event.has", "SELECT 1 FROM tenant_event WHERE tenant_id = $1 AND number = $2"};

Error gone(std::int64_t cursor, const std::string& why) {
  return Error(Errc::cursor_gone,
               why + ", and the cursor is " + std::to_string(cursor) + "; begin at the oldest one again")
      .about("cursor");
}

Result<std::int64_t> count_one(Transaction& tx, std::string_view tenant) {
  STK_TRY(const auto counted, tx.execute(kCount, {tenant}));
  if (counted == 0) {
    STK_TRY(tx.upsert("event_counter", OnConflict::fail,
                      {SqlColumn::constant("tenant_id", tenant), SqlColumn::constant("number", 1)}));
  }
  STK_TRY(auto rows, tx.query(kNumber, {tenant}));
  STK_TRY(const bool any, rows->next());
  if (!any) return Error(Errc::internal, "the counter of events is not there");
  return rows->integer(0);
}

/// Numbers those that have none first: they arrived earlier.
Result<std::int64_t> next_number(Transaction& tx, std::string_view tenant) {
  std::vector<std::string> unnumbered;
  {
    STK_TRY(auto rows, tx.query(kUnnumbered, {tenant}));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) break;
      unnumbered.emplace_back(rows->text(0));
    }
  }
  for (const std::string& event : unnumbered) {
    STK_TRY(const std::int64_t number, count_one(tx, tenant));
    STK_TRY(tx.execute(kSetNumber, {event, number}));
  }
  return count_one(tx, tenant);
}

/// Later than that of every event before, whatever the clock says: Directory::events reads in this order.
Result<std::int64_t> arrival_time(Transaction& tx, Instant now) {
  std::int64_t relayed_at = now.micros();
  STK_TRY(auto rows, tx.query(kLatest));
  STK_TRY(const bool any, rows->next());
  if (any && rows->integer(0) >= relayed_at && rows->integer(0) < INT64_MAX) relayed_at = rows->integer(0) + 1;
  return relayed_at;
}

Result<void> write_event(Transaction& tx, const NewEvent& event, std::int64_t number, Instant now) {
  STK_TRY(const std::int64_t relayed_at, arrival_time(tx, now));
  STK_TRY(tx.upsert("tenant_event", OnConflict::fail,
                    {SqlColumn::constant("event_id", event.id), SqlColumn::constant("tenant_id", event.tenant),
                     SqlColumn::constant("topic", event.topic), SqlColumn::constant("payload", event.payload),
                     SqlColumn::constant("created_at", event.created_at.micros()),
                     SqlColumn::constant("relayed_at", relayed_at), SqlColumn::constant("number", number)}));
  return success();
}

/// Payloads of the first release had no version.
int version_of(std::string_view payload) {
  const auto document = json::Document::parse(payload);
  if (!document || !document.value().root().is_object()) return 0;
  const auto version = document.value().root()["version"];
  if (!version.exists()) return 1;
  const auto number = version.integer();
  return number && *number >= 1 && *number <= INT32_MAX ? static_cast<int>(*number) : 0;
}

Result<void> skip_event_numbers(Transaction& tx, std::int64_t numbers) {
  // A tenant without events so far has no row.
  std::vector<std::string> missing;
  {
    STK_TRY(auto rows, tx.query(kWithoutCounter));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) break;
      missing.emplace_back(rows->text(0));
    }
  }
  for (const std::string& tenant : missing) {
    STK_TRY(tx.upsert("event_counter", OnConflict::fail,
                      {SqlColumn::constant("tenant_id", tenant), SqlColumn::constant("number", 0)}));
  }
  STK_TRY(tx.execute(kSkip, {numbers}));
  return success();
}

}  // namespace

JsonWriter& begin_payload(JsonWriter& json, std::string_view topic) {
  const EventTopic* const known = event_topic(topic);
  return json.begin_object().field("version", known == nullptr ? 1 : known->version);
}

Result<bool> append_event(Transaction& tx, const NewEvent& event, Instant now) {
  {
    STK_TRY(auto rows, tx.query(kKnown, {event.id}));
    STK_TRY(const bool known, rows->next());
    if (known) return false;
  }
  STK_TRY(const std::int64_t number, next_number(tx, event.tenant));
  STK_TRY(write_event(tx, event, number, now));
  return true;
}

Result<void> append_control_event(Transaction& tx, std::string_view tenant, std::string_view topic, Instant now) {
  STK_TRY(const std::int64_t number, next_number(tx, tenant));
  // Unique by the tenant and its number.
  const EventId id(
      Uuid::v7(now, static_cast<std::uint64_t>(number), hash64(tenant) + static_cast<std::uint64_t>(number)));
  const std::string text = id.text();
  std::string payload;
  JsonWriter json(payload);
  begin_payload(json, topic).end_object();
  return write_event(tx, {text, tenant, topic, payload, now}, number, now);
}

Result<void> skip_numbers_of_backup(Transaction& tx) { return skip_event_numbers(tx, kSkippedByBackup); }

Result<void> skip_numbers_of_restoration(Transaction& tx, Instant now) {
  return skip_event_numbers(tx, std::max<std::int64_t>(0, (now - kSkippedSince).count() / kMicrosPerNumber));
}

Result<EventBounds> read_event_bounds(Transaction& tx, std::string_view tenant) {
  STK_TRY(auto rows, tx.query(kBounds, {tenant}));
  STK_TRY(const bool any, rows->next());
  if (!any) return EventBounds{};
  const std::int64_t newest = rows->integer(0);
  const std::int64_t first = rows->integer(1);
  return EventBounds{first == 0 ? newest : first - 1, newest};
}

Result<bool> has_relay_hint(Transaction& tx, std::string_view tenant) {
  STK_TRY(auto rows, tx.query(kHint, {tenant}));
  return rows->next();
}

Result<std::vector<Event>> read_events_after(Transaction& tx, std::string_view tenant, std::int64_t cursor, int most) {
  STK_TRY(const EventBounds bounds, read_event_bounds(tx, tenant));
  if (cursor < bounds.oldest || cursor > bounds.newest) {
    return gone(cursor,
                "events are kept after " + std::to_string(bounds.oldest) + " up to " + std::to_string(bounds.newest));
  }
  std::vector<Event> events;
  if (cursor == bounds.newest) return events;
  if (cursor > bounds.oldest) {
    STK_TRY(auto rows, tx.query(kHas, {tenant, cursor}));
    STK_TRY(const bool any, rows->next());
    if (!any) return gone(cursor, "the store was restored from a backup that does not have this event");
  }
  STK_TRY(auto rows, tx.query(kAfter, {tenant, cursor, most}));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) return events;
    Event& event = events.emplace_back();
    event.number = rows->integer(0);
    STK_TRY(event.id, EventId::parse(rows->text(1)));
    event.topic = rows->text(2);
    event.payload = rows->text(3);
    event.created_at = Instant::from_micros(rows->integer(4));
    event.version = version_of(event.payload);
  }
}

}  // namespace stocktracker::inline v0
