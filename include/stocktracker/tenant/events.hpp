/// @file
/// Events: what happened in a tenant, in the order of arrival, to be pulled from a cursor.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/duration.hpp>
#include <stocktracker/core/ids.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0 {

/// Topics and the members of their payloads. Members may be added; existing ones keep their meaning.
///
/// | Topic                | Payload                                                     |
/// |----------------------|-------------------------------------------------------------|
/// | account.connected    | account, channel                                            |
/// | account.disconnected | account, channel                                            |
/// | sync.finished        | run, account, state, added, changed, zeroed, kept           |
/// | tenant.suspended     | none; by the operator                                       |
/// | tenant.resumed       | none; by the operator                                       |
/// | tenant.restored      | none; a damaged tenant has the data of a backup again       |
/// | tenant.quarantined   | none; the tenant's data are damaged and closed              |
struct Event {
  std::int64_t number = 0;  ///< the cursor; grows with each event of the tenant
  EventId id;
  std::string topic;
  std::string payload;  ///< a JSON object
  Instant created_at;
};

struct EventOptions {
  int most = 100;   ///< 1 to 10,000 events at a time
  Duration wait{};  ///< how long to wait for the first one; at most 24 hours

  [[nodiscard]] STK_API Result<void> validate() const;
};

class EventsCore;

/// Handle; cheap to copy, thread-safe. Events are numbered when they reach the control plane, in the transaction that
/// writes them. So a reader that continues after the last number that it handled misses none and reads none twice,
/// whatever the clocks of the processes say. Events are kept for thirty days.
///
/// @code
/// STK_TRY(std::int64_t cursor, engine.events().oldest());  // store the cursor with what the events have led to
/// while (true) {
///   STK_TRY(const auto events, engine.events().after(cursor, {.wait = std::chrono::seconds(30)}));
///   if (events.empty()) break;
///   for (const st::Event& event : events) std::puts(event.topic.c_str());
///   cursor = events.back().number;
/// }
/// @endcode
class STK_API Events {
 public:
  explicit Events(std::shared_ptr<EventsCore> core) noexcept : core_(std::move(core)) {}

  /// The events after the cursor, oldest first. Waits up to EventOptions::wait for the first one; empty if none came.
  /// While it waits it looks for events ten times a second, and carries over those of this tenant that wait for a
  /// relay. Events of a suspended or quarantined tenant can be read; a removed one is Errc::not_found.
  /// Errc::cursor_gone if events after the cursor are no longer kept, or if the cursor is not of this store: begin at
  /// `oldest` again.
  [[nodiscard]] Result<std::vector<Event>> after(std::int64_t cursor, const EventOptions& options = {},
                                                 const CallContext& context = {}) const;
  /// The cursor from which all kept events are read.
  [[nodiscard]] Result<std::int64_t> oldest(const CallContext& context = {}) const;
  /// The cursor from which only events are read that arrive from now on.
  [[nodiscard]] Result<std::int64_t> newest(const CallContext& context = {}) const;

 private:
  std::shared_ptr<EventsCore> core_;
};

}  // namespace stocktracker::inline v0
