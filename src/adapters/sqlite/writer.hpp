/// Writer: the single writer of a file: bodies queue, and one of the waiting threads commits for all.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>

#include <stocktracker/ports/database.hpp>

#include "adapters/sqlite/connection.hpp"

namespace stocktracker::inline v0::sqlite {

/// Thread-safe. It owns no thread: the first waiting thread also runs the bodies of those behind it.
class Writer {
 public:
  explicit Writer(std::unique_ptr<Connection> connection) noexcept : connection_(std::move(connection)) {}

  [[nodiscard]] Result<void> transact(Plane plane, const CallContext& context, TransactMode mode,
                                      FunctionRef<Result<void>(Transaction&)> body);

 private:
  struct Waiting;
  struct Group;

  /// A long body is run by its own caller, in its turn. A small one may move forward among small ones, so that no
  /// caller misses its deadline while it works for others.
  [[nodiscard]] bool may_lead(const Waiting& waiting) const noexcept;
  /// Runs the caller's body, and those that may be committed together with it.
  void lead(std::unique_lock<std::mutex>& lock, Waiting& own);
  void leave(const Waiting& waiting) noexcept;
  /// The next body of the queue that may join the group; null if it must not.
  [[nodiscard]] Waiting* take(Group& group);
  void run_alone(Waiting& waiting);
  void run_together(Waiting& first, Group& group);
  void run_in_savepoint(Waiting& waiting);
  /// SQLite rolled back by itself while `culprit` ran: the other bodies run again, in the next group.
  void put_back(Group& group, Waiting& culprit);
  static void call(Waiting& waiting, Transaction& transaction);

  std::unique_ptr<Connection> connection_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Waiting*> queue_;
  bool led_ = false;
};

}  // namespace stocktracker::inline v0::sqlite
