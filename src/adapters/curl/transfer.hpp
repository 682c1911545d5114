/// @file
/// One request on its way: what libcurl reads and writes, and where the caller waits.
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

#include "adapters/curl/url.hpp"

namespace stocktracker::inline v0::curl {

using SteadyTime = std::chrono::steady_clock::time_point;

/// An easy handle and what it was last told, so that it is told only what is new: setting everything anew costs as much
/// as a tenth of a small request.
class Handle {
 public:
  /// Null when libcurl has no memory.
  [[nodiscard]] static std::unique_ptr<Handle> make(const CurlOptions& options);
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { curl_easy_cleanup(easy); }

  /// Nothing of a request stays behind.
  void forget() noexcept;
  /// The connection of the present request is closed when that ends.
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

/// Owned by the caller and the reactor together: a caller that gives up leaves nothing dangling. The caller builds it
/// and waits; everything else belongs to the reactor's thread.
class Transfer {
 public:
  Transfer(const HttpRequest& request, bool plain, bool http2, SteadyTime deadline, Duration idle_timeout);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer();

  [[nodiscard]] SteadyTime deadline() const noexcept { return deadline_; }
  [[nodiscard]] bool built() const noexcept { return built_; }

  // The caller's side.
  void cancel() noexcept { cancelled_.store(true, std::memory_order_release); }
  /// Waits until the reactor has ended it, at most until `latest`; `context` gets its signs of life.
  [[nodiscard]] bool wait_until(SteadyTime latest, const CallContext& context);
  [[nodiscard]] Result<HttpResponse> take();

  // The reactor's side.
  [[nodiscard]] bool cancelled() const noexcept { return cancelled_.load(std::memory_order_acquire); }
  [[nodiscard]] bool prepare(Handle& handle) noexcept;
  [[nodiscard]] Handle* handle() const noexcept { return handle_; }
  void end(CURLcode code) noexcept;
  void fail(Errc code) noexcept;
  /// When the request has been idle for too long, counted from the last byte. Before it is connected the idle time does
  /// not run: connecting has a limit of its own (connect_timeout).
  [[nodiscard]] SteadyTime idle_until(SteadyTime now) const noexcept {
    return (connected_ ? last_moved_ : now) + idle_timeout_;
  }
  void fail_idle() noexcept;
  /// After `end` or `fail`: the caller goes on.
  void wake() noexcept { ended_.notify_one(); }

 private:
  friend class Handle;
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static int on_connected(void* self, char* address, char* own_address, int port, int own_port) noexcept;
  static int on_moved(void* self, curl_off_t to_come, curl_off_t received, curl_off_t to_send,
                      curl_off_t sent) noexcept;
  void moved() noexcept { last_moved_ = std::chrono::steady_clock::now(); }
  bool take_header(std::string_view line);
  bool take_body(std::string_view bytes);
  void add_header(const std::string& line);
  void finish(Result<HttpResponse> result) noexcept;

  HttpMethod method_;
  std::string url_;
  std::string body_;
  curl_slist* headers_ = nullptr;
  bool built_ = true;
  bool plain_;
  bool http2_;
  bool unsafe_;
  std::size_t max_body_;
  SteadyTime deadline_;
  std::chrono::steady_clock::duration idle_timeout_;

  Handle* handle_ = nullptr;
  HttpResponse response_;
  std::size_t header_bytes_ = 0;
  Errc refused_{};  ///< why a callback stopped the transfer
  bool connected_ = false;
  bool answered_ = false;  ///< a status line came
  curl_off_t moved_bytes_ = 0;
  SteadyTime last_moved_{};  ///< when a byte was sent or received last

  std::atomic<bool> cancelled_ = false;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::optional<Result<HttpResponse>> result_;
};

}  // namespace stocktracker::inline v0::curl
