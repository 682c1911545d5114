#include "adapters/postgres/database.hpp"

#include <algorithm>
#include <cstring>
#include <thread>

#include "adapters/postgres/transaction.hpp"
#include "adapters/postgres/wall.hpp"

namespace stocktracker::inline v0::postgres {
namespace {

// Serialization failures come in crowds; each run again is one transaction fewer in the way.
constexpr int kAttempts = 40;
constexpr auto kLongestPause = std::chrono::milliseconds(50);
// A server that restarts is back within seconds; whether a commit was done is asked for so long.
constexpr auto kRestart = std::chrono::seconds(30);

/// Undoes what was not committed, also when a body throws.
struct RollBack {
  Connection& connection;
  ~RollBack() {
    if (connection.spoilt() || !connection.in_transaction()) return;
    try {
      if (!connection.run("ROLLBACK", "rollback", {})) connection.spoil();
    } catch (...) {
      connection.spoil();
    }
  }
};

/// A little more than is left: whoever called learns of the deadline, not of the server's own limit.
std::int64_t milliseconds_left(const CallContext& context, Instant now, Duration most) {
  Duration left = most;
  if (context.deadline != Instant::latest()) {
    left = std::min<Duration>(left, context.deadline - now + std::chrono::milliseconds(200));
  }
  return std::max<std::int64_t>(1, std::chrono::duration_cast<std::chrono::milliseconds>(left).count());
}

}  // namespace

Result<void> PostgresDatabase::transact(const CallContext& given, TransactMode mode,
                                        FunctionRef<Result<void>(Transaction&)> body) {
  if (InsideBody::now()) return Error(Errc::store_nested, "a transaction was begun inside another");
  const PostgresOptions& options = pool_->options();
  const CallContext context = given.started(Connection::now_by(options));
  for (int number = 1;; ++number) {
    STK_TRY(context.check(Connection::now_by(options)));
    Attempt one = attempt(context, mode, body);
    if (one.ending == Ending::final || number == kAttempts) return std::move(one.result);
    std::this_thread::sleep_for(std::min<std::chrono::milliseconds>(std::chrono::milliseconds(number), kLongestPause));
  }
}

Result<void> PostgresDatabase::begin(Connection& connection, const CallContext& context, TransactMode mode) const {
  const PostgresOptions& options = pool_->options();
  const bool writes = mode != TransactMode::read;
  const Instant now = connection.now();
  // Writers of a tenant wait for each other, so that each statement may see what was committed last; in the control
  // plane nobody waits, and the server finds those that contradict each other.
  std::string sql = !writes                    ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; "
                    : plane_ == Plane::control ? "BEGIN ISOLATION LEVEL SERIALIZABLE; "
                                               : "BEGIN ISOLATION LEVEL READ COMMITTED; ";
  sql += "SET LOCAL search_path = ";
  sql += schema_of(plane_);
  sql +=
      "; SET LOCAL statement_timeout = " + std::to_string(milliseconds_left(context, now, options.statement_timeout));
  sql += "; SET LOCAL lock_timeout = " + std::to_string(milliseconds_left(context, now, options.lock_timeout));
  if (plane_ == Plane::tenant) sql += "; " + enter_sql(tenant_.text(), writes);
  STK_TRY(connection.run(sql, "begin", context));
  return success();
}

PostgresDatabase::Attempt PostgresDatabase::attempt(const CallContext& context, TransactMode mode,
                                                    FunctionRef<Result<void>(Transaction&)> body) const {
  auto taken = pool_->take(context);
  if (!taken) return {std::move(taken).error()};
  const Pool::Lease lease = std::move(taken).value();
  const RollBack roll_back{*lease};
  if (auto begun = begin(*lease, context, mode); !begun) {
    // A connection that was kept may have died in the pool: nothing has happened yet.
    const bool died = lease->spoilt() && !lease.fresh() && context.check(lease->now());
    const bool again = died || may_run_again(lease->last_state());
    return {std::move(begun), again ? Ending::again : Ending::final};
  }
  PostgresTransaction transaction(*lease, plane_, tenant_, mode != TransactMode::read, context);
  lease->forget_state();
  Result<void> result = success();
  {
    const InsideBody inside;
    result = body(transaction);
  }
  transaction.end();
  if (transaction.may_run_again()) {
    Result<void> why = Error(Errc::store_rolled_back, "the server wants the transaction to be run again").may_retry();
    return {result ? std::move(why) : std::move(result), Ending::again};
  }
  if (!result) {
    // Lost before anything was committed; a server that is gone is told by the next connection.
    const bool lost = transaction.failed() && lease->spoilt() && context.check(lease->now());
    return {std::move(result), lost ? Ending::again : Ending::final};
  }
  if (transaction.failed() && mode != TransactMode::read) {
    return {Error(Errc::store_rolled_back,
                  "a statement of the body failed and no savepoint undid it; nothing was committed")};
  }
  return commit(*lease, context, transaction.wrote());
}

PostgresDatabase::Attempt PostgresDatabase::commit(Connection& connection, const CallContext& context,
                                                   bool wrote) const {
  // From here on the end of the call changes nothing: a commit is not taken back.
  CallContext unhurried;
  unhurried.tenant = context.tenant;
  unhurried.request_id = context.request_id;
  std::int64_t number = 0;
  if (wrote) {
    number = connection.next_commit();
    auto marked = connection.run("INSERT INTO stocktracker_control.commit_mark (connection, number) VALUES ('" +
                                     connection.id() + "', " + std::to_string(number) +
                                     ") ON CONFLICT (connection) DO UPDATE SET number = excluded.number, at = now()",
                                 "commit", unhurried);
    if (!marked) {
      const bool again = connection.spoilt() || may_run_again(connection.last_state());
      return {std::move(marked).error(), again ? Ending::again : Ending::final};
    }
  }
  auto committed = connection.run("COMMIT", "commit", unhurried);
  if (committed) {
    // A transaction that had failed answers ROLLBACK.
    if (!wrote || std::strcmp(PQcmdStatus(committed.value().get()), "COMMIT") == 0) return {};
    return {Error(Errc::store_rolled_back, "the transaction was not committed").may_retry()};
  }
  if (may_run_again(connection.last_state())) return {std::move(committed).error(), Ending::again};
  if (!connection.spoilt() || !wrote) return {std::move(committed).error()};
  return ask_whether_committed(connection.id(), number, context, std::move(committed).error());
}

PostgresDatabase::Attempt PostgresDatabase::ask_whether_committed(const std::string& id, std::int64_t number,
                                                                  const CallContext& context, Error lost) const {
  // The lost transaction may still run: writing its row waits for its end, whatever that is.
  const std::string sql = "INSERT INTO stocktracker_control.commit_mark (connection, number) VALUES ('" + id +
                          "', 0) ON CONFLICT (connection) DO UPDATE SET at = now() RETURNING number";
  const auto until = std::chrono::steady_clock::now() + kRestart;
  while (std::chrono::steady_clock::now() < until && context.check(Connection::now_by(pool_->options()))) {
    if (auto taken = pool_->take(context)) {
      const Pool::Lease lease = std::move(taken).value();
      if (const auto told = lease->run(sql, "commit", context)) {
        const bool done = std::to_string(number) == PQgetvalue(told.value().get(), 0, 0);
        if (done) return {};
        return {std::move(lost), Ending::again};
      }
    }
    std::this_thread::sleep_for(kLongestPause);
  }
  return {Error(Errc::store_unreachable, "the server went away during a commit; whether it was done is not known")
              .during("commit")
              .because(std::move(lost))};
}

}  // namespace stocktracker::inline v0::postgres
