/// @file
/// Executor: the library's only source of threads.
#pragma once

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/function_ref.hpp>
#include <stocktracker/core/ids.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/core/task.hpp>

namespace stocktracker::inline v0 {

/// A task never waits for a task of its own lane.
enum class Lane : unsigned char { io, cpu, maintenance };
[[nodiscard]] STK_API const char* to_string(Lane lane) noexcept;

/// Thread-safe. Bounded: a full lane refuses with Errc::overloaded instead of growing. The owner of a task is the
/// tenant that it works for; owners take turns, and no tenant occupies a lane alone. The nil owner is the program
/// itself.
///
/// @code
/// STK_TRY(auto pool, st::make_thread_pool({.io_threads = 8}));
/// STK_TRY(st::parallel(*pool, st::Lane::io, 10, [](std::size_t n) -> st::Result<void> {
///   std::printf("%zu\n", n);  // 0 to 9, on the caller's thread and on idle workers
///   return st::success();
/// }));
/// @endcode
class STK_API Executor {
 public:
  Executor() = default;
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  virtual ~Executor();

  [[nodiscard]] virtual Result<void> submit(Lane lane, Task task, const TenantId& owner) = 0;
  [[nodiscard]] Result<void> submit(Lane lane, Task task) { return submit(lane, std::move(task), TenantId()); }
  /// Number of tasks of the lane that may run at the same time, at least 1.
  [[nodiscard]] virtual unsigned width(Lane lane) const noexcept = 0;
  /// True if a task of another owner waits for a thread of the lane: a long task of many steps then submits its
  /// remaining steps as a new task and ends. The default is false.
  [[nodiscard]] virtual bool others_wait(Lane lane, const TenantId& owner) const noexcept;
  /// Refuses new tasks, runs the accepted ones, and returns when its threads have ended. May be called again. The
  /// default does nothing. Engine::close calls it for an executor that `open` has made.
  virtual void close();
};

/// Runs `body(0) ... body(count - 1)` on the caller's thread and on idle workers of the lane, and returns when all have
/// ended. The caller runs bodies itself, so nested calls cannot block each other. The first failure (lowest index) is
/// returned; the other bodies still run. A worker that helps yields between two bodies if other owners wait.
[[nodiscard]] STK_API Result<void> parallel(Executor& executor, Lane lane, std::size_t count,
                                            FunctionRef<Result<void>(std::size_t)> body, const TenantId& owner = {});

}  // namespace stocktracker::inline v0
