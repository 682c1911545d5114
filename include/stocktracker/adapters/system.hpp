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

struct ThreadPoolOptions {
  unsigned io_threads = 4;
  unsigned cpu_threads = 2;
  unsigned maintenance_threads = 1;
  std::size_t queue_limit = 1024;  ///< waiting tasks per lane; a tenant has at most half of it

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// Owners of tasks take turns, and a tenant runs on at most three quarters of a lane's threads (on one of one, or two):
/// one that is slow leaves room for the next. Threads start with the first task of their lane; destruction runs what
/// was accepted, then joins: none of its own tasks may destroy it.
[[nodiscard]] STK_API Result<std::shared_ptr<Executor>> make_thread_pool(ThreadPoolOptions options = {});
/// Runs each task at once on the caller: one seed reproduces everything.
[[nodiscard]] STK_API std::shared_ptr<Executor> make_inline_executor();

/// A file that processes of one machine share, made when missing (0600): what one of them spends of a limit, all have
/// spent. 4 KiB for each seller and kind of token, 2,048 of them at most (Errc::overloaded); one that nobody has used
/// for `keep`, which must be longer than the longest limit, makes room for another. On a local disk; not a store, and
/// nothing is lost when it is removed while nobody uses it. A process that dies leaves it usable, one that is stopped
/// holds up the others for two seconds a question at most. What is damaged in it counts as spent, never as full.
/// Errc::io_failed names the file.
[[nodiscard]] STK_API Result<std::shared_ptr<QuotaMemory>> make_quota_file(const std::string& path,
                                                                           Duration keep = std::chrono::hours(72));

}  // namespace stocktracker::inline v0
