// Waiting calls, their contexts, and progress.
#include "bindings/python/src/calls.hpp"

#include <algorithm>
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
  std::size_t count = 0;
};
// Never destroyed: threads may outlive the interpreter.
Active& active() {
  static auto* all = new Active;
  return *all;
}

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

WaitingCall::WaitingCall(py::object progress) : progress_(std::move(progress)) {
  const std::lock_guard lock(active().mutex);
  active().calls.push_back(stop_);
  ++active().count;
}

WaitingCall::~WaitingCall() {
  const std::lock_guard lock(active().mutex);
  auto& calls = active().calls;
  calls.erase(std::find(calls.begin(), calls.end(), stop_));
  --active().count;
  active().ended.notify_all();
}

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
    progress_(step.stage, step.done, step.expected);
  } catch (py::error_already_set&) {
    raised_ = std::current_exception();
    stop_.request_stop();
  }
}

void WaitingCall::wait(std::thread& worker) {
  while (true) {
    std::deque<ProgressStep> steps;
    bool done = false;
    {
      const py::gil_scoped_release released;
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
    if (done) break;
  }
  if (py::hasattr(progress_, "close")) progress_.attr("close")();
  if (raised_) std::rethrow_exception(std::exchange(raised_, nullptr));
}

void WaitingCall::stop_all() {
  std::unique_lock lock(active().mutex);
  for (std::stop_source& call : active().calls) call.request_stop();
  active().ended.wait_for(lock, std::chrono::seconds(10), [] { return active().count == 0; });
}

st::CallContext context_of(const py::object& timeout, std::string actor, std::string request_id) {
  st::CallContext context;
  st::Duration wait{};
  if (!timeout.is_none()) {
    if (!duration_of(timeout, wait)) throw py::type_error("timeout must be seconds, a timedelta or None");
    context.timeout = wait;
  }
  context.actor = std::move(actor);
  context.request_id = std::move(request_id);
  return context;
}

py::object progress_of(const py::object& progress) {
  if (progress.is_none() || progress.is(py::bool_(false))) return py::none();
  if (progress.is(py::bool_(true))) return py::module_::import("stocktracker.progress").attr("Meter")();
  if (PyCallable_Check(progress.ptr()) == 0) {
    throw py::type_error("progress must be True, None or a callable (stage, done, expected)");
  }
  return progress;
}

}  // namespace stkpy
