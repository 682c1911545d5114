// Draws the progress of a call, at most ten times a second.
#include "server/cli/progress_bar.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <string>

#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;
using Clock = std::chrono::steady_clock;

constexpr int kWidth = 24;

class Bar final : public st::ProgressSink {
 public:
  void report(const st::Progress& step) noexcept override {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    // Pages come faster than anybody can read.
    if (now - drawn_ < std::chrono::milliseconds(100)) return;
    drawn_ = now;
    draw(step, now);
  }
  ~Bar() override {
    if (drawn_ != Clock::time_point()) std::fputs("\r\x1b[K", stderr);  // the command's output follows
  }

 private:
  void draw(const st::Progress& step, Clock::time_point now) noexcept {
    char bar[kWidth + 1];
    std::fill_n(bar, kWidth, '.');
    bar[kWidth] = '\0';
    if (step.expected > 0) {
      const auto filled = std::min<std::uint64_t>(kWidth, step.done * kWidth / step.expected);
      std::fill_n(bar, filled, '#');
    } else {
      // The total is unknown, so the bar only moves.
      const int at = tick_++ % (2 * kWidth - 6);
      std::fill_n(bar + std::min(at, 2 * kWidth - 6 - at), 3, '#');
    }
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - began_).count();
    std::fprintf(stderr, "\r\x1b[K[%s] %3llds  %s %llu", bar, static_cast<long long>(seconds),
                 shown(step.stage).c_str(), static_cast<unsigned long long>(step.done));
    std::fflush(stderr);
  }

  std::mutex mutex_;
  const Clock::time_point began_ = Clock::now();
  Clock::time_point drawn_;
  int tick_ = 0;
};

}  // namespace

std::shared_ptr<st::ProgressSink> make_progress_bar() {
  if (isatty(STDERR_FILENO) != 1) return nullptr;
  return std::make_shared<Bar>();
}

st::CallContext with_progress(st::CallContext context) {
  context.progress = make_progress_bar();
  return context;
}

}  // namespace server
