// Progress as lines on a stream.
#include <stocktracker/core/progress.hpp>

#include <unistd.h>

#include <atomic>
#include <exception>
#include <mutex>
#include <new>
#include <string>

#include "core/caught.hpp"

namespace stocktracker::inline v0 {
namespace {

class StreamProgress final : public ProgressSink {
 public:
  explicit StreamProgress(std::FILE* stream) : stream_(stream), terminal_(isatty(fileno(stream)) == 1) {}

  void report(const Progress& step) override {
    const std::lock_guard lock(mutex_);
    const bool same_stage = step.stage == stage_;
    // A pipe gets one line per stage, a terminal sees the line move.
    if (!terminal_ && same_stage) return;
    const auto count = static_cast<unsigned long long>(step.done);
    const int width = static_cast<int>(step.stage.size());
    if (terminal_ && !same_stage && !stage_.empty()) std::fputc('\n', stream_);
    if (step.expected != 0) {
      std::fprintf(stream_, "%s%.*s %llu/%llu", terminal_ ? "\r\x1b[K" : "", width, step.stage.data(), count,
                   static_cast<unsigned long long>(step.expected));
    } else {
      std::fprintf(stream_, "%s%.*s %llu", terminal_ ? "\r\x1b[K" : "", width, step.stage.data(), count);
    }
    if (!terminal_) std::fputc('\n', stream_);
    std::fflush(stream_);
    stage_ = step.stage;
  }

  ~StreamProgress() override {
    if (terminal_ && !stage_.empty()) std::fputc('\n', stream_);
  }

 private:
  std::FILE* stream_;
  bool terminal_;
  std::mutex mutex_;
  std::string stage_;
};

}  // namespace

struct ProgressSink::Failure {
  std::atomic<bool> failed = false;
  std::mutex mutex;
  std::string said;
};

ProgressSink::ProgressSink() : failure_(std::make_unique<Failure>()) {}
ProgressSink::~ProgressSink() = default;
void ProgressSink::waiting() {}

void ProgressSink::send(const Progress& step) noexcept {
  try {
    report(step);
  } catch (const std::exception& thrown) {
    fail(said_by(thrown));
  } catch (...) {
    fail(kNoException);
  }
}

void ProgressSink::send_waiting() noexcept {
  try {
    waiting();
  } catch (const std::exception& thrown) {
    fail(said_by(thrown));
  } catch (...) {
    fail(kNoException);
  }
}

void ProgressSink::fail(std::string_view said) noexcept {
  const std::lock_guard lock(failure_->mutex);
  if (failure_->failed) return;
  try {
    failure_->said = said;
  } catch (const std::bad_alloc&) {  // the failure is reported without its text
  }
  failure_->failed = true;
}

void ProgressSink::fail_with(const ProgressSink& next) noexcept {
  if (!next.failure_->failed || failure_->failed) return;
  const std::lock_guard lock(next.failure_->mutex);
  fail(next.failure_->said);
}

Result<void> ProgressSink::failure() const {
  if (!failure_->failed) return success();
  const std::lock_guard lock(failure_->mutex);
  return thrown_error("the progress sink", failure_->said);
}

std::shared_ptr<ProgressSink> progress_to(std::FILE* stream) { return std::make_shared<StreamProgress>(stream); }

}  // namespace stocktracker::inline v0
