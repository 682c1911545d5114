/// Reactor: the only thread that talks to libcurl.
#pragma once

#include <curl/curl.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "adapters/curl/transfer.hpp"

namespace stocktracker::inline v0::curl {

/// Everything of libcurl except the wake-up runs on its thread; code of callers never does.
class Reactor {
 public:
  explicit Reactor(CurlOptions options)
      : options_(std::move(options)),
        traffic_{Admission(options_.max_connections, options_.max_connections_per_host), {}} {}
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;
  /// Ends requests in flight with Errc::cancelled, then joins.
  ~Reactor();

  [[nodiscard]] Result<void> start();
  void add(std::shared_ptr<Transfer> transfer);
  /// Something was cancelled: wakes the thread.
  void wake() noexcept;

 private:
  void run() noexcept;
  void take_new() noexcept;
  void wait(const std::shared_ptr<Transfer>& transfer, bool first) noexcept;
  void admit() noexcept;
  void begin(std::shared_ptr<Transfer> transfer) noexcept;
  void end_overdue() noexcept;
  void end_overdue_waiting(SteadyTime now, bool stopping) noexcept;
  void end_overdue_active(SteadyTime now, bool stopping) noexcept;
  void end_finished() noexcept;
  void finish(Transfer& transfer, CURLcode code) noexcept;
  [[nodiscard]] Handle* idle_handle() noexcept;
  [[nodiscard]] std::shared_ptr<Transfer> release(Transfer& transfer, bool resolving) noexcept;
  void resend(Transfer& transfer) noexcept;
  void condemn(Connection& connection) noexcept;
  void condemn_silent(const std::string& host, SteadyTime now) noexcept;
  void resend_condemned() noexcept;
  [[nodiscard]] int poll_milliseconds() const noexcept;

  const CurlOptions options_;
  CURLM* multi_ = nullptr;

  std::mutex mutex_;
  std::vector<std::shared_ptr<Transfer>> queued_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> polling_ = false;
  std::atomic<bool> look_ = false;  ///< a caller wants attention: a new request, a cancelled one, or the end

  // Used by the thread only.
  Traffic traffic_;
  std::vector<std::shared_ptr<Transfer>> active_;
  std::vector<std::shared_ptr<Transfer>> taken_;
  std::vector<std::shared_ptr<Transfer>> finished_;
  std::vector<Connection*> condemned_;            ///< those condemned in this round
  std::vector<std::unique_ptr<Handle>> handles_;  ///< all existing ones
  std::vector<Handle*> idle_;
  SteadyTime next_deadline_ = SteadyTime::max();

  std::thread thread_;
};

}  // namespace stocktracker::inline v0::curl
