// Reactor: the single thread that drives libcurl, and its queue of commands.
#include "adapters/curl/reactor.hpp"

#include <pthread.h>

#include <algorithm>
#include <system_error>

namespace stocktracker::inline v0::curl {
namespace {

constexpr int kLongestPoll = 1'000;  // milliseconds

/// True for failures that end all requests of a connection, not only the reported one.
bool breaks_connection(CURLcode code, bool answered) noexcept {
  if (code == CURLE_PARTIAL_FILE) return !answered;  // libcurl reports the end of a stream's connection in this way
  return code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR || code == CURLE_GOT_NOTHING || code == CURLE_HTTP2;
}

/// libcurl's global state, which cannot be avoided. Never cleaned up: other users in the process may need it.
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
  // One wake-up for all requests that arrive before the thread looks, and none while it is awake.
  if (!look_.exchange(true) && polling_) curl_multi_wakeup(multi_);
}

void Reactor::run() noexcept {
  while (true) {
    if (look_.exchange(false)) {
      take_new();
      admit();
      next_deadline_ = SteadyTime::min();  // cancelled requests are found by the same search as overdue ones
    }
    int running = 0;
    curl_multi_perform(multi_, &running);
    end_finished();
    end_overdue();
    if (stopping_) {
      take_new();
      if (active_.empty() && traffic_.admission.empty()) return;
      continue;
    }
    admit();  // new requests make libcurl due at once: the poll does not wait then
    // In this order: a caller that sets `look_` after the check sees `polling_`.
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
  for (const auto& transfer : taken_) wait(transfer, false);
  taken_.clear();
}

void Reactor::wait(const std::shared_ptr<Transfer>& transfer, bool first) noexcept {
  try {
    traffic_.admission.wait(transfer, first);
  } catch (...) {
    transfer->fail(Errc::overloaded);
    transfer->wake();
  }
}

void Reactor::admit() noexcept {
  if (traffic_.admission.empty()) return;
  const auto now = std::chrono::steady_clock::now();
  try {
    while (auto ticket = traffic_.admission.next(now)) begin(std::static_pointer_cast<Transfer>(std::move(ticket)));
  } catch (...) {  // out of memory: it stays in the queue until its deadline
  }
}

Handle* Reactor::idle_handle() noexcept {
  if (!idle_.empty()) {
    Handle* handle = idle_.back();
    idle_.pop_back();
    return handle;
  }
  try {
    // Reserved together with the memory to return it.
    idle_.reserve(handles_.size() + 1);
    active_.reserve(handles_.size() + 1);
    finished_.reserve(handles_.size() + 1);
    condemned_.reserve(handles_.size() + 1);
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
  const bool prepared = handle != nullptr && transfer->prepare(*handle, traffic_);
  if (!prepared || curl_multi_add_handle(multi_, handle->easy) != CURLM_OK) {
    if (handle != nullptr) {
      handle->forget();
      idle_.push_back(handle);
    }
    traffic_.admission.leave(*transfer, false, std::chrono::steady_clock::now());
    transfer->fail(Errc::overloaded);
    return transfer->wake();
  }
  const auto idle = transfer->idle_until(std::chrono::steady_clock::now());
  next_deadline_ = std::min({next_deadline_, transfer->deadline(), idle});
  transfer->slot = active_.size();
  active_.push_back(std::move(transfer));
}

void Reactor::end_overdue() noexcept {
  const auto now = std::chrono::steady_clock::now();
  const bool stopping = stopping_;
  if (now < next_deadline_ && !stopping) return;
  next_deadline_ = SteadyTime::max();
  end_overdue_waiting(now, stopping);
  end_overdue_active(now, stopping);
}

void Reactor::end_overdue_waiting(SteadyTime now, bool stopping) noexcept {
  const auto ended = [&](const Ticket& ticket) {
    const auto& transfer = static_cast<const Transfer&>(ticket);
    if (stopping || transfer.cancelled() || transfer.deadline() <= now) return true;
    next_deadline_ = std::min(next_deadline_, transfer.deadline());
    return false;
  };
  traffic_.admission.take_out(ended, [&](const std::shared_ptr<Ticket>& ticket) {
    auto& transfer = static_cast<Transfer&>(*ticket);
    transfer.fail(stopping || transfer.cancelled() ? Errc::cancelled : Errc::deadline_exceeded);
    transfer.wake();
  });
}

void Reactor::end_overdue_active(SteadyTime now, bool stopping) noexcept {
  for (std::size_t at = active_.size(); at-- > 0;) {
    Transfer& transfer = *active_[at];
    const bool cancelled = stopping || transfer.cancelled();
    const bool late = transfer.deadline() <= now;
    const SteadyTime idle = transfer.idle_until(now);
    if (!cancelled && !late && idle > now) {
      next_deadline_ = std::min({next_deadline_, transfer.deadline(), idle});
      continue;
    }
    Connection* const connection = transfer.connection();
    // The first request that runs out of time shows that the peer is gone. The others on the connection are sent again
    // below.
    if (!cancelled && !late && connection != nullptr && connection->condemned && transfer.may_resend()) continue;
    if (!cancelled) {
      // The peer was silent to this request, and may stay silent for all that share the connection.
      transfer.handle()->forbid_reuse();
      if (connection != nullptr && connection->requests > 1 && transfer.peer_is_silent(now)) {
        condemn_silent(transfer.host_name(), now);
      }
    }
    const auto ended = release(transfer, true);
    if (cancelled) {
      ended->fail(Errc::cancelled);
    } else if (late) {
      ended->fail(Errc::deadline_exceeded);
    } else {
      ended->fail_idle();
    }
    ended->wake();
  }
  resend_condemned();
}

void Reactor::end_finished() noexcept {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    char* transfer = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    if (transfer != nullptr) finish(*reinterpret_cast<Transfer*>(transfer), code);
  }
  // Callers are woken last, so that they do not compete with the requests that still must be examined.
  for (const auto& transfer : finished_) transfer->wake();
  finished_.clear();
}

void Reactor::finish(Transfer& transfer, CURLcode code) noexcept {
  Connection* const connection = transfer.connection();
  if (transfer.turned_back()) return resend(transfer);
  const bool broken = connection != nullptr && breaks_connection(code, transfer.answered());
  if (broken && connection->condemned && transfer.may_resend()) return resend(transfer);
  transfer.end(code);  // reads the handle, which then goes back to the idle ones
  if (broken && !connection->condemned && connection->requests > 1) condemn(*connection);
  finished_.push_back(release(transfer, code == CURLE_OPERATION_TIMEDOUT));
  resend_condemned();
}

/// The reason that ended one shared connection to a host has usually ended the others, too: those without any answer
/// bytes.
void Reactor::condemn_silent(const std::string& host, SteadyTime now) noexcept {
  for (const auto& transfer : active_) {
    Connection* const connection = transfer->connection();
    if (connection == nullptr || connection->condemned || transfer->host_name() != host) continue;
    if (transfer->peer_is_silent(now)) condemn(*connection);
  }
}

/// The peer is gone: nothing new is sent over this connection, and it is closed with its last request.
void Reactor::condemn(Connection& connection) noexcept {
  connection.condemned = true;
  ++connection.requests;  // so that it outlives the requests that leave it, until resend_condemned
  condemned_.push_back(&connection);
}

/// Sends the requests that may be repeated over another connection; the others keep their time limits.
void Reactor::resend_condemned() noexcept {
  for (Connection* connection : condemned_) {
    for (std::size_t at = active_.size(); at-- > 0;) {
      Transfer& transfer = *active_[at];
      if (transfer.connection() != connection) continue;
      traffic_.admission.discount(transfer);
      transfer.handle()->forbid_reuse();
      if (transfer.may_resend()) resend(transfer);
    }
    traffic_.connections.leave(*connection);
  }
  condemned_.clear();
}

void Reactor::resend(Transfer& transfer) noexcept {
  const auto again = release(transfer, false);
  again->start_over();
  wait(again, true);
}

/// The connection stays in libcurl's pool; the handle waits for the next request.
std::shared_ptr<Transfer> Reactor::release(Transfer& transfer, bool resolving) noexcept {
  Handle* handle = transfer.handle();
  curl_off_t resolved = 0;
  if (resolving) curl_easy_getinfo(handle->easy, CURLINFO_NAMELOOKUP_TIME_T, &resolved);
  curl_multi_remove_handle(multi_, handle->easy);
  handle->forget();
  idle_.push_back(handle);
  transfer.leave_connection();
  traffic_.admission.leave(transfer, resolving && resolved == 0, std::chrono::steady_clock::now());
  const std::size_t at = transfer.slot;
  auto released = std::move(active_[at]);
  if (at + 1 != active_.size()) {
    active_[at] = std::move(active_.back());
    active_[at]->slot = at;
  }
  active_.pop_back();
  return released;
}

int Reactor::poll_milliseconds() const noexcept {
  if (next_deadline_ == SteadyTime::max()) return kLongestPoll;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_deadline_ - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, kLongestPoll));
}

}  // namespace stocktracker::inline v0::curl
