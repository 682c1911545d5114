// Operations: calls that run on the engine's executor, to wait for, cancel or await.
#pragma once

#include "bindings/python/src/calls.hpp"
#include "bindings/python/src/engine.hpp"

namespace stkpy {

// One operation, whatever it returns.
class PendingCall {
 public:
  PendingCall(EngineHandle engine, std::stop_source stop)
      : engine_(std::move(engine)), stop_(std::move(stop)), process_(getpid()) {}
  PendingCall(const PendingCall&) = delete;
  PendingCall& operator=(const PendingCall&) = delete;
  virtual ~PendingCall() = default;

  [[nodiscard]] bool done() const;
  // The same, without an exception; true in a forked child.
  [[nodiscard]] bool ended() const;
  // Without the GIL between looks for Ctrl-C; raises in a forked child. False: `most` has passed.
  [[nodiscard]] bool wait(std::optional<st::Duration> most) const;
  // The result as Python gets it, or its exception, each time anew.
  py::object result(std::optional<st::Duration> most);
  void cancel() noexcept { stop_.request_stop(); }

 protected:
  [[nodiscard]] virtual bool wait_for(st::Duration most) const = 0;
  // Of a call that is done, once. With the GIL.
  virtual st::Result<py::object> take() = 0;

 private:
  EngineHandle engine_;
  std::stop_source stop_;
  pid_t process_;
  std::optional<st::Result<py::object>> taken_;
  StopAtEnd stopped_at_end_{stop_, false};
};

template <class T, class Wrap>
class PendingOf final : public PendingCall {
 public:
  PendingOf(EngineHandle engine, std::stop_source stop, st::Operation<T> operation)
      : PendingCall(std::move(engine), std::move(stop)), operation_(std::move(operation)) {}

 private:
  [[nodiscard]] bool wait_for(st::Duration most) const override { return operation_.wait_for(most); }
  st::Result<py::object> take() override {
    auto result = operation_.take();
    if (!result) return std::move(result).error();
    return py::cast(Wrap(std::move(result).value()));
  }

  st::Operation<T> operation_;
};

// An operation that nobody holds any more, and that is not done, keeps its engine until it is: at the end of the
// process the engine is closed, so that no thread enters an interpreter that is gone.
void release_operation(PendingCall* call);
void forget_operations();

// `submit(context)` returns a Result of an Operation<T>; Python gets a Wrap of what it returns.
template <class Wrap, class F>
std::shared_ptr<PendingCall> submitted(const EngineHandle& engine, st::CallContext context, F submit) {
  std::stop_source stop;
  context.stop = stop.get_token();
  auto operation = value_or_raise(quick([&] { return submit(context); }));
  using T = typename decltype(operation.take())::value_type;
  PendingCall* const made = new PendingOf<T, Wrap>(engine, std::move(stop), std::move(operation));
  return {made, release_operation};
}

}  // namespace stkpy
