/// @file
/// The one writer of a file: bodies queue, one of the waiting threads commits for all.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>

#include <stocktracker/ports/database.hpp>

#include "adapters/sqlite/connection.hpp"

namespace stocktracker::inline v0::sqlite {

/// Thread-safe. Owns no thread: whoever waits first runs the bodies of those behind it as well.
class Writer {
 public:
  explicit Writer(std::unique_ptr<Connection> connection) noexcept : connection_(std::move(connection)) {}

  [[nodiscard]] Result<void> transact(Plane plane, const CallContext& context, TransactMode mode,
                                      FunctionRef<Result<void>(Transaction&)> body);

 private:
  struct Waiting;

  void lead(std::unique_lock<std::mutex>& lock);
  /// Runs what may be committed together, starting with the front of the queue.
  void run_group(std::unique_lock<std::mutex>& lock);
  void run_alone(Waiting& waiting);
  void run_in_savepoint(Waiting& waiting);
  static void call(Waiting& waiting, Transaction& transaction);

  std::unique_ptr<Connection> connection_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Waiting*> queue_;
  bool led_ = false;
};

}  // namespace stocktracker::inline v0::sqlite
