/// Transfer: one request in flight; libcurl reads and writes it, and the caller waits at it.
#pragma once

#include <curl/curl.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <stocktracker/adapters/curl.hpp>

#include "adapters/curl/admission.hpp"
#include "adapters/curl/connections.hpp"

namespace stocktracker::inline v0::curl {

/// An easy handle and its present settings, so that only differences are set: setting all of them would cost a tenth of
/// a small request.
class Handle {
 public:
  /// Null if libcurl has no memory.
  [[nodiscard]] static std::unique_ptr<Handle> make(const CurlOptions& options);
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { curl_easy_cleanup(easy); }

  /// Removes everything of a request from the handle.
  void forget() noexcept;
  /// The connection of the present request is closed when the request ends.
  void forbid_reuse() noexcept;

  CURL* const easy;
  char detail[CURL_ERROR_SIZE] = {};
  bool plain = false;
  bool http2 = true;
  bool fresh = false;
  bool get = true;
  bool has_headers = false;
  bool reuse_forbidden = false;
  std::size_t max_body = 0;
  const char* custom = nullptr;

 private:
  explicit Handle(CURL* made) noexcept : easy(made) {}
};

/// Receives the callbacks of a transfer.
struct Traffic {
  Admission admission;
  Connections connections;
};

/// The destination of a request, and its tenant.
struct Route {
  TenantId tenant{};
  std::string host{};    ///< name and port; for plain http with the scheme in front
  bool plain = false;    ///< http, to this machine
  bool http2 = true;     ///< may be used, if the host offers it
  bool guarded = false;  ///< to addresses of the public Internet only
};

/// Owned by the caller and the reactor together, so that a caller may give up at any time. The caller builds it and
/// waits; everything else belongs to the reactor's thread.
class Transfer final : public Ticket {
 public:
  Transfer(const HttpRequest& request, Route route, SteadyTime deadline, Duration idle_timeout);
  ~Transfer() override;

  [[nodiscard]] SteadyTime deadline() const noexcept { return deadline_; }
  [[nodiscard]] bool built() const noexcept { return built_; }

  // For the caller.
  void cancel() noexcept { cancelled_.store(true, std::memory_order_release); }
  /// Waits until the reactor has ended it, at most until `latest`; `context` gets signs of life.
  [[nodiscard]] bool wait_until(SteadyTime latest, const CallContext& context);
  [[nodiscard]] Result<HttpResponse> take();

  // For the reactor.
  [[nodiscard]] bool cancelled() const noexcept { return cancelled_.load(std::memory_order_acquire); }
  [[nodiscard]] bool prepare(Handle& handle, Traffic& traffic) noexcept;
  [[nodiscard]] Handle* handle() const noexcept { return handle_; }
  void end(CURLcode code) noexcept;
  void fail(Errc code) noexcept;
  /// When the request has been idle for too long, counted from the last byte. Before it is connected the idle time does
  /// not run: connecting has a limit of its own (connect_timeout).
  [[nodiscard]] SteadyTime idle_until(SteadyTime now) const noexcept {
    return (connected_ ? last_moved_ : now) + idle_timeout_;
  }
  void fail_idle() noexcept;
  /// After `end` or `fail`: wakes the caller.
  void wake() noexcept { ended_.notify_one(); }

  /// Null before it is connected, and after it has left the connection.
  [[nodiscard]] Connection* connection() const noexcept { return connection_; }
  /// The peer sent nothing to anybody on this connection, for so long that it may be gone: a second, or the idle
  /// timeout if that is shorter.
  [[nodiscard]] bool peer_is_silent(SteadyTime now) const noexcept;
  /// True if it may be sent again because its connection died: not unsafe, not partly answered, and only once.
  [[nodiscard]] bool may_resend() const noexcept {
    return connection_ != nullptr && !unsafe_ && !answered_ && !resent_ && !finished_ && !cancelled();
  }
  [[nodiscard]] bool answered() const noexcept { return answered_; }
  /// Nothing of it was sent: libcurl chose a condemned connection.
  [[nodiscard]] bool turned_back() const noexcept { return turned_back_; }
  /// Removes it from its handle and connection; it is then as before its start.
  void start_over() noexcept;
  void leave_connection() noexcept;

  std::size_t slot = 0;  ///< of the reactor: the index where it is kept

 private:
  friend class Handle;
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static curl_socket_t on_socket(void* self, curlsocktype purpose, curl_sockaddr* address) noexcept;
  static int on_connected(void* self, char* address, char* own_address, int port, int own_port) noexcept;
  static int on_moved(void* self, curl_off_t to_come, curl_off_t received, curl_off_t to_send,
                      curl_off_t sent) noexcept;
  void moved() noexcept { last_moved_ = std::chrono::steady_clock::now(); }
  void heard() noexcept {
    moved();
    if (connection_ != nullptr) connection_->last_heard = last_moved_;
  }
  bool take_header(std::string_view line);
  bool take_body(std::string_view bytes);
  void add_header(const std::string& line);
  void finish(Result<HttpResponse> result) noexcept;

  HttpMethod method_;
  std::string url_;
  std::string body_;
  curl_slist* headers_ = nullptr;
  bool built_ = true;
  const bool plain_;
  const bool http2_;
  const bool guarded_;
  const bool unsafe_;
  std::size_t max_body_;
  SteadyTime deadline_;
  std::chrono::steady_clock::duration idle_timeout_;

  Handle* handle_ = nullptr;
  Traffic* traffic_ = nullptr;
  Connection* connection_ = nullptr;
  HttpResponse response_;
  std::size_t header_bytes_ = 0;
  Errc refused_{};          ///< the reason why a callback stopped the transfer
  bool kept_away_ = false;  ///< an address was not used, because it is not public
  bool tried_ = false;      ///< an address was used
  bool turned_back_ = false;
  bool needs_fresh_ = false;  ///< libcurl's connection for this request is condemned
  bool resent_ = false;
  bool finished_ = false;
  bool connected_ = false;
  bool answered_ = false;  ///< a status line was received
  curl_off_t received_bytes_ = 0;
  curl_off_t sent_bytes_ = 0;
  SteadyTime connected_at_{};
  SteadyTime last_moved_{};  ///< when a byte was sent or received last

  std::atomic<bool> cancelled_ = false;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::optional<Result<HttpResponse>> result_;
};

}  // namespace stocktracker::inline v0::curl
