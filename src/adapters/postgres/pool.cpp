// Pool: connections that callers share in turns.
#include "adapters/postgres/pool.hpp"

namespace stocktracker::inline v0::postgres {

Result<Pool::Lease> Pool::take(const TenantId& tenant, const CallContext& context) {
  const auto give_up = std::chrono::steady_clock::now() + options_.lock_timeout;
  while (true) {
    const auto clock = [&] { return Connection::now_by(options_); };
    STK_TRY(turns_.enter(tenant, context, clock));
    struct Turn {
      Turns* turns;
      const TenantId& tenant;
      ~Turn() {
        if (turns != nullptr) turns->leave(tenant);
      }
    } turn{&turns_, tenant};
    if (auto idle = take_idle()) {
      turn.turns = nullptr;
      return Lease(*this, tenant, std::move(idle), false);
    }
    struct Opening {
      Pool* pool;
      ~Opening() {
        if (pool != nullptr) pool->count_open(-1);
      }
    } opening{this};
    const int open_now = count_open(+1);
    auto connection = open(context);
    if (connection) {
      turn.turns = nullptr;
      opening.pool = nullptr;
      return Lease(*this, tenant, std::move(connection).value(), true);
    }
    // If the server accepts no more connections, the open ones are used.
    const bool wait = connection.error().details().vendor_code == kTooMany && open_now > 1 &&
                      std::chrono::steady_clock::now() < give_up;
    if (!wait) return std::move(connection).error();
    turns_.narrow(open_now - 1);
  }
}

int Pool::count_open(int change) noexcept {
  const std::lock_guard lock(mutex_);
  open_ += change;
  return open_;
}

std::unique_ptr<Connection> Pool::take_idle() {
  const std::lock_guard lock(mutex_);
  while (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    if (!connection->closed_meanwhile()) return connection;
    --open_;  // the server went away, or closed it
  }
  return nullptr;
}

Result<std::unique_ptr<Connection>> Pool::open(const CallContext& context) {
  STK_TRY(auto connection, Connection::open(options_, context, &book_));
  if (connection->warm(context)) return connection;
  // A statement that was prepared before cannot be prepared any more: the next statement that needs it gets the reason.
  book_.forget();
  return Connection::open(options_, context, &book_);
}

Result<void> Pool::warm(int connections, const CallContext& context) {
  for (int i = 0; i < connections; ++i) {
    STK_TRY(auto connection, open(context));
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(connection));
    ++open_;
  }
  return success();
}

void Pool::give_back(std::unique_ptr<Connection> connection, const TenantId& tenant) noexcept {
  const bool keep = !connection->spoilt() && !connection->in_transaction();
  if (!keep) connection.reset();  // outside the lock: closing sends a message to the server
  {
    const std::lock_guard lock(mutex_);
    if (keep) {
      idle_.push_back(std::move(connection));
    } else {
      --open_;
    }
  }
  turns_.leave(tenant);
}

}  // namespace stocktracker::inline v0::postgres
