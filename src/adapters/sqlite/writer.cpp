// Writer: the single writer of a file, which commits callers in groups.
#include "adapters/sqlite/writer.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <span>

#include "adapters/sqlite/transaction.hpp"
#include "ports/deadline_check.hpp"

namespace stocktracker::inline v0::sqlite {
namespace {

constexpr std::size_t kGroupLimit = 64;

Error rolled_back() {
  return Error(Errc::store_rolled_back, "an earlier failure has rolled the transaction back").may_retry();
}

/// The body ignored a failure of its own: what it believes to be written was not.
Error passed_over() {
  return {Errc::store_rolled_back, "a statement of the body failed and no savepoint undid it; nothing was committed"};
}

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

struct Writer::Group {
  std::array<Waiting*, kGroupLimit> members{};
  std::size_t size = 0;
  [[nodiscard]] std::span<Waiting* const> all() const noexcept { return {members.data(), size}; }
};

Result<void> Writer::transact(Plane plane, const CallContext& context, TransactMode mode,
                              FunctionRef<Result<void>(Transaction&)> body) {
  Waiting waiting{plane, context, mode, body};
  std::unique_lock lock(mutex_);
  queue_.push_back(&waiting);
  while (!waiting.done) {
    const auto over = [&] { return waiting.done || may_lead(waiting); };
    if (may_lead(waiting)) {
      lead(lock, waiting);
    } else if (waiting.taken) {
      changed_.wait(lock, over);  // the body runs: its own checks end it
    } else if (!changed_.wait_for(lock, context.stop, kDeadlineCheck, over) && !waiting.taken) {
      auto ended = context.check(connection_->now());
      if (ended) continue;
      leave(waiting);
      changed_.notify_all();
      return ended;
    }
  }
  lock.unlock();
  if (waiting.thrown) std::rethrow_exception(waiting.thrown);
  return std::move(waiting.result);
}

bool Writer::may_lead(const Waiting& waiting) const noexcept {
  if (led_ || waiting.done || waiting.taken) return false;
  const Waiting* front = queue_.front();
  return front == &waiting || (front->mode == TransactMode::write && waiting.mode == TransactMode::write);
}

void Writer::leave(const Waiting& waiting) noexcept { queue_.erase(std::find(queue_.begin(), queue_.end(), &waiting)); }

void Writer::lead(std::unique_lock<std::mutex>& lock, Waiting& own) {
  led_ = true;
  leave(own);
  own.taken = true;
  Group group;
  group.members[group.size++] = &own;
  lock.unlock();
  try {
    if (own.mode == TransactMode::write) {
      run_together(own, group);
    } else {
      run_alone(own);
    }
  } catch (...) {
    // Out of memory between bodies: nothing of the group is committed.
    connection_->watch(nullptr);
    connection_->roll_back();
    for (Waiting* waiting : group.all()) {
      if (!waiting->thrown) waiting->thrown = std::current_exception();
    }
  }
  lock.lock();
  for (Waiting* waiting : group.all()) waiting->done = true;
  led_ = false;
  changed_.notify_all();
}

Writer::Waiting* Writer::take(Group& group) {
  const std::lock_guard lock(mutex_);
  if (queue_.empty() || group.size == kGroupLimit || queue_.front()->mode != TransactMode::write) return nullptr;
  Waiting* next = queue_.front();
  queue_.pop_front();
  next->taken = true;
  group.members[group.size++] = next;
  return next;
}

void Writer::run_together(Waiting& first, Group& group) {
  connection_->watch(&first.context);
  auto begun = connection_->run("BEGIN IMMEDIATE");
  connection_->watch(nullptr);
  if (!begun) {
    first.result = std::move(begun);
    return;
  }
  const auto until = std::chrono::steady_clock::now() + connection_->options().group_window;
  Waiting* next = &first;
  do {
    run_in_savepoint(*next);
    if (!connection_->in_transaction()) return put_back(group, *next);
    next = std::chrono::steady_clock::now() < until ? take(group) : nullptr;
  } while (next != nullptr);
  auto committed = connection_->run("COMMIT");
  if (committed) return;
  connection_->roll_back();
  for (Waiting* waiting : group.all()) {
    if (!waiting->result || waiting->thrown) continue;
    waiting->result =
        Error(Errc::store_rolled_back, "the group was not committed").because(committed.error()).may_retry();
  }
}

void Writer::put_back(Group& group, Waiting& culprit) {
  if (culprit.result && !culprit.thrown) culprit.result = rolled_back();
  const std::lock_guard lock(mutex_);
  for (std::size_t i = group.size; i-- > 0;) {
    Waiting* waiting = group.members[i];
    if (!waiting->result || waiting->thrown) continue;
    queue_.push_front(waiting);
    waiting->taken = false;
    std::copy(group.members.begin() + i + 1, group.members.begin() + group.size, group.members.begin() + i);
    --group.size;
  }
}

void Writer::call(Waiting& waiting, Transaction& transaction) {
  const InsideBody inside;
  try {
    waiting.result = waiting.body(transaction);
  } catch (...) {
    // Out of memory in a body: reported to the body's caller, not to the thread that commits for it.
    waiting.thrown = std::current_exception();
  }
}

void Writer::run_alone(Waiting& waiting) {
  const bool writes = waiting.mode != TransactMode::read;
  connection_->watch(&waiting.context);
  waiting.result = connection_->run(writes ? "BEGIN IMMEDIATE" : "BEGIN");
  if (waiting.result) {
    SqliteTransaction transaction(*connection_, waiting.plane, writes);
    call(waiting, transaction);
    if (writes && waiting.result && transaction.failed()) waiting.result = passed_over();
  }
  connection_->watch(nullptr);
  if (waiting.result && !waiting.thrown) {
    waiting.result = connection_->in_transaction() ? connection_->run("COMMIT") : Result<void>(rolled_back());
  }
  connection_->roll_back();
}

void Writer::run_in_savepoint(Waiting& waiting) {
  waiting.result = waiting.context.check(connection_->now());
  if (!waiting.result) return;
  waiting.result = connection_->run("SAVEPOINT body");
  if (!waiting.result) return;
  connection_->watch(&waiting.context);
  {
    SqliteTransaction transaction(*connection_, waiting.plane, true);
    call(waiting, transaction);
    if (waiting.result && transaction.failed() && connection_->in_transaction()) waiting.result = passed_over();
  }
  connection_->watch(nullptr);
  if (!connection_->in_transaction()) return;
  if (waiting.result && !waiting.thrown) waiting.result = connection_->run("RELEASE body");
  if (waiting.result && !waiting.thrown) return;
  // A body that cannot be undone alone is undone with the group, which then runs again without it.
  if (!connection_->run("ROLLBACK TO body; RELEASE body")) connection_->roll_back();
}

}  // namespace stocktracker::inline v0::sqlite
