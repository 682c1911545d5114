// The guard around the progress sink of one call.
#include "core/call_progress.hpp"

#include <new>

#include "core/caught.hpp"

namespace stocktracker::inline v0 {

void CallProgress::report(const Progress& step) noexcept {
  if (!next_) return;
  guard([&] { next_->report(step); }, [&](std::string_view said) { fail(said); });
}

void CallProgress::waiting() noexcept {
  if (!next_) return;
  guard([&] { next_->waiting(); }, [&](std::string_view said) { fail(said); });
}

Result<void> CallProgress::failure() const {
  if (failed_) {
    const std::lock_guard lock(mutex_);
    return thrown_error("the progress sink", said_);
  }
  const auto* const further = dynamic_cast<const CallProgress*>(next_.get());
  return further == nullptr ? Result<void>(success()) : further->failure();
}

void CallProgress::fail(std::string_view said) noexcept {
  const std::lock_guard lock(mutex_);
  if (failed_) return;
  try {
    said_ = said;
  } catch (const std::bad_alloc&) {  // the failure is reported without its text
  }
  failed_ = true;
}

}  // namespace stocktracker::inline v0
