// Counts forks: a handler of the system runs in each child.
#include "ports/fork_guard.hpp"

#include <pthread.h>

#include <atomic>

namespace stocktracker::inline v0 {
namespace {

std::atomic<std::uint32_t> forks = 0;

void count_fork() noexcept { forks.fetch_add(1, std::memory_order_relaxed); }

}  // namespace

std::uint32_t fork_count() noexcept {
  // Without memory for the handler a child is not noticed, which is what happens without this function.
  static const int registered = ::pthread_atfork(nullptr, nullptr, &count_fork);
  static_cast<void>(registered);
  return forks.load(std::memory_order_relaxed);
}

Error forked_error() {
  return Error(
      Errc::engine_forked,
      "this process was forked from one that had the engine open; fork first, and open an engine in each process");
}

}  // namespace stocktracker::inline v0
