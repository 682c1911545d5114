#include "adapters/curl/reactor.hpp"

#include <pthread.h>

#include <algorithm>
#include <system_error>

namespace stocktracker::inline v0::curl {
namespace {

constexpr int kLongestPoll = 1'000;  // milliseconds

/// libcurl's global state; there is no other way. Never undone: other users of the process may need it.
CURLcode initialise() noexcept {
  static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
  return done;
}

}  // namespace

Reactor::~Reactor() {
  stopping_ = true;
  wake();
  if (thread_.joinable()) thread_.join();
  handles_.clear();
  if (multi_ != nullptr) curl_multi_cleanup(multi_);
}

Result<void> Reactor::start() {
  if (initialise() != CURLE_OK) return Error(Errc::internal, "libcurl could not be initialised");
  multi_ = curl_multi_init();
  if (multi_ == nullptr) return Error(Errc::overloaded, "no memory for a reactor");
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(options_.max_connections));
  curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(options_.max_connections_per_host));
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(options_.max_connections));
  try {
    thread_ = std::thread([this] { run(); });
    pthread_setname_np(thread_.native_handle(), "stk-reactor");
  } catch (const std::system_error&) {
    return Error(Errc::overloaded, "no thread could be started for the reactor");
  }
  return success();
}

void Reactor::add(std::shared_ptr<Transfer> transfer) {
  {
    const std::lock_guard lock(mutex_);
    queued_.push_back(std::move(transfer));
  }
  wake();
}

void Reactor::wake() noexcept {
  // One wake-up for all that come before the thread looks, and none while it is awake.
  if (!look_.exchange(true) && polling_) curl_multi_wakeup(multi_);
}

void Reactor::run() noexcept {
  while (true) {
    if (look_.exchange(false)) {
      take_new();
      next_deadline_ = SteadyTime::min();  // cancelled ones are found by the same search as overdue ones
    }
    int running = 0;
    curl_multi_perform(multi_, &running);
    end_finished();
    end_overdue();
    if (stopping_ && active_.empty()) {
      take_new();
      if (active_.empty()) return;
    }
    // In this order: who sets `look_` after the check sees `polling_`.
    polling_ = true;
    if (!look_) curl_multi_poll(multi_, nullptr, 0, poll_milliseconds(), nullptr);
    polling_ = false;
  }
}

void Reactor::take_new() noexcept {
  {
    const std::lock_guard lock(mutex_);
    taken_.swap(queued_);
  }
  for (auto& transfer : taken_) begin(std::move(transfer));
  taken_.clear();
}

Handle* Reactor::idle_handle() noexcept {
  if (!idle_.empty()) {
    Handle* handle = idle_.back();
    idle_.pop_back();
    return handle;
  }
  try {
    // Room for giving it back comes with it.
    idle_.reserve(handles_.size() + 1);
    active_.reserve(handles_.size() + 1);
    finished_.reserve(handles_.size() + 1);
    auto made = Handle::make(options_);
    if (!made) return nullptr;
    handles_.push_back(std::move(made));
    return handles_.back().get();
  } catch (...) {
    return nullptr;
  }
}

void Reactor::begin(std::shared_ptr<Transfer> transfer) noexcept {
  Handle* handle = idle_handle();
  if (handle == nullptr) {
    transfer->fail(Errc::overloaded);
    return transfer->wake();
  }
  if (!transfer->prepare(*handle) || curl_multi_add_handle(multi_, handle->easy) != CURLM_OK) {
    handle->forget();
    idle_.push_back(handle);
    transfer->fail(Errc::overloaded);
    return transfer->wake();
  }
  active_.push_back(std::move(transfer));
}

void Reactor::end_overdue() noexcept {
  const auto now = std::chrono::steady_clock::now();
  const bool stopping = stopping_;
  if (now < next_deadline_ && !stopping) return;
  next_deadline_ = SteadyTime::max();
  for (std::size_t at = active_.size(); at-- > 0;) {
    const bool cancelled = stopping || active_[at]->cancelled();
    const SteadyTime earliest = std::min(active_[at]->deadline(), active_[at]->idle_until(now));
    if (!cancelled && earliest > now) {
      next_deadline_ = std::min(next_deadline_, earliest);
      continue;
    }
    const auto transfer = active_[at];
    // A peer that went silent on it may stay so, for all requests that share the connection.
    if (!cancelled) transfer->handle()->forbid_reuse();
    release(at);
    if (cancelled) {
      transfer->fail(Errc::cancelled);
    } else if (transfer->deadline() <= now) {
      transfer->fail(Errc::deadline_exceeded);
    } else {
      transfer->fail_idle();
    }
    transfer->wake();
  }
}

void Reactor::end_finished() noexcept {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    const auto ended = std::find_if(active_.begin(), active_.end(), [&](const auto& transfer) {
      return transfer->handle()->easy == message->easy_handle;
    });
    if (ended == active_.end()) continue;
    const auto transfer = *ended;
    // The result reads the handle: it goes back to the idle ones after that. Whoever waits is woken last, so that
    // they do not take the processor from those that are still to be looked at.
    transfer->end(code);
    release(static_cast<std::size_t>(ended - active_.begin()));
    finished_.push_back(transfer);
  }
  for (const auto& transfer : finished_) transfer->wake();
  finished_.clear();
}

/// The connection stays in the multi's pool, the handle waits for the next.
void Reactor::release(std::size_t at) noexcept {
  Handle* handle = active_[at]->handle();
  curl_multi_remove_handle(multi_, handle->easy);
  handle->forget();
  idle_.push_back(handle);
  active_[at].swap(active_.back());
  active_.pop_back();
}

int Reactor::poll_milliseconds() const noexcept {
  if (next_deadline_ == SteadyTime::max()) return kLongestPoll;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_deadline_ - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, kLongestPoll));
}

}  // namespace stocktracker::inline v0::curl
