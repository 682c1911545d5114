// AuditLog: keeps the newest entries.
#include <stocktracker/testing/audit_log.hpp>

#include <exception>

namespace stocktracker::inline v0::testing {

void AuditLog::record(const AuditEvent& event) noexcept {
  const std::lock_guard lock(mutex_);
  try {
    events_.push_back(event);
  } catch (const std::exception&) {  // out of memory
    ++dropped_;
    return;
  }
  if (events_.size() <= most_) return;
  events_.pop_front();
  ++dropped_;
}

std::vector<AuditEvent> AuditLog::events() const {
  const std::lock_guard lock(mutex_);
  return {events_.begin(), events_.end()};
}

std::uint64_t AuditLog::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

}  // namespace stocktracker::inline v0::testing
