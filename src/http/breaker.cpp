// Breaker: counts refusals of equal requests.
#include <stocktracker/http/breaker.hpp>

#include <algorithm>
#include <mutex>
#include <unordered_map>

#include <stocktracker/core/problems.hpp>

namespace stocktracker::inline v0 {
namespace {

/// Few requests fail; those that have not failed for the longest time are forgotten first.
constexpr std::size_t kRemembered = 4096;

struct Line {
  int status = 0;
  int failures = 0;
  Duration pause{};
  Instant open_until = Instant::earliest();
  bool trial = false;  ///< one caller tries after the pause
};

}  // namespace

struct Breaker::State {
  BreakerOptions options;
  std::mutex mutex;
  std::unordered_map<std::uint64_t, Line> lines;
};

Result<void> BreakerOptions::validate() const {
  Problems problems;
  problems.require(failures >= 1 && failures <= 1'000, "failures", "must be 1 to 1000");
  problems.require(refused_pause > Duration::zero(), "refused_pause", "must be positive");
  problems.require(broken_pause > Duration::zero(), "broken_pause", "must be positive");
  problems.require(max_pause >= std::max(refused_pause, broken_pause), "max_pause",
                   "must not be less than the first pauses");
  return problems.result("BreakerOptions");
}

Breaker::Breaker(BreakerOptions options) : state_(std::make_unique<State>()) { state_->options = options; }
Breaker::~Breaker() = default;

std::optional<BreakerOpen> Breaker::ask(std::uint64_t request, Instant now) {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->lines.find(request);
  if (found == state_->lines.end()) return std::nullopt;
  Line& line = found->second;
  if (line.failures < state_->options.failures) return std::nullopt;
  // A clock that steps back must not lengthen the pause.
  line.open_until = std::min(line.open_until, now + line.pause);
  if (now < line.open_until) return BreakerOpen{line.open_until - now, line.status};
  // The trial. If its caller never reports, the next caller may try after another pause.
  line.open_until = now + line.pause;
  line.trial = true;
  return std::nullopt;
}

void Breaker::record(std::uint64_t request, int status, Instant now) {
  if (status == 429 || status == 420) return;
  const std::lock_guard lock(state_->mutex);
  auto& lines = state_->lines;
  if (status < 400) {
    lines.erase(request);
    return;
  }
  if (lines.size() >= kRemembered && lines.count(request) == 0) {
    for (auto it = lines.begin(); it != lines.end();) {
      it = it->second.failures < state_->options.failures || it->second.open_until < now ? lines.erase(it) : ++it;
    }
    if (lines.size() >= kRemembered) return;
  }
  Line& line = lines[request];
  if (line.status != status) line = {status, 0, {}, Instant::earliest(), false};
  ++line.failures;
  if (line.failures < state_->options.failures) return;
  const Duration first = status < 500 ? state_->options.refused_pause : state_->options.broken_pause;
  if (line.pause == Duration::zero()) {
    line.pause = first;
  } else if (line.trial) {
    line.pause = std::min(line.pause * 2, state_->options.max_pause);
  }
  line.trial = false;
  line.open_until = now + line.pause;
}

}  // namespace stocktracker::inline v0
