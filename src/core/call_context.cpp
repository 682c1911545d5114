// Deadlines and progress of a context.
#include <stocktracker/core/call_context.hpp>

#include <algorithm>

namespace stocktracker::inline v0 {

CallContext CallContext::started(Instant now) const {
  CallContext copy = *this;
  if (copy.timeout) copy.deadline = std::min(copy.deadline, now + *copy.timeout);
  copy.timeout.reset();
  return copy;
}

Result<void> CallContext::check(Instant now) const {
  if (stop.stop_requested()) return Errc::cancelled;
  if (now >= deadline) return Errc::deadline_exceeded;
  if (progress) return progress->failure();
  return success();
}

}  // namespace stocktracker::inline v0
