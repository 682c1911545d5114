// Callers of a transport, and how long they wait.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <stocktracker/ports/http_transport.hpp>

namespace reactor_load {

namespace st = stocktracker;
using Clock = std::chrono::steady_clock;

inline st::TenantId tenant(unsigned char number) { return st::TenantId(st::Uuid({number})); }

inline st::Result<st::HttpResponse> get(st::HttpTransport& transport, const std::string& url, st::TenantId who = {},
                                        st::Duration timeout = std::chrono::seconds(30),
                                        st::Idempotency kind = st::Idempotency::safe) {
  st::HttpRequest request;
  request.url = url;
  request.operation = "test.call";
  request.idempotency = kind;
  st::CallContext context;
  context.timeout = timeout;
  context.tenant = who;
  return transport.send(request, context);
}

struct Latencies {
  std::vector<double> milliseconds{};
  int failed = 0;

  [[nodiscard]] double percentile(double share) {
    if (milliseconds.empty()) return -1;
    std::ranges::sort(milliseconds);
    return milliseconds[static_cast<std::size_t>(share * static_cast<double>(milliseconds.size() - 1))];
  }
};

// One caller after the other's answer, for this long.
inline Latencies call_for(st::HttpTransport& transport, const std::string& url, st::TenantId who, int callers,
                          std::chrono::milliseconds time) {
  Latencies all;
  std::mutex mutex;
  std::vector<std::thread> threads;
  const auto end = Clock::now() + time;
  for (int n = 0; n < callers; ++n) {
    threads.emplace_back([&] {
      while (Clock::now() < end) {
        const auto began = Clock::now();
        const bool good = get(transport, url, who).has_value();
        const std::chrono::duration<double, std::milli> took = Clock::now() - began;
        const std::lock_guard lock(mutex);
        all.milliseconds.push_back(took.count());
        all.failed += good ? 0 : 1;
        std::this_thread::yield();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return all;
}

// So many callers at once, each again and again until the end.
class Crowd {
 public:
  template <class Call>
  Crowd(int callers, Call call) {
    for (int n = 0; n < callers; ++n) {
      threads_.emplace_back([this, call, n] {
        while (!stop_) call(n);
      });
    }
  }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  ~Crowd() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  std::atomic<bool> stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace reactor_load
