#include "adapters/curl/transfer.hpp"

#include <cstring>

#include "adapters/curl/error_map.hpp"

namespace stocktracker::inline v0::curl {
namespace {

constexpr std::size_t kHeaderBytes = std::size_t{256} << 10;
constexpr std::size_t kExpectFrom = std::size_t{512} << 10;
constexpr std::size_t kFirstReserve = std::size_t{64} << 20;
constexpr auto kSignOfLife = std::chrono::seconds(2);  // CallContext::waiting asks for one every five

/// libcurl copies header lines; those with secrets are wiped before their memory is given back.
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

Transfer::Transfer(const HttpRequest& request, bool plain, bool http2, SteadyTime deadline, Duration idle_timeout)
    : method_(request.method),
      url_(request.url),
      body_(request.body),
      plain_(plain),
      http2_(http2),
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

namespace {

class Setter {
 public:
  explicit Setter(CURL* easy) noexcept : easy_(easy) {}
  template <class T>
  void operator()(CURLoption option, T value) noexcept {
    if (curl_easy_setopt(easy_, option, value) != CURLE_OK) good_ = false;
  }
  [[nodiscard]] bool good() const noexcept { return good_; }

 private:
  CURL* easy_;
  bool good_ = true;
};

}  // namespace

std::unique_ptr<Handle> Handle::make(const CurlOptions& options) {
  CURL* easy = curl_easy_init();
  if (easy == nullptr) return nullptr;
  std::unique_ptr<Handle> handle(new Handle(easy));
  Setter set(easy);
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_USERAGENT, options.user_agent.c_str());
  set(CURLOPT_ACCEPT_ENCODING, "");  // everything that this libcurl can undo
  set(CURLOPT_CONNECTTIMEOUT_MS,
      static_cast<long>(std::chrono::duration_cast<std::chrono::milliseconds>(options.connect_timeout).count()));
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options.ca_bundle.empty()) set(CURLOPT_CAINFO, options.ca_bundle.c_str());
  // Set always: otherwise variables of the environment would choose.
  set(CURLOPT_PROXY, options.proxy.c_str());
  set(CURLOPT_NOPROXY, options.proxy.empty() ? "*" : "localhost,127.0.0.1,::1");
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  // Allocated anew for each transfer: kept below what allocators map and unmap.
  set(CURLOPT_BUFFERSIZE, 64L * 1024L);
  set(CURLOPT_ERRORBUFFER, static_cast<char*>(handle->detail));
  set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(CURLOPT_PREREQFUNCTION, &Transfer::on_connected);
  set(CURLOPT_XFERINFOFUNCTION, &Transfer::on_moved);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_PROTOCOLS_STR, "https");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  set(CURLOPT_PIPEWAIT, 1L);
  set(CURLOPT_HTTPGET, 1L);
  if (!set.good()) return nullptr;
  return handle;
}

void Handle::forget() noexcept {
  Setter set(easy);
  if (has_headers) set(CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr));
  if (!get) set(CURLOPT_POSTFIELDS, static_cast<char*>(nullptr));
  if (reuse_forbidden) set(CURLOPT_FORBID_REUSE, 0L);
  has_headers = false;
  reuse_forbidden = false;
}

void Handle::forbid_reuse() noexcept {
  Setter set(easy);
  set(CURLOPT_FORBID_REUSE, 1L);
  reuse_forbidden = true;
}

bool Transfer::prepare(Handle& handle) noexcept {
  handle_ = &handle;
  handle.detail[0] = '\0';
  Setter set(handle.easy);
  const auto renew = [&](auto& known, auto value) {
    const bool differs = known != value;
    known = value;
    return differs;
  };
  set(CURLOPT_URL, url_.c_str());
  set(CURLOPT_PRIVATE, static_cast<void*>(this));
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(CURLOPT_PREREQDATA, static_cast<void*>(this));
  set(CURLOPT_XFERINFODATA, static_cast<void*>(this));
  if (headers_ != nullptr) {
    set(CURLOPT_HTTPHEADER, headers_);
    handle.has_headers = true;
  }
  const bool multiplexed = http2_ && !plain_;
  if (renew(handle.plain, plain_)) set(CURLOPT_PROTOCOLS_STR, plain_ ? "http" : "https");
  if (renew(handle.http2, multiplexed)) {
    set(CURLOPT_HTTP_VERSION, static_cast<long>(multiplexed ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
    set(CURLOPT_PIPEWAIT, multiplexed ? 1L : 0L);
  }
  if (renew(handle.max_body, max_body_)) set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(max_body_));
  // On a connection that dies silently libcurl repeats by itself: not what must never be sent twice.
  if (renew(handle.fresh, unsafe_)) set(CURLOPT_FRESH_CONNECT, unsafe_ ? 1L : 0L);
  const bool plain_get = method_ == HttpMethod::get && body_.empty();
  if (!plain_get) {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body_.size()));
    set(CURLOPT_POSTFIELDS, body_.data());
    handle.get = false;
  } else if (renew(handle.get, true)) {
    set(CURLOPT_HTTPGET, 1L);
  }
  const char* custom = plain_get || method_ == HttpMethod::post ? nullptr : to_string(method_);
  if (renew(handle.custom, custom)) set(CURLOPT_CUSTOMREQUEST, custom);
  return set.good();
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

int Transfer::on_connected(void* self, char*, char*, int, int) noexcept {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.connected_ = true;
  transfer.moved();
  return CURL_PREREQFUNC_OK;
}

// Counts what the wire carried of bodies: compressed ones may bring bytes long before there is text.
int Transfer::on_moved(void* self, curl_off_t, curl_off_t received, curl_off_t, curl_off_t sent) noexcept {
  auto& transfer = *static_cast<Transfer*>(self);
  if (transfer.moved_bytes_ != received + sent) {
    transfer.moved_bytes_ = received + sent;
    transfer.moved();
  }
  return 0;
}

bool Transfer::take_header(std::string_view line) {
  moved();
  if (line.starts_with("HTTP/")) {  // of the final answer after an interim one, too
    answered_ = true;
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
      // What the length says, unless it is of a compressed body or too good to be believed.
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

// What was sent may have taken effect: the same codes as for a connection that breaks at this place.
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
  const std::lock_guard lock(mutex_);
  result_ = std::move(result);
}

}  // namespace stocktracker::inline v0::curl
