/// @file
/// Executor: the only place where the library gets threads from.
#pragma once

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/function_ref.hpp>
#include <stocktracker/core/ids.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/core/task.hpp>

namespace stocktracker::inline v0 {

/// Work of one lane never waits for work of the same lane.
enum class Lane : unsigned char { io, cpu, maintenance };
[[nodiscard]] STK_API const char* to_string(Lane lane) noexcept;

/// Thread-safe. Bounded: a full lane refuses with Errc::overloaded instead of growing. Tasks have an owner, the tenant
/// that they work for; owners take turns, and no tenant occupies a lane alone. The nil owner is the program itself.
class STK_API Executor {
 public:
  Executor() = default;
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  virtual ~Executor();

  [[nodiscard]] virtual Result<void> submit(Lane lane, Task task, const TenantId& owner) = 0;
  [[nodiscard]] Result<void> submit(Lane lane, Task task) { return submit(lane, std::move(task), TenantId()); }
  /// How many tasks of the lane may run at the same time, at least 1.
  [[nodiscard]] virtual unsigned width(Lane lane) const noexcept = 0;
  /// Whether a task of another owner waits for a thread of the lane: a long task of many steps then submits its rest
  /// again and ends. By default nobody waits.
  [[nodiscard]] virtual bool others_wait(Lane lane, const TenantId& owner) const noexcept;
};

/// Runs `body(0) ... body(count - 1)`, on the caller and on idle workers of the lane, and returns when all have ended.
/// The caller always makes progress alone, so nested calls cannot starve. The first failure (lowest index) is returned;
/// the others still run. A worker that helps gives way between two bodies when other owners wait.
[[nodiscard]] STK_API Result<void> parallel(Executor& executor, Lane lane, std::size_t count,
                                            FunctionRef<Result<void>(std::size_t)> body, const TenantId& owner = {});

}  // namespace stocktracker::inline v0
