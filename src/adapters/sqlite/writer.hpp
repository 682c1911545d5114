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
  struct Group;

  /// A long body is run by its own caller, in its turn; a small one may step forward among small ones, so that nobody
  /// sits out his deadline while working for others.
  [[nodiscard]] bool may_lead(const Waiting& waiting) const noexcept;
  /// Runs the caller's body, and those that may be committed together with it.
  void lead(std::unique_lock<std::mutex>& lock, Waiting& own);
  void leave(const Waiting& waiting) noexcept;
  /// The front of the queue as a further member of the group; null when it must not join.
  [[nodiscard]] Waiting* take(Group& group);
  void run_alone(Waiting& waiting);
  void run_together(Waiting& first, Group& group);
  void run_in_savepoint(Waiting& waiting);
  /// SQLite rolled back by itself while `culprit` ran: its neighbours run again, in the next group.
  void put_back(Group& group, Waiting& culprit);
  static void call(Waiting& waiting, Transaction& transaction);

  std::unique_ptr<Connection> connection_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Waiting*> queue_;
  bool led_ = false;
};

}  // namespace stocktracker::inline v0::sqlite
