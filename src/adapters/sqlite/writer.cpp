#include "adapters/sqlite/writer.hpp"

#include <algorithm>
#include <exception>
#include <vector>

#include "adapters/sqlite/transaction.hpp"

namespace stocktracker::inline v0::sqlite {
namespace {

constexpr std::size_t kGroupLimit = 64;
constexpr auto kDeadlineCheck = std::chrono::milliseconds(20);

}  // namespace

struct Writer::Waiting {
  Plane plane;
  const CallContext& context;
  TransactMode mode;
  FunctionRef<Result<void>(Transaction&)> body;
  Result<void> result = success();
  std::exception_ptr thrown{};
  bool taken = false;
  bool done = false;
};

Result<void> Writer::transact(Plane plane, const CallContext& context, TransactMode mode,
                              FunctionRef<Result<void>(Transaction&)> body) {
  Waiting waiting{plane, context, mode, body};
  std::unique_lock lock(mutex_);
  queue_.push_back(&waiting);
  while (!waiting.done) {
    if (!led_) {
      lead(lock);
      continue;
    }
    // Woken when the group ends, when the caller's token is set, or to look at the deadline.
    const auto over = [&] { return waiting.done || !led_; };
    if (waiting.taken) {
      changed_.wait(lock, over);  // the body runs: its own checks end it
      continue;
    }
    changed_.wait_for(lock, context.stop, kDeadlineCheck, over);
    if (waiting.done || waiting.taken) continue;
    if (auto ended = context.check(connection_->now()); !ended) {
      queue_.erase(std::find(queue_.begin(), queue_.end(), &waiting));
      return ended;
    }
  }
  lock.unlock();
  if (waiting.thrown) std::rethrow_exception(waiting.thrown);
  return std::move(waiting.result);
}

void Writer::lead(std::unique_lock<std::mutex>& lock) {
  led_ = true;
  run_group(lock);
  led_ = false;
  changed_.notify_all();
}

void Writer::run_group(std::unique_lock<std::mutex>& lock) {
  std::vector<Waiting*> group;
  const auto take = [&] {
    Waiting* next = queue_.front();
    queue_.pop_front();
    next->taken = true;
    group.push_back(next);
    return next;
  };
  Waiting* first = take();
  lock.unlock();
  if (first->mode != TransactMode::write) {
    run_alone(*first);
    lock.lock();
  } else {
    connection_->watch(&first->context);
    auto begun = connection_->run("BEGIN IMMEDIATE");
    connection_->watch(nullptr);
    if (!begun) {
      first->result = std::move(begun);
      lock.lock();
    } else {
      const auto until = std::chrono::steady_clock::now() + connection_->options().group_window;
      run_in_savepoint(*first);
      lock.lock();
      while (!queue_.empty() && queue_.front()->mode == TransactMode::write && group.size() < kGroupLimit &&
             std::chrono::steady_clock::now() < until) {
        Waiting* next = take();
        lock.unlock();
        run_in_savepoint(*next);
        lock.lock();
      }
      lock.unlock();
      auto committed = connection_->run("COMMIT");
      if (!committed) {
        (void)connection_->run("ROLLBACK");
        for (Waiting* waiting : group) {
          if (!waiting->result || waiting->thrown) continue;
          waiting->result = Error(Errc::store_rolled_back, "the group was not committed")
                                .because(committed.error())
                                .may_retry();
        }
      }
      lock.lock();
    }
  }
  for (Waiting* waiting : group) waiting->done = true;
}

void Writer::call(Waiting& waiting, Transaction& transaction) {
  const InsideBody inside;
  try {
    waiting.result = waiting.body(transaction);
  } catch (...) {
    // Out of memory in a body: it belongs to the body's caller, not to the thread that commits for it.
    waiting.thrown = std::current_exception();
  }
}

void Writer::run_alone(Waiting& waiting) {
  const bool writes = waiting.mode != TransactMode::read;
  connection_->watch(&waiting.context);
  auto begun = connection_->run(writes ? "BEGIN IMMEDIATE" : "BEGIN");
  if (begun) {
    {
      SqliteTransaction transaction(*connection_, waiting.plane, writes);
      call(waiting, transaction);
    }
    if (waiting.result && !waiting.thrown) begun = connection_->run("COMMIT");
    if (sqlite3_get_autocommit(connection_->get()) == 0) {
      connection_->watch(nullptr);
      (void)connection_->run("ROLLBACK");
    }
  }
  connection_->watch(nullptr);
  if (!begun) waiting.result = std::move(begun);
}

void Writer::run_in_savepoint(Waiting& waiting) {
  if (auto ended = waiting.context.check(connection_->now()); !ended) {
    waiting.result = std::move(ended);
    return;
  }
  auto saved = connection_->run("SAVEPOINT body");
  if (!saved) {
    waiting.result = std::move(saved);
    return;
  }
  connection_->watch(&waiting.context);
  {
    SqliteTransaction transaction(*connection_, waiting.plane, true);
    call(waiting, transaction);
  }
  connection_->watch(nullptr);
  if (!waiting.result || waiting.thrown) (void)connection_->run("ROLLBACK TO body");
  auto released = connection_->run("RELEASE body");
  if (!released && waiting.result) waiting.result = std::move(released);
}

}  // namespace stocktracker::inline v0::sqlite
