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
#include <stocktracker/tenant/event_topics.hpp>

namespace stocktracker::inline v0 {

/// What happened. Its topic and the members of its payload: `kEventTopics` (tenant/event_topics.hpp). A newer release
/// may write topics that `event_topic` does not know, and versions above `EventTopic::version`: a reader skips these,
/// or stops before them until it has been updated.
struct Event {
  std::int64_t number = 0;  ///< the cursor; grows with each event of the tenant
  EventId id;
  std::string topic;
  std::string payload;  ///< a JSON object
  Instant created_at;
  int version = 1;  ///< of the payload, as its member `version`; 0: the payload is not readable
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
  /// While it waits it looks for events ten times a second (two statements each time, three in a store of many
  /// tenants), and carries over those of this tenant that wait for a relay: so it returns within 200 ms of a commit,
  /// also of another process. Events of a suspended or quarantined tenant can be read; a removed one is
  /// Errc::not_found. Errc::cursor_gone if events after the cursor are no longer kept, or if the cursor is not of this
  /// store: begin at `oldest` again.
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
