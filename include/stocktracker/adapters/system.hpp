/// @file
/// Clock, randomness and threads of the operating system.
#pragma once

#include <memory>
#include <string>

#include <stocktracker/core/result.hpp>
#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/executor.hpp>
#include <stocktracker/ports/quota_memory.hpp>
#include <stocktracker/ports/random.hpp>

namespace stocktracker::inline v0 {

[[nodiscard]] STK_API std::shared_ptr<Clock> make_system_clock();
/// Seeded once from the kernel.
[[nodiscard]] STK_API std::shared_ptr<Random> make_system_random();

/// @code
/// STK_TRY(auto pool, st::make_thread_pool({.io_threads = 8, .cpu_threads = 4}));
/// STK_TRY(auto engine, st::open({.path = "shop.db", .executor = pool}));
/// @endcode
struct ThreadPoolOptions {
  unsigned io_threads = 4;
  unsigned cpu_threads = 2;
  unsigned maintenance_threads = 1;
  std::size_t queue_limit = 1024;  ///< waiting tasks per lane; one tenant has at most half of them

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// Tenants take turns, and one tenant runs on at most three quarters of a lane's threads (one thread of a lane with one
/// or two), so that a slow tenant leaves threads for the next. Threads start with the first task of their lane. The
/// destructor runs the accepted tasks, then joins. The last reference may go in a task: its thread is then not joined,
/// and ends after the task.
[[nodiscard]] STK_API Result<std::shared_ptr<Executor>> make_thread_pool(ThreadPoolOptions options = {});
/// Runs each task at once on the caller's thread: with one seed every run is the same.
[[nodiscard]] STK_API std::shared_ptr<Executor> make_inline_executor();

/// A file through which processes of one machine share request limits, created when missing (0600): what one process
/// spends, all have spent. 4 KiB for each seller and kind of token, at most 2,048 of them (Errc::overloaded); an entry
/// that nobody has used for `keep`, which must be longer than the longest limit, is reused. Use a local disk. The file
/// is not a store: it may be deleted while nobody uses it. A process that dies leaves it usable; a process that is
/// stopped delays the others by at most two seconds per check. Damaged entries count as spent, never as full.
/// Errc::io_failed names the file.
[[nodiscard]] STK_API Result<std::shared_ptr<QuotaMemory>> make_quota_file(const std::string& path,
                                                                           Duration keep = std::chrono::hours(72));

}  // namespace stocktracker::inline v0
