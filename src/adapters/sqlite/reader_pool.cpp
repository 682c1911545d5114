// Connections for reading, shared by callers.
#include "adapters/sqlite/reader_pool.hpp"

#include "adapters/sqlite/transaction.hpp"
#include "ports/deadline_check.hpp"

namespace stocktracker::inline v0::sqlite {
Result<std::unique_ptr<Connection>> ReaderPool::take(const CallContext& context) {
  std::unique_lock lock(mutex_);
  while (true) {
    STK_TRY(context.check(Connection::now_by(options_)));
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
    if (open_ < options_.readers) {
      ++open_;
      lock.unlock();
      struct Slot {
        ReaderPool* pool;
        ~Slot() {
          if (pool == nullptr) return;
          const std::lock_guard again(pool->mutex_);
          --pool->open_;
        }
      } slot{this};
      auto opened = Connection::open(options_, Connection::Use::read);
      if (opened) slot.pool = nullptr;
      return opened;
    }
    returned_.wait_for(lock, context.stop, kDeadlineCheck, [&] { return !idle_.empty(); });
  }
}

void ReaderPool::give_back(std::unique_ptr<Connection> connection) noexcept {
  connection->watch(nullptr);
  connection->roll_back();
  {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(connection));  // within what was reserved
  }
  returned_.notify_one();
}

Result<void> ReaderPool::transact(Plane plane, const CallContext& context,
                                  FunctionRef<Result<void>(Transaction&)> body) {
  STK_TRY(auto connection, take(context));
  struct Return {
    ReaderPool& pool;
    std::unique_ptr<Connection>& connection;
    ~Return() { pool.give_back(std::move(connection)); }
  };
  const Return back{*this, connection};
  connection->watch(&context);
  STK_TRY(connection->run("BEGIN"));
  SqliteTransaction transaction(*connection, plane, false);
  const InsideBody inside;
  return body(transaction);
}

}  // namespace stocktracker::inline v0::sqlite
