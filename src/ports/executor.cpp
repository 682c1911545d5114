// Runs work in parallel: on the caller's thread, and on helpers beside it.
#include <stocktracker/ports/executor.hpp>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <utility>

#include "ports/call_marks.hpp"

namespace stocktracker::inline v0 {
namespace {

/// Shared by the caller and the helping workers; outlives both.
struct Children : std::enable_shared_from_this<Children> {
  Children(Executor& by, Lane in, std::size_t all, FunctionRef<Result<void>(std::size_t)> run, const TenantId& tenant)
      : executor(by), lane(in), count(all), body(run), owner(tenant) {}

  Executor& executor;  // alive: a helper that yields runs on one of its threads
  const Lane lane;

  std::mutex mutex;
  std::condition_variable ended;
  std::size_t next = 0;
  std::size_t running = 0;
  const std::size_t count;
  FunctionRef<Result<void>(std::size_t)> body;  // the caller's: valid while a child may still be taken
  const TenantId owner;
  const CallMarks marks = call_marks();  // of the caller, who waits
  std::optional<std::pair<std::size_t, Error>> first_failure;
  std::exception_ptr thrown{};  // out of memory: reported to the caller, whichever thread it happened on

  void work() {
    std::unique_lock lock(mutex);
    while (next < count) run_next(lock);
    ended.notify_all();
  }

  /// The same for a worker: between two bodies it yields its thread to others.
  void help() {
    std::unique_lock lock(mutex);
    while (next < count) {
      {
        const BorrowedMarks part(marks);
        run_next(lock);
      }
      if (next < count && give_way(lock)) return ended.notify_all();
    }
    ended.notify_all();
  }

  /// Submits one more helper; false if that is not possible.
  bool call_helper() {
    try {
      return executor
          .submit(
              lane, [self = shared_from_this()] { self->help(); }, owner)
          .has_value();
    } catch (const std::bad_alloc&) {
      return false;
    }
  }

 private:
  void run_next(std::unique_lock<std::mutex>& lock) {
    const std::size_t index = next++;
    ++running;
    lock.unlock();
    std::exception_ptr failed;
    Result<void> result = success();
    try {
      result = body(index);
    } catch (...) {
      failed = std::current_exception();
    }
    lock.lock();
    --running;
    if (failed && !thrown) thrown = failed;
    if (!result && (!first_failure || index < first_failure->first)) {
      first_failure.emplace(index, std::move(result).error());
    }
  }

  /// True if the rest was left to a helper that runs after those who wait.
  bool give_way(std::unique_lock<std::mutex>& lock) {
    lock.unlock();
    const bool left = executor.others_wait(lane, owner) && call_helper();
    lock.lock();
    return left;
  }
};

}  // namespace

Executor::~Executor() = default;
bool Executor::others_wait(Lane, const TenantId&) const noexcept { return false; }
void Executor::close() {}

const char* to_string(Lane lane) noexcept {
  switch (lane) {
    case Lane::io:
      return "io";
    case Lane::cpu:
      return "cpu";
    case Lane::maintenance:
      return "maintenance";
  }
  return "unknown";
}

Result<void> parallel(Executor& executor, Lane lane, std::size_t count, FunctionRef<Result<void>(std::size_t)> body,
                      const TenantId& owner) {
  if (count == 0) return success();
  auto children = std::make_shared<Children>(executor, lane, count, body, owner);
  const std::size_t helpers = std::min<std::size_t>(count - 1, executor.width(lane));
  // A full lane, or no memory for a task, only means less help.
  for (std::size_t i = 0; i < helpers && children->call_helper(); ++i) {
  }
  children->work();
  // Helpers that start from now on find nothing to do; those that run a body are waited for.
  std::unique_lock lock(children->mutex);
  children->ended.wait(lock, [&] { return children->running == 0; });
  if (children->thrown) std::rethrow_exception(children->thrown);
  if (children->first_failure) return std::move(children->first_failure->second);
  return success();
}

}  // namespace stocktracker::inline v0
