// Deadlines and progress of a context.
#include <stocktracker/core/call_context.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace stocktracker::inline v0 {
namespace {

/// Passes on the reports of one call: what the caller's sink throws ends this call, and no later one.
class CallProgress final : public ProgressSink {
 public:
  explicit CallProgress(std::shared_ptr<ProgressSink> next) noexcept : next_(std::move(next)) {}
  void report(const Progress& step) override { next_->report(step); }
  void waiting() override { next_->waiting(); }

 private:
  const std::shared_ptr<ProgressSink> next_;
};

}  // namespace

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
  if (progress) return progress->failure();
  return success();
}

}  // namespace stocktracker::inline v0
