/// The numbered events of tenants in the control plane. A transaction that appends one locks the tenant's counter until
/// the commit, so that no reader sees a number before the smaller ones.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/ports/database.hpp>
#include <stocktracker/tenant/events.hpp>

namespace stocktracker::inline v0 {

/// Begins the payload of an event with the version of its topic; add the members of the topic, then `end_object`.
JsonWriter& begin_payload(JsonWriter& json, std::string_view topic);

struct NewEvent {
  std::string_view id;
  std::string_view tenant;
  std::string_view topic;
  std::string_view payload;
  Instant created_at;
};

/// Call within a write transaction of the control plane. False if the event is there already.
[[nodiscard]] Result<bool> append_event(Transaction& tx, const NewEvent& event, Instant now);
/// The same for an event that the control plane itself makes, without a payload.
[[nodiscard]] Result<void> append_control_event(Transaction& tx, std::string_view tenant, std::string_view topic,
                                                Instant now);

/// For the copy of a store: leaves out the numbers that the store itself may give from now on, so that no number means
/// two events if the copy becomes the store. Within a write transaction of the control plane.
[[nodiscard]] Result<void> skip_numbers_of_backup(Transaction& tx);
/// For a store that is made from a backup: leaves out the numbers that another store may have given that was made from
/// it earlier, at most 1,000 a second. `now` is the time of the machine.
[[nodiscard]] Result<void> skip_numbers_of_restoration(Transaction& tx, Instant now);

/// Cursors: before the oldest event that is kept, and at the newest one.
struct EventBounds {
  std::int64_t oldest = 0;
  std::int64_t newest = 0;
};
[[nodiscard]] Result<EventBounds> read_event_bounds(Transaction& tx, std::string_view tenant);
/// True if events of the tenant may wait for a relay; within a transaction of the control plane.
[[nodiscard]] Result<bool> has_relay_hint(Transaction& tx, std::string_view tenant);
/// Errc::cursor_gone: see Events::after.
[[nodiscard]] Result<std::vector<Event>> read_events_after(Transaction& tx, std::string_view tenant,
                                                           std::int64_t cursor, int most);

}  // namespace stocktracker::inline v0
