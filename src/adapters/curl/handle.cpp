// Options of libcurl: those that are set once for each handle, and those of each request.
#include "adapters/curl/transfer.hpp"

namespace stocktracker::inline v0::curl {
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
  set(CURLOPT_ACCEPT_ENCODING, "");  // all encodings that this libcurl can decode
  set(CURLOPT_CONNECTTIMEOUT_MS,
      static_cast<long>(std::chrono::duration_cast<std::chrono::milliseconds>(options.connect_timeout).count()));
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options.ca_bundle.empty()) set(CURLOPT_CAINFO, options.ca_bundle.c_str());
  // Always set; otherwise environment variables would decide.
  set(CURLOPT_PROXY, options.proxy.c_str());
  set(CURLOPT_NOPROXY, options.proxy.empty() ? "*" : "localhost,127.0.0.1,::1");
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_TCP_KEEPIDLE, 15L);
  set(CURLOPT_TCP_KEEPINTVL, 5L);
  // Otherwise a transfer could not end before its name is resolved: getaddrinfo cannot be stopped.
  set(CURLOPT_QUICK_EXIT, 1L);
  // Allocated for each transfer: smaller than the blocks that allocators map and unmap.
  set(CURLOPT_BUFFERSIZE, 64L * 1024L);
  set(CURLOPT_ERRORBUFFER, static_cast<char*>(handle->detail));
  set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_socket);
  set(CURLOPT_PREREQFUNCTION, &Transfer::on_connected);
  set(CURLOPT_XFERINFOFUNCTION, &Transfer::on_moved);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_PROTOCOLS_STR, "https");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  set(CURLOPT_PIPEWAIT, 0L);  // admission waits: in libcurl's queue requests of one host delay those of others
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

bool Transfer::prepare(Handle& handle, Traffic& traffic) noexcept {
  handle_ = &handle;
  traffic_ = &traffic;
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
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
  set(CURLOPT_XFERINFODATA, static_cast<void*>(this));
  if (headers_ != nullptr) {
    set(CURLOPT_HTTPHEADER, headers_);
    handle.has_headers = true;
  }
  const bool multiplexed = http2_ && !plain_;
  if (renew(handle.plain, plain_)) set(CURLOPT_PROTOCOLS_STR, plain_ ? "http" : "https");
  if (renew(handle.http2, multiplexed)) {
    set(CURLOPT_HTTP_VERSION, static_cast<long>(multiplexed ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
  }
  if (renew(handle.max_body, max_body_)) set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(max_body_));
  // libcurl repeats a request by itself if its connection dies silently: not allowed for requests that must not be sent
  // twice.
  const bool fresh = unsafe_ || needs_fresh_;
  if (renew(handle.fresh, fresh)) set(CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L);
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

}  // namespace stocktracker::inline v0::curl
