// Progress as lines on a stream.
#include <stocktracker/core/progress.hpp>

#include <unistd.h>

#include <mutex>
#include <string>

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

ProgressSink::~ProgressSink() = default;
void ProgressSink::waiting() {}

std::shared_ptr<ProgressSink> progress_to(std::FILE* stream) { return std::make_shared<StreamProgress>(stream); }

}  // namespace stocktracker::inline v0
