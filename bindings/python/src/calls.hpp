// Calls that wait: without the GIL, with Ctrl-C, progress and cancellation.
#pragma once

#include <pybind11/pybind11.h>

#include <stocktracker/stocktracker.hpp>

#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "bindings/python/src/casters.hpp"

namespace stkpy {

// Progress reports that wait until the caller's thread passes them to Python.
struct ProgressStep {
  std::string stage;
  std::uint64_t done = 0;
  std::uint64_t expected = 0;
};

// One waiting call. The work is done by a thread of its own; the caller's thread, which alone may see signals, waits
// without the GIL, calls the progress callable itself (so that it may raise, and may use the engine) and looks for
// Ctrl-C. What either raises stops the work, and is raised when the work has ended.
class WaitingCall {
 public:
  explicit WaitingCall(py::object progress);
  ~WaitingCall();
  WaitingCall(const WaitingCall&) = delete;
  WaitingCall& operator=(const WaitingCall&) = delete;

  // Adds the stop token and the progress sink.
  [[nodiscard]] st::CallContext context(st::CallContext given);
  void work_done();
  // With the GIL held; returns when the work is done.
  void wait(std::thread& worker);

  // At the end of the process: stops all calls that are under way and waits for them, without the GIL.
  static void stop_all();

 private:
  class Sink;
  struct Shared {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<ProgressStep> steps;
    bool done = false;
  };

  void report_progress(const ProgressStep& step);

  py::object progress_;
  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
  std::stop_source stop_;
  std::exception_ptr raised_;
};

// `body(context)` returns a Result. Called with the GIL; so is the end.
template <class F>
auto waiting(py::object progress, st::CallContext context, F body) {
  using R = decltype(body(context));
  std::optional<R> result;
  WaitingCall call(std::move(progress));
  context = call.context(std::move(context));
  std::thread worker([&] {
    try {
      result.emplace(body(context));
    } catch (const std::exception& thrown) {
      result.emplace(st::Error(st::Errc::internal, thrown.what()));
    }
    call.work_done();
  });
  call.wait(worker);
  return std::move(*result);
}

// A call without user code below it that ends soon: on this thread, without the GIL.
template <class F>
auto quick(F body) {
  const py::gil_scoped_release released;
  return body();
}

// timeout: None, seconds or a timedelta.
st::CallContext context_of(const py::object& timeout, std::string actor = {}, std::string request_id = {});
// True is the meter, None or False nothing, anything else is called with (stage, done, expected).
py::object progress_of(const py::object& progress);

}  // namespace stkpy
