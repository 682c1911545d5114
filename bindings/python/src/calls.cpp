// Waiting calls, their contexts, and progress.
#include "bindings/python/src/calls.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <vector>

namespace stkpy {
namespace {

constexpr auto kBetweenSignals = std::chrono::milliseconds(50);
constexpr std::size_t kMostSteps = 1'024;

struct Active {
  std::mutex mutex;
  std::condition_variable ended;
  std::vector<std::stop_source> calls;
  std::size_t awaited = 0;
};
// Never destroyed: threads may outlive the interpreter, and a forked child must not touch its parent's.
std::atomic<Active*>& active_slot() {
  static std::atomic<Active*> slot{new Active};
  return slot;
}
Active& active() { return *active_slot().load(); }

thread_local int callbacks = 0;

}  // namespace

class WaitingCall::Sink final : public st::ProgressSink {
 public:
  explicit Sink(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  void report(const st::Progress& step) noexcept override {
    const std::lock_guard lock(shared_->mutex);
    // A slow callable skips steps, never stages.
    if (!shared_->steps.empty() && shared_->steps.back().stage == step.stage) {
      shared_->steps.back() = {std::string(step.stage), step.done, step.expected};
    } else if (shared_->steps.size() < kMostSteps) {
      shared_->steps.push_back({std::string(step.stage), step.done, step.expected});
    }
    shared_->changed.notify_one();
  }

 private:
  std::shared_ptr<Shared> shared_;
};

bool forked_since(pid_t process) noexcept { return getpid() != process; }

void raise_forked() {
  raise(st::Error(st::Errc::engine_forked,
                  "this process was forked from the one that opened the engine; open one after the fork"));
}

StopAtEnd::StopAtEnd(std::stop_source stop, bool awaited)
    : stop_(std::move(stop)), awaited_(awaited), process_(getpid()) {
  const std::lock_guard lock(active().mutex);
  active().calls.push_back(stop_);
  if (awaited_) ++active().awaited;
}

StopAtEnd::~StopAtEnd() {
  if (forked_since(process_)) return;
  const std::lock_guard lock(active().mutex);
  auto& calls = active().calls;
  calls.erase(std::find(calls.begin(), calls.end(), stop_));
  if (awaited_) --active().awaited;
  active().ended.notify_all();
}

WithinCallback::WithinCallback() noexcept { ++callbacks; }
WithinCallback::~WithinCallback() {
  const NeverUnwound here;
  --callbacks;
}
bool WithinCallback::here() noexcept { return callbacks != 0; }

WaitingCall::WaitingCall(py::object progress) : progress_(std::move(progress)) {}
WaitingCall::~WaitingCall() = default;

st::CallContext WaitingCall::context(st::CallContext given) {
  given.stop = stop_.get_token();
  if (!progress_.is_none()) given.progress = std::make_shared<Sink>(shared_);
  return given;
}

void WaitingCall::work_done() {
  const std::lock_guard lock(shared_->mutex);
  shared_->done = true;
  shared_->changed.notify_one();
}

void WaitingCall::report_progress(const ProgressStep& step) {
  if (raised_ || progress_.is_none()) return;
  try {
    called(progress_, step.stage, step.done, step.expected);
  } catch (py::error_already_set&) {
    raised_ = std::current_exception();
    stop_.request_stop();
  }
}

void WaitingCall::wait(std::thread& worker) {
  const pid_t process = getpid();
  while (true) {
    std::deque<ProgressStep> steps;
    bool done = false;
    {
      const Released released;
      std::unique_lock lock(shared_->mutex);
      shared_->changed.wait_for(lock, kBetweenSignals, [&] { return shared_->done || !shared_->steps.empty(); });
      steps.swap(shared_->steps);
      done = shared_->done;
      lock.unlock();
      if (done) worker.join();
    }
    if (!raised_ && PyErr_CheckSignals() != 0) {
      try {
        throw py::error_already_set();
      } catch (py::error_already_set&) {
        raised_ = std::current_exception();
      }
      stop_.request_stop();
    }
    for (const ProgressStep& step : steps) report_progress(step);
    if (forked_since(process)) {  // by the progress callable or by a signal's handler: the worker is not here
      if (!done) worker.detach();
      raise_forked();
    }
    if (done) break;
  }
  if (py::hasattr(progress_, "close")) progress_.attr("close")();
  if (raised_) std::rethrow_exception(std::exchange(raised_, nullptr));
}

void WaitingCall::stop_all(std::chrono::seconds most) {
  std::unique_lock lock(active().mutex);
  for (std::stop_source& call : active().calls) call.request_stop();
  active().ended.wait_for(lock, most, [] { return active().awaited == 0; });
}

void WaitingCall::forget_all() { active_slot().store(new Active); }

st::CallContext context_of(const Timeout& timeout, std::string actor, std::string request_id) {
  st::CallContext context;
  context.timeout = timeout.after;
  context.actor = std::move(actor);
  context.request_id = std::move(request_id);
  return context;
}

}  // namespace stkpy
