// Calls that wait: without the GIL, with Ctrl-C, progress and cancellation.
#pragma once

#include <pybind11/pybind11.h>

#include <stocktracker/stocktracker.hpp>

#include <unistd.h>

#include <chrono>
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
#include "bindings/python/src/interpreter.hpp"

namespace stkpy {

// Progress reports that wait until the caller's thread passes them to Python.
struct ProgressStep {
  std::string stage;
  std::uint64_t done = 0;
  std::uint64_t expected = 0;
};

// True in a child that was forked since `process`: it has no threads of its parent.
bool forked_since(pid_t process) noexcept;
[[noreturn]] void raise_forked();

// While it lives, the end of the process stops the call and waits for it if `awaited`.
class StopAtEnd {
 public:
  explicit StopAtEnd(std::stop_source stop, bool awaited = true);
  ~StopAtEnd();
  StopAtEnd(const StopAtEnd&) = delete;
  StopAtEnd& operator=(const StopAtEnd&) = delete;

 private:
  std::stop_source stop_;
  bool awaited_;
  pid_t process_;
};

// While code of the user runs within a call of the library, on this thread.
class WithinCallback {
 public:
  WithinCallback() noexcept;
  ~WithinCallback();
  WithinCallback(const WithinCallback&) = delete;
  WithinCallback& operator=(const WithinCallback&) = delete;
  static bool here() noexcept;
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
  static void stop_all(std::chrono::seconds most);
  // In a forked child: nothing of the parent is under way here.
  static void forget_all();

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
  StopAtEnd stopped_at_end_{stop_};
};

// `body(context)` returns a Result. Called with the GIL; so is the end.
template <class F>
auto waiting(const ProgressArgument& progress, st::CallContext context, F body) {
  using R = decltype(body(context));
  std::optional<R> result;
  WaitingCall call(progress.callable);
  context = call.context(std::move(context));
  std::thread worker([&] {
    try {
      result.emplace(body(context));
    } catch (const std::exception& thrown) {
      result.emplace(st::Error(st::Errc::internal, thrown.what()));
    }
    call.work_done();
  });
  const NeverUnwound here;  // the thread above may not be left behind
  call.wait(worker);
  return std::move(*result);
}

template <class F>
auto waiting(st::CallContext context, F body) {
  return waiting(ProgressArgument{}, std::move(context), std::move(body));
}

// A call without user code below it that ends soon: on this thread, without the GIL.
template <class F>
auto quick(F body) {
  const Released released;
  return body();
}

st::CallContext context_of(const Timeout& timeout, std::string actor = {}, std::string request_id = {});

}  // namespace stkpy
