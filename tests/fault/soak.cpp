// Many seeded weeks: soak [WEEKS] [FIRST_SEED]. Prints the seed of each week that breaks a promise.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/fault/week.hpp"

int main(int argc, char** argv) {
  const std::uint64_t weeks = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 200;
  const std::uint64_t first = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  std::atomic<std::uint64_t> next = 0;
  std::mutex mutex;
  WeekReport sum;
  int broken = 0;
  const auto began = std::chrono::steady_clock::now();
  std::vector<std::thread> workers;
  for (unsigned n = 0; n < std::max(1U, std::thread::hardware_concurrency()); ++n) {
    workers.emplace_back([&] {
      for (std::uint64_t at = next++; at < weeks; at = next++) {
        const WeekReport week = run_week(first + at);
        const std::lock_guard lock(mutex);
        sum.runs += week.runs;
        sum.held += week.held;
        for (std::size_t state = 0; state < 7; ++state) sum.ended[state] += week.ended[state];
        if (!week.fault.empty() && ++broken <= 20) {
          std::printf("seed %llu: %s\n", static_cast<unsigned long long>(week.seed), week.fault.c_str());
        }
        if ((at + 1) % 1'000 == 0) {
          std::printf("%llu weeks\n", static_cast<unsigned long long>(at + 1));
          std::fflush(stdout);
        }
      }
    });
  }
  for (auto& worker : workers) worker.join();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  std::printf(
      "%llu weeks, %d runs in %.1f s; sources ok %lld, stale %lld, throttled %lld, denied %lld, failed %lld, held "
      "%lld; %d broken\n",
      static_cast<unsigned long long>(weeks), sum.runs, seconds, static_cast<long long>(sum.ended[1]),
      static_cast<long long>(sum.ended[2]), static_cast<long long>(sum.ended[3]), static_cast<long long>(sum.ended[4]),
      static_cast<long long>(sum.ended[5]), static_cast<long long>(sum.held), broken);
  return broken == 0 ? 0 : 1;
}
