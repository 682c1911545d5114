#include "adapters/postgres/pool.hpp"

namespace stocktracker::inline v0::postgres {
namespace {

constexpr auto kDeadlineCheck = std::chrono::milliseconds(20);

}  // namespace

Result<Pool::Lease> Pool::take(const CallContext& context) {
  const auto give_up = std::chrono::steady_clock::now() + options_.lock_timeout;
  std::unique_lock lock(mutex_);
  while (true) {
    STK_TRY(context.check(Connection::now_by(options_)));
    while (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      if (!connection->closed_meanwhile()) return Lease(*this, std::move(connection), false);
      --open_;  // the server went away, or ended it
    }
    if (open_ < options_.connections) {
      ++open_;
      lock.unlock();
      struct Slot {
        Pool* pool;
        std::unique_lock<std::mutex>& lock;
        ~Slot() {
          if (pool == nullptr) return;
          if (!lock.owns_lock()) lock.lock();
          --pool->open_;
          pool->returned_.notify_one();
        }
      } slot{this, lock};
      auto connection = open(context);
      if (connection) {
        slot.pool = nullptr;
        return Lease(*this, std::move(connection).value(), true);
      }
      // A server that has none to spare for more of us serves with those that are open.
      lock.lock();
      const bool wait = connection.error().details().vendor_code == kTooMany && open_ > 1 &&
                        std::chrono::steady_clock::now() < give_up;
      if (!wait) return std::move(connection).error();
      --open_;
      slot.pool = nullptr;
      returned_.wait_for(lock, context.stop, kDeadlineCheck, [&] { return !idle_.empty(); });
      continue;
    }
    returned_.wait_for(lock, context.stop, kDeadlineCheck,
                       [&] { return !idle_.empty() || open_ < options_.connections; });
  }
}

Result<std::unique_ptr<Connection>> Pool::open(const CallContext& context) {
  STK_TRY(auto connection, Connection::open(options_, context, &book_));
  if (connection->warm(context)) return connection;
  // Something that was prepared before can be prepared no more: whoever asks for it is told why.
  book_.forget();
  return Connection::open(options_, context, &book_);
}

Result<void> Pool::warm(int connections, const CallContext& context) {
  std::vector<Lease> leases;
  for (int i = 0; i < connections; ++i) {
    STK_TRY(auto lease, take(context));
    leases.push_back(std::move(lease));
  }
  return success();
}

void Pool::give_back(std::unique_ptr<Connection> connection) noexcept {
  const bool keep = !connection->spoilt() && !connection->in_transaction();
  if (!keep) connection.reset();  // outside the lock: it says goodbye to the server
  {
    const std::lock_guard lock(mutex_);
    if (keep) {
      idle_.push_back(std::move(connection));
    } else {
      --open_;
    }
  }
  returned_.notify_one();
}

}  // namespace stocktracker::inline v0::postgres
