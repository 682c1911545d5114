#include "adapters/sqlite/reader_pool.hpp"

#include "adapters/sqlite/transaction.hpp"

namespace stocktracker::inline v0::sqlite {
namespace {

constexpr auto kDeadlineCheck = std::chrono::milliseconds(20);

Instant now_of(const SqliteOptions& options) {
  if (options.clock) return options.clock->now();
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return Instant::from_micros(std::chrono::duration_cast<Duration>(since).count());
}

}  // namespace

Result<std::unique_ptr<Connection>> ReaderPool::take(const CallContext& context) {
  std::unique_lock lock(mutex_);
  while (true) {
    STK_TRY(context.check(now_of(options_)));
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
    if (open_ < options_.readers) {
      ++open_;
      lock.unlock();
      auto opened = Connection::open(options_, Connection::Use::read);
      if (!opened) {
        lock.lock();
        --open_;
      }
      return opened;
    }
    returned_.wait_for(lock, context.stop, kDeadlineCheck, [&] { return !idle_.empty(); });
  }
}

void ReaderPool::give_back(std::unique_ptr<Connection> connection) {
  {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(connection));
  }
  returned_.notify_one();
}

Result<void> ReaderPool::transact(Plane plane, const CallContext& context,
                                  FunctionRef<Result<void>(Transaction&)> body) {
  STK_TRY(auto connection, take(context));
  struct Return {
    ReaderPool& pool;
    std::unique_ptr<Connection>& connection;
    ~Return() {
      connection->watch(nullptr);
      (void)connection->run("ROLLBACK");
      pool.give_back(std::move(connection));
    }
  };
  connection->watch(&context);
  STK_TRY(connection->run("BEGIN"));
  const Return back{*this, connection};
  SqliteTransaction transaction(*connection, plane, false);
  const InsideBody inside;
  return body(transaction);
}

}  // namespace stocktracker::inline v0::sqlite
