#include <stocktracker/ports/executor.hpp>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <utility>

namespace stocktracker::inline v0 {
namespace {

/// Shared by the caller and the workers that help; outlives both.
struct Children {
  Children(std::size_t all, FunctionRef<Result<void>(std::size_t)> run) : count(all), body(run) {}

  std::mutex mutex;
  std::condition_variable ended;
  std::size_t next = 0;
  std::size_t running = 0;
  const std::size_t count;
  FunctionRef<Result<void>(std::size_t)> body;  // the caller's: valid while a child may still be taken
  std::optional<std::pair<std::size_t, Error>> first_failure;
  std::exception_ptr thrown{};  // out of memory: belongs to the caller, whichever thread met it

  void work() {
    std::unique_lock lock(mutex);
    while (next < count) {
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
    ended.notify_all();
  }
};

}  // namespace

Executor::~Executor() = default;

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

Result<void> parallel(Executor& executor, Lane lane, std::size_t count, FunctionRef<Result<void>(std::size_t)> body) {
  if (count == 0) return success();
  auto children = std::make_shared<Children>(count, body);
  const std::size_t helpers = std::min<std::size_t>(count - 1, executor.width(lane));
  for (std::size_t i = 0; i < helpers; ++i) {
    // A full lane, or no memory for a task, only means less help.
    try {
      if (!executor.submit(lane, [children] { children->work(); })) break;
    } catch (const std::bad_alloc&) {
      break;
    }
  }
  children->work();
  // Helpers that start from now on find nothing to take; those in the middle of a child are waited for.
  std::unique_lock lock(children->mutex);
  children->ended.wait(lock, [&] { return children->running == 0; });
  if (children->thrown) std::rethrow_exception(children->thrown);
  if (children->first_failure) return std::move(children->first_failure->second);
  return success();
}

}  // namespace stocktracker::inline v0
