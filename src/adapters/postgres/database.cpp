// Database: transactions with the tenant's settings; repeats them after serialization failures and lost connections.
#include "adapters/postgres/database.hpp"

#include <algorithm>
#include <cstring>
#include <thread>

#include "adapters/postgres/row_security.hpp"
#include "adapters/postgres/transaction.hpp"

namespace stocktracker::inline v0::postgres {
namespace {

// Serialization failures come together; each repetition has one competitor fewer.
constexpr int kAttempts = 40;
constexpr auto kLongestPause = std::chrono::milliseconds(50);
// A restarting server is back within seconds; whether a commit was done is asked for this long.
constexpr auto kRestart = std::chrono::seconds(30);
// A body that was too slow once may have been stopped with its process; one that is always too slow does not get
// faster.
constexpr int kSlowAttempts = 2;
// Reading bodies hold no lock, and a backup writes elsewhere between two statements.
constexpr int kPatienceWithReaders = 20;

/// Undoes what was not committed, also if a body throws.
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

/// A little more than the remaining time: the caller then gets the deadline's error, not the server's.
std::int64_t milliseconds_left(const CallContext& context, Instant now, Duration most) {
  Duration left = most;
  if (context.deadline != Instant::latest()) {
    left = std::min<Duration>(left, context.deadline - now + std::chrono::milliseconds(200));
  }
  return std::max<std::int64_t>(1, std::chrono::duration_cast<std::chrono::milliseconds>(left).count());
}

/// `otherwise`, unless the server has ended the transaction of an idle body.
template <class Ending>
Ending unless_slow(const Connection& connection, Ending otherwise) {
  return connection.last_state() == kIdleTooLong ? Ending::slow : otherwise;
}

}  // namespace

Result<void> PostgresDatabase::transact(const CallContext& given, TransactMode mode,
                                        FunctionRef<Result<void>(Transaction&)> body) {
  if (InsideBody::now()) return Error(Errc::store_nested, "a transaction was begun inside another");
  const PostgresOptions& options = pool_->options();
  const CallContext context = given.started(Connection::now_by(options));
  int slow = 0;
  for (int number = 1;; ++number) {
    STK_TRY(context.check(Connection::now_by(options)));
    Attempt one = attempt(context, mode, body);
    if (one.ending == Ending::slow && ++slow == kSlowAttempts) return std::move(one.result);
    if (one.ending == Ending::final || number == kAttempts) return std::move(one.result);
    std::this_thread::sleep_for(std::min<std::chrono::milliseconds>(std::chrono::milliseconds(number), kLongestPause));
  }
}

Result<void> PostgresDatabase::begin(Connection& connection, const CallContext& context, TransactMode mode) const {
  const PostgresOptions& options = pool_->options();
  const bool writes = mode != TransactMode::read;
  const Instant now = connection.now();
  // Writers of a tenant wait for each other, so that each statement sees the last commit. In the control plane nobody
  // waits, and the server detects conflicting writers.
  std::string sql = !writes                    ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; "
                    : plane_ == Plane::control ? "BEGIN ISOLATION LEVEL SERIALIZABLE; "
                                               : "BEGIN ISOLATION LEVEL READ COMMITTED; ";
  sql += "SET LOCAL search_path = ";
  sql += schema_of(plane_);
  sql +=
      "; SET LOCAL statement_timeout = " + std::to_string(milliseconds_left(context, now, options.statement_timeout));
  sql += "; SET LOCAL lock_timeout = " + std::to_string(milliseconds_left(context, now, options.lock_timeout));
  // A client that froze or vanished inside a body blocks the tenant for this time only. Set for this transaction,
  // because behind a pooler a session may serve others.
  const Duration idle = writes ? options.idle_timeout : options.idle_timeout * kPatienceWithReaders;
  sql += "; SET LOCAL idle_in_transaction_session_timeout = " +
         std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(idle).count());
  if (plane_ == Plane::tenant) sql += "; " + enter_sql(tenant_.text(), writes);
  STK_TRY(connection.run(sql, "begin", context));
  connection.expect_idle_limit(idle);
  return success();
}

PostgresDatabase::Attempt PostgresDatabase::attempt(const CallContext& context, TransactMode mode,
                                                    FunctionRef<Result<void>(Transaction&)> body) const {
  Attempt one;
  {
    auto taken = pool_->take(user(context), context);
    if (!taken) return {std::move(taken).error()};
    const Pool::Lease lease = std::move(taken).value();
    one = attempt_on(lease, context, mode, body);
  }
  // After the connection was returned: in a small pool, or with many such callers, no connection would be left to ask
  // with.
  return one.ending == Ending::unanswered ? ask_whether_committed(std::move(one), context) : std::move(one);
}

PostgresDatabase::Attempt PostgresDatabase::attempt_on(const Pool::Lease& lease, const CallContext& context,
                                                       TransactMode mode,
                                                       FunctionRef<Result<void>(Transaction&)> body) const {
  const RollBack roll_back{*lease};
  if (auto begun = begin(*lease, context, mode); !begun) {
    // A kept connection may have been closed in the pool: nothing has happened yet.
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
    Result<void> why = Error(Errc::store_rolled_back, "the server asks to run the transaction again").may_retry();
    return {result ? std::move(why) : std::move(result), Ending::again};
  }
  if (!result) {
    // Lost before anything was committed. If the server is gone, the next connection reports it.
    const bool lost = transaction.failed() && lease->spoilt() && context.check(lease->now());
    return {std::move(result), lost ? unless_slow(*lease, Ending::again) : Ending::final};
  }
  if (transaction.failed() && mode != TransactMode::read) {
    return {Error(Errc::store_rolled_back,
                  "a statement of the body failed and no savepoint undid it; nothing was committed")};
  }
  return commit(*lease, context, transaction.wrote());
}

PostgresDatabase::Attempt PostgresDatabase::commit(Connection& connection, const CallContext& context,
                                                   bool wrote) const {
  // From here on the end of the call changes nothing: a commit cannot be undone.
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
      return {std::move(marked).error(), unless_slow(connection, again ? Ending::again : Ending::final)};
    }
  }
  auto committed = connection.run("COMMIT", "commit", unhurried);
  if (committed) {
    // A failed transaction answers ROLLBACK.
    if (!wrote || std::strcmp(PQcmdStatus(committed.value().get()), "COMMIT") == 0) return {};
    return {Error(Errc::store_rolled_back, "the transaction was not committed").may_retry()};
  }
  if (may_run_again(connection.last_state())) return {std::move(committed).error(), Ending::again};
  if (!connection.spoilt() || !wrote) return {std::move(committed).error()};
  return {std::move(committed).error(), Ending::unanswered, connection.id(), number};
}

PostgresDatabase::Attempt PostgresDatabase::ask_whether_committed(Attempt unanswered,
                                                                  const CallContext& context) const {
  const auto until = std::chrono::steady_clock::now() + kRestart;
  while (std::chrono::steady_clock::now() < until && context.check(Connection::now_by(pool_->options()))) {
    // The lost transaction may still be running. Writing its row waits for its end; if the server does not know yet
    // that the connection is gone, its limit on idle transactions ends it.
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    const std::string sql = "SET LOCAL lock_timeout = " + std::to_string(std::max<std::int64_t>(1, left.count())) +
                            "; INSERT INTO stocktracker_control.commit_mark (connection, number) VALUES ('" +
                            unanswered.connection +
                            "', 0) ON CONFLICT (connection) DO UPDATE SET at = now() RETURNING number";
    if (auto taken = pool_->take(user(context), context)) {
      const Pool::Lease lease = std::move(taken).value();
      if (const auto answer = lease->run(sql, "commit", context)) {
        const bool done = std::to_string(unanswered.number) == PQgetvalue(answer.value().get(), 0, 0);
        if (done) return {};
        return {std::move(unanswered.result), Ending::again};
      }
    }
    std::this_thread::sleep_for(kLongestPause);
  }
  return {Error(Errc::store_unreachable, "the server went away during a commit; whether it was done is not known")
              .during("commit")
              .because(std::move(unanswered.result).error())};
}

}  // namespace stocktracker::inline v0::postgres
