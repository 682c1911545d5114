// Counts the calls of an engine, and ends them when it is closed.
#include "ports/call_gate.hpp"

#include <algorithm>
#include <utility>

#include "ports/call_marks.hpp"
#include "ports/guarded_ports.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr Duration kMostGrace = std::chrono::hours(24 * 365);  // longer ones overflow the system's clock

struct Ask {
  std::stop_source source;
  void operator()() noexcept { source.request_stop(); }
};

Error closed_error() { return Error(Errc::engine_closed, "the engine was closed; open another one"); }

Error own_call_error() {
  return Error(Errc::unsupported,
               "the engine cannot be closed in a callback of a call of its own, because it would wait for that call; "
               "let the call return first");
}

}  // namespace

/// Joins the caller's token and the gate's.
struct RunningCall::Stops {
  Stops(const std::stop_token& caller, const std::stop_token& gate)
      : by_caller(caller, Ask{both}), by_gate(gate, Ask{both}) {}

  std::stop_source both;
  std::stop_callback<Ask> by_caller;
  std::stop_callback<Ask> by_gate;
};

RunningCall::RunningCall() noexcept = default;
RunningCall::RunningCall(std::shared_ptr<CallGate> gate) noexcept : gate_(std::move(gate)) {}
RunningCall::RunningCall(RunningCall&& other) noexcept = default;
RunningCall& RunningCall::operator=(RunningCall&& other) noexcept {
  std::swap(gate_, other.gate_);
  std::swap(stops_, other.stops_);
  return *this;
}
RunningCall::~RunningCall() {
  if (stops_) gate_->drop_token(stops_->both.get_token());
  stops_.reset();
  if (!gate_) return;
  drop_call_mark(gate_.get());  // a call ends on the thread on which it began
  gate_->leave();
}

std::stop_token RunningCall::joined(const std::stop_token& caller, const std::stop_token& gate) {
  auto stops = std::make_unique<Stops>(caller, gate);
  gate_->add_token(stops->both.get_token());
  stops_ = std::move(stops);
  return stops_->both.get_token();
}

Result<EnteredCall> CallGate::begin(CallContext context) {
  if (fork_count() != forks_) return forked_error();
  add_call_mark(this);
  // Counted first: `close` sees the call, or the call sees that the gate is closed.
  running_.fetch_add(1);
  RunningCall running(shared_from_this());
  if (closed_.load() && !is_nested(context.stop)) return closed_error();
  const std::stop_token mine = stop_.get_token();
  if (!context.stop.stop_possible()) {
    context.stop = mine;
  } else if (context.stop != mine) {
    context.stop = running.joined(context.stop, mine);
  }
  return EnteredCall{std::move(context), std::move(running)};
}

bool CallGate::is_nested(const std::stop_token& token) {
  if (running_.load() < 2 || !token.stop_possible()) return false;  // one of them is the call that asks
  if (token == stop_.get_token()) return true;
  const std::lock_guard lock(mutex_);
  return std::find(tokens_.begin(), tokens_.end(), token) != tokens_.end();
}

void CallGate::add_token(std::stop_token token) {
  const std::lock_guard lock(mutex_);
  tokens_.push_back(std::move(token));
}

void CallGate::drop_token(const std::stop_token& token) noexcept {
  if (fork_count() != forks_) return;  // a thread of the parent may have held the mutex
  const std::lock_guard lock(mutex_);
  const auto found = std::find(tokens_.begin(), tokens_.end(), token);
  if (found == tokens_.end()) return;
  std::swap(*found, tokens_.back());
  tokens_.pop_back();
}

void CallGate::leave() noexcept {
  if (fork_count() != forks_) return;
  if (running_.fetch_sub(1) != 1 || !closed_.load()) return;
  const std::lock_guard lock(mutex_);  // not between the look of one who waits and its sleep
  left_.notify_all();
}

Result<void> CallGate::close(Duration grace) {
  if (fork_count() != forks_) return forked_error();
  if (has_call_mark(this)) return own_call_error();
  closed_.store(true);
  std::unique_lock lock(mutex_);
  const auto idle = [&] { return is_idle(); };
  if (left_.wait_for(lock, std::clamp(grace, Duration::zero(), kMostGrace), idle)) return success();
  lock.unlock();
  {
    // Runs callbacks of the calls: without the lock, and as a part of these calls.
    const BorrowedMarks part({this});
    stop_.request_stop();
  }
  lock.lock();
  left_.wait(lock, idle);
  return success();
}

std::shared_ptr<CallGate> make_call_gate() { return kept_across_fork(std::make_shared<CallGate>()); }

Result<EnteredCall> begin_call(const std::shared_ptr<CallGate>& gate, Clock& clock, const CallContext& given) {
  const Instant now = clock.now();
  if (auto failed = clock_failure(clock)) return std::move(*failed);
  CallContext context = given.started(now);
  if (!gate) return EnteredCall{std::move(context), {}};
  return gate->begin(std::move(context));
}

}  // namespace stocktracker::inline v0
