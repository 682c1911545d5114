// Transfer: one request in flight, with its body, headers, and limits of time and size.
#include "adapters/curl/transfer.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "adapters/curl/error_map.hpp"
#include "adapters/curl/reach.hpp"

namespace stocktracker::inline v0::curl {
namespace {

constexpr std::size_t kHeaderBytes = std::size_t{256} << 10;
constexpr std::size_t kExpectFrom = std::size_t{512} << 10;
constexpr std::size_t kFirstReserve = std::size_t{64} << 20;
constexpr std::chrono::milliseconds kUnacknowledged = std::chrono::seconds(20);
constexpr auto kSilence = std::chrono::seconds(5);
constexpr auto kSignOfLife = std::chrono::seconds(2);  // CallContext::waiting asks for one every five

/// libcurl copies header lines; this library's copies with secrets are wiped before their memory is released.
void wipe_and_free(curl_slist* list) noexcept {
  for (curl_slist* node = list; node != nullptr; node = node->next) {
    volatile char* bytes = node->data;
    for (std::size_t left = std::strlen(node->data); left > 0; --left) bytes[left - 1] = 0;
  }
  curl_slist_free_all(list);
}

std::string_view trimmed(std::string_view text) noexcept {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

bool has_break(std::string_view text) noexcept {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != text.npos;
}

}  // namespace

// A request that must not be sent twice gets its own connection.
Transfer::Transfer(const HttpRequest& request, Route route, SteadyTime deadline, Duration idle_timeout)
    : Ticket(route.tenant, std::move(route.host),
             route.http2 && !route.plain && request.idempotency != Idempotency::unsafe),
      method_(request.method),
      url_(request.url),
      body_(request.body),
      plain_(route.plain),
      http2_(route.http2),
      guarded_(route.guarded),
      unsafe_(request.idempotency == Idempotency::unsafe),
      max_body_(request.max_body),
      deadline_(deadline),
      idle_timeout_(idle_timeout) {
  for (const HttpHeader& header : request.headers) {
    if (has_break(header.name) || has_break(header.value)) built_ = false;
    if (built_) add_header(header.value.empty() ? header.name + ";" : header.name + ": " + header.value);
  }
  for (const SecretHeader& header : request.secret_headers) {
    if (has_break(header.name) || has_break(header.value.reveal())) built_ = false;
    if (!built_) break;
    std::string line;
    line.reserve(header.name.size() + 2 + header.value.reveal().size());  // growing would leave a copy behind
    line.append(header.name).append(": ").append(header.value.reveal());
    add_header(line);
    const Secret wiped(std::move(line));
  }
  // libcurl waits for "100 Continue" before bodies of a megabyte.
  if (built_ && body_.size() >= kExpectFrom) add_header("Expect:");
}

Transfer::~Transfer() { wipe_and_free(headers_); }

void Transfer::add_header(const std::string& line) {
  curl_slist* longer = curl_slist_append(headers_, line.c_str());
  if (longer == nullptr) {
    built_ = false;
  } else {
    headers_ = longer;
  }
}

bool Transfer::wait_until(SteadyTime latest, const CallContext& context) {
  const auto ended = [&] { return result_.has_value(); };
  std::unique_lock lock(mutex_);
  while (true) {
    const SteadyTime slice = std::min(latest, std::chrono::steady_clock::now() + kSignOfLife);
    if (ended_.wait_until(lock, slice, ended)) return true;
    if (slice == latest) return false;
    lock.unlock();
    context.waiting();
    lock.lock();
  }
}

Result<HttpResponse> Transfer::take() {
  const std::lock_guard lock(mutex_);
  return std::move(*result_);
}

std::size_t Transfer::on_header(char* data, std::size_t size, std::size_t count, void* self) noexcept {
  try {
    return static_cast<Transfer*>(self)->take_header({data, size * count}) ? size * count : 0;
  } catch (...) {
    static_cast<Transfer*>(self)->refused_ = Errc::overloaded;
    return 0;
  }
}

std::size_t Transfer::on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept {
  try {
    return static_cast<Transfer*>(self)->take_body({data, size * count}) ? size * count : 0;
  } catch (...) {
    static_cast<Transfer*>(self)->refused_ = Errc::overloaded;
    return 0;
  }
}

curl_socket_t Transfer::on_socket(void* self, curlsocktype, curl_sockaddr* address) noexcept {
  auto& transfer = *static_cast<Transfer*>(self);
  if (transfer.guarded_ && !is_public(&address->addr)) {
    transfer.kept_away_ = true;
    return CURL_SOCKET_BAD;  // libcurl tries the next address of the name
  }
  transfer.tried_ = true;
  const int made = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (made < 0) return CURL_SOCKET_BAD;
  // Sent bytes that are not acknowledged, or a keepalive probe: the system closes the connection after this time.
  const unsigned milliseconds = kUnacknowledged.count();
  ::setsockopt(made, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
  return made;
}

// Called before anything of the request is sent, on a new connection and on a reused one.
int Transfer::on_connected(void* self, char* address, char* own_address, int port, int own_port) noexcept {
  auto& transfer = *static_cast<Transfer*>(self);
  if (transfer.guarded_ && !is_public(address)) {
    transfer.refused_ = Errc::address_refused;
    return CURL_PREREQFUNC_ABORT;
  }
  if (transfer.connection_ != nullptr) transfer.leave_connection();  // libcurl tries a second connection by itself
  try {
    transfer.connection_ = &transfer.traffic_->connections.enter(address, own_address, port, own_port);
  } catch (...) {
    transfer.refused_ = Errc::overloaded;
    return CURL_PREREQFUNC_ABORT;
  }
  if (transfer.connection_->condemned) {
    transfer.turned_back_ = true;
    return CURL_PREREQFUNC_ABORT;
  }
  transfer.traffic_->admission.connected(transfer);
  transfer.connected_ = true;
  transfer.moved();
  transfer.connected_at_ = transfer.last_moved_;
  return CURL_PREREQFUNC_OK;
}

// Counts bytes of bodies on the wire: a compressed body may bring bytes long before there is text.
int Transfer::on_moved(void* self, curl_off_t, curl_off_t received, curl_off_t, curl_off_t sent) noexcept {
  auto& transfer = *static_cast<Transfer*>(self);
  if (transfer.received_bytes_ != received) {
    transfer.heard();
  } else if (transfer.sent_bytes_ != sent) {
    transfer.moved();
  }
  transfer.received_bytes_ = received;
  transfer.sent_bytes_ = sent;
  return 0;
}

bool Transfer::peer_is_silent(SteadyTime now) const noexcept {
  if (connection_ == nullptr) return false;
  const auto limit = std::min<std::chrono::steady_clock::duration>(kSilence, idle_timeout_ / 2);
  return now - std::max(connection_->last_heard, connected_at_) >= limit;
}

void Transfer::leave_connection() noexcept {
  if (connection_ != nullptr) traffic_->connections.leave(*connection_);
  connection_ = nullptr;
}

void Transfer::start_over() noexcept {
  handle_ = nullptr;
  response_ = {};
  header_bytes_ = 0;
  refused_ = {};
  kept_away_ = false;
  tried_ = false;
  connected_ = false;
  received_bytes_ = 0;
  sent_bytes_ = 0;
  // Returned twice would be a loop: the second time it gets its own connection, which cannot be condemned.
  needs_fresh_ = turned_back_;
  resent_ = resent_ || !turned_back_;
  turned_back_ = false;
}

bool Transfer::take_header(std::string_view line) {
  heard();
  if (line.starts_with("HTTP/")) {  // also of the final answer after an interim one
    answered_ = true;
    traffic_->admission.answered(*this, line.starts_with("HTTP/2"));
    response_.headers.clear();
    header_bytes_ = 0;
    return true;
  }
  header_bytes_ += line.size();
  if (header_bytes_ > kHeaderBytes) {
    refused_ = Errc::body_too_large;
    return false;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return true;
  response_.headers.push_back(
      {std::string(trimmed(line.substr(0, colon))), std::string(trimmed(line.substr(colon + 1)))});
  return true;
}

bool Transfer::take_body(std::string_view bytes) {
  std::string& body = response_.body;
  if (bytes.size() > max_body_ - body.size()) {
    refused_ = Errc::body_too_large;
    return false;
  }
  const std::size_t needed = body.size() + bytes.size() + kBodyPadding;
  if (needed > body.capacity()) {
    std::size_t room = std::max(needed, body.capacity() * 2);
    if (body.empty()) {
      // The given length, unless the body is compressed or the length is implausible.
      curl_off_t length = -1;
      curl_easy_getinfo(handle_->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
      if (length > 0) room = std::max(room, std::min(static_cast<std::size_t>(length), kFirstReserve) + kBodyPadding);
    }
    body.reserve(room);
  }
  body.append(bytes);
  return true;
}

void Transfer::end(CURLcode code) noexcept {
  long status = 0;
  curl_easy_getinfo(handle_->easy, CURLINFO_RESPONSE_CODE, &status);
  if (code == CURLE_OK) {
    response_.status = static_cast<int>(status);
    finish(std::move(response_));
    return;
  }
  if (refused_ != Errc{}) return fail(refused_);
  if (kept_away_ && !tried_) return fail(Errc::address_refused);
  curl_off_t connected = 0;
  curl_easy_getinfo(handle_->easy, CURLINFO_PRETRANSFER_TIME_T, &connected);
  try {
    finish(error_of(code, {connected > 0, status != 0}, handle_->detail));
  } catch (...) {
    finish(Errc::connection_lost);
  }
}

void Transfer::fail(Errc code) noexcept {
  try {
    if (code == Errc::body_too_large) {
      finish(Error(code, "the answer is larger than " + std::to_string(max_body_) + " bytes"));
      return;
    }
    if (code == Errc::address_refused) {
      const std::string& name = host_name();
      const std::size_t scheme = name.find("://");
      finish(address_refused(scheme == name.npos ? name : name.substr(scheme + 3)));
      return;
    }
    if (code == Errc::deadline_exceeded) {
      finish(Error(
          code, std::string("the time for this request ran out ") + (answered_    ? "while its answer was being read"
                                                                     : connected_ ? "while it waited for an answer"
                                                                                  : "before there was a connection")));
      return;
    }
  } catch (...) {
  }
  finish(code);
}

// What was sent may have taken effect: the same codes as for a connection that breaks at this point.
void Transfer::fail_idle() noexcept {
  const Errc code = answered_ ? Errc::body_truncated : Errc::connection_lost;
  try {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(idle_timeout_).count();
    finish(Error(code, std::string(answered_ ? "the answer stopped in the middle" : "no answer") +
                           ": nothing was sent or received for " + std::to_string(seconds) + " s")
               .may_retry());
  } catch (...) {
    finish(code);
  }
}

void Transfer::finish(Result<HttpResponse> result) noexcept {
  finished_ = true;
  const std::lock_guard lock(mutex_);
  result_ = std::move(result);
}

}  // namespace stocktracker::inline v0::curl
