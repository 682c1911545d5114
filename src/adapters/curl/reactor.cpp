#include "adapters/curl/reactor.hpp"

#include <algorithm>
#include <system_error>

namespace stocktracker::inline v0::curl {
namespace {

constexpr std::size_t kIdleHandles = 64;
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
  for (CURL* easy : idle_) curl_easy_cleanup(easy);
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
  // One wake-up for all that come before the thread looks.
  if (!look_.exchange(true)) curl_multi_wakeup(multi_);
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
    if (look_) continue;
    curl_multi_poll(multi_, nullptr, 0, poll_milliseconds(), nullptr);
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

void Reactor::begin(std::shared_ptr<Transfer> transfer) noexcept {
  CURL* easy = nullptr;
  if (!idle_.empty()) {
    easy = idle_.back();
    idle_.pop_back();
  } else {
    easy = curl_easy_init();
  }
  if (easy == nullptr) return transfer->fail(Errc::overloaded);
  bool added = false;
  try {
    active_.push_back(transfer);
    added = true;
  } catch (...) {
  }
  if (!added || !transfer->prepare(easy, options_) || curl_multi_add_handle(multi_, easy) != CURLM_OK) {
    if (added) active_.pop_back();
    curl_easy_cleanup(easy);
    transfer->fail(Errc::overloaded);
  }
}

void Reactor::end_overdue() noexcept {
  const auto now = std::chrono::steady_clock::now();
  const bool stopping = stopping_;
  if (now < next_deadline_ && !stopping) return;
  next_deadline_ = SteadyTime::max();
  for (std::size_t at = active_.size(); at-- > 0;) {
    const bool cancelled = stopping || active_[at]->cancelled();
    if (!cancelled && active_[at]->deadline() > now) {
      next_deadline_ = std::min(next_deadline_, active_[at]->deadline());
      continue;
    }
    const auto transfer = active_[at];
    release(at);
    transfer->fail(cancelled ? Errc::cancelled : Errc::deadline_exceeded);
  }
}

void Reactor::end_finished() noexcept {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    const auto ended = std::find_if(active_.begin(), active_.end(),
                                    [&](const auto& transfer) { return transfer->easy() == message->easy_handle; });
    if (ended == active_.end()) continue;
    const auto transfer = *ended;
    // The result reads the handle: it goes back to the idle ones after that.
    transfer->end(code);
    release(static_cast<std::size_t>(ended - active_.begin()));
  }
}

/// The handle keeps the session cache and goes on; the connection stays in the multi's pool.
void Reactor::release(std::size_t at) noexcept {
  CURL* easy = active_[at]->easy();
  curl_multi_remove_handle(multi_, easy);
  curl_easy_reset(easy);
  if (idle_.size() < kIdleHandles) {
    try {
      idle_.push_back(easy);
      easy = nullptr;
    } catch (...) {
    }
  }
  if (easy != nullptr) curl_easy_cleanup(easy);
  active_[at].swap(active_.back());
  active_.pop_back();
}

int Reactor::poll_milliseconds() const noexcept {
  if (next_deadline_ == SteadyTime::max()) return kLongestPoll;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_deadline_ - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, kLongestPoll));
}

}  // namespace stocktracker::inline v0::curl
