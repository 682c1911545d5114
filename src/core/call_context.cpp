// Deadlines and progress of a context.
#include <stocktracker/core/call_context.hpp>

#include <algorithm>
#include <memory>
#include <utility>

#include "core/call_progress.hpp"

namespace stocktracker::inline v0 {
CallContext CallContext::started(Instant now) const {
  CallContext copy = *this;
  if (copy.timeout) copy.deadline = std::min(copy.deadline, now + *copy.timeout);
  copy.timeout.reset();
  if (copy.progress && dynamic_cast<CallProgress*>(copy.progress.get()) == nullptr) {
    copy.progress = std::make_shared<CallProgress>(std::move(copy.progress));
  }
  return copy;
}

Result<void> CallContext::check(Instant now) const {
  if (stop.stop_requested()) return Errc::cancelled;
  if (now >= deadline) return Errc::deadline_exceeded;
  if (const auto* const call = dynamic_cast<const CallProgress*>(progress.get())) return call->failure();
  return success();
}

}  // namespace stocktracker::inline v0
