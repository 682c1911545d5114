// Operation: what submit_run, submit_connect and submit_columns return.
#include "bindings/python/src/operations.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

namespace stkpy {
namespace {

constexpr st::Duration kBetweenLooks = std::chrono::milliseconds(50);

using ReleasedCalls = std::vector<std::unique_ptr<PendingCall>>;
// Only with the GIL. Never destroyed: a forked child must not touch its parent's.
ReleasedCalls*& released_operations() {
  static auto* all = new ReleasedCalls;
  return all;
}

}  // namespace

void release_operation(PendingCall* call) {
  std::unique_ptr<PendingCall> held(call);
  ReleasedCalls done;  // destroyed last: an engine may end with it
  ReleasedCalls& kept = *released_operations();
  if (!held->ended()) kept.push_back(std::move(held));
  for (auto& each : kept) {
    if (each->ended()) done.push_back(std::move(each));
  }
  std::erase(kept, nullptr);
}

void forget_operations() { released_operations() = new ReleasedCalls; }

bool PendingCall::ended() const { return taken_ || forked_since(process_) || wait_for(st::Duration{}); }

bool PendingCall::done() const {
  if (taken_) return true;
  if (forked_since(process_)) raise_forked();
  return wait_for(st::Duration{});
}

bool PendingCall::wait(std::optional<st::Duration> most) const {
  if (taken_) return true;
  const auto began = std::chrono::steady_clock::now();
  while (true) {
    if (forked_since(process_)) raise_forked();
    st::Duration step = kBetweenLooks;
    if (most) {
      const auto passed = std::chrono::duration_cast<st::Duration>(std::chrono::steady_clock::now() - began);
      step = std::clamp(*most - passed, st::Duration{}, kBetweenLooks);
    }
    if (quick([&] { return wait_for(step); })) return true;
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
    if (most && step < kBetweenLooks) return false;
  }
}

py::object PendingCall::result(std::optional<st::Duration> most) {
  try {
    if (!wait(most)) raise(st::Error(st::Errc::deadline_exceeded, "the operation is not done yet; it continues"));
  } catch (py::error_already_set& raised) {
    if (raised.matches(PyExc_KeyboardInterrupt)) cancel();
    throw;
  }
  if (!taken_) taken_ = take();
  if (!*taken_) raise(taken_->error());
  return taken_->value();
}

void bind_operations(py::module_& module) {
  py::class_<PendingCall, std::shared_ptr<PendingCall>>(
      module, "Operation",
      "A call that runs on the engine's threads: poll it, wait for it, cancel it, or `await` it in asyncio. If the "
      "awaiting task is cancelled, so is the call.")
      .def_property_readonly("done", &PendingCall::done)
      .def(
          "wait", [](const PendingCall& call, const Timeout& timeout) { return call.wait(timeout.after); },
          py::arg("timeout") = py::none(), "True when it is done, False if that takes longer than `timeout`.")
      .def(
          "result", [](PendingCall& call, const Timeout& timeout) { return call.result(timeout.after); },
          py::arg("timeout") = py::none(),
          "Waits for the end; returns what the call returned, or raises what it raised. TimeoutError: it is not done "
          "yet, and continues. Ctrl-C cancels the call.")
      .def("cancel", &PendingCall::cancel,
           "Asks the call to stop: it ends with CancelledError, unless it is done first. Does not wait.")
      .def("__await__",
           [](const py::object& call) {
             return py::module_::import("stocktracker.asynchronous").attr("completed")(call).attr("__await__")();
           })
      .def("__repr__", [](const PendingCall& call) {
        return std::string("<Operation ") + (call.done() ? "done" : "running") + ">";
      });
}

}  // namespace stkpy
