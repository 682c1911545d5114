// Writing to a store of SQLite: waits for locks, groups of commits, errors.
#include <sqlite3.h>
#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <future>
#include <limits>
#include <thread>

#include <stocktracker/testing/manual_clock.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/unit/adapters/sqlite/notes.hpp"

namespace fs = std::filesystem;
namespace st = stocktracker;
using namespace std::chrono_literals;
using notes::holds;

namespace {

constexpr st::Statement kEndlessWrite{
    "note.endless",
    "UPDATE note SET mark = (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) "
    "SELECT count(*) FROM n)"};

/// Another process that holds the store's write lock until the test ends it.
class Holder {
 public:
  explicit Holder(const std::string& path)
      : child_([this, &path] {
          auto storage = st::make_sqlite_storage({.path = path, .schema = notes::schema()});
          if (!storage) return 1;
          const auto hold = [this](st::Transaction& transaction) -> st::Result<void> {
            STK_TRY(notes::put(transaction, 100, "held"));
            held_.send_signal();
            end_.wait();
            return st::success();
          };
          return storage.value()->tenant({}).value()->transact({}, st::TransactMode::write, hold) ? 0 : 2;
        }) {
    held_.wait();
  }
  [[nodiscard]] pid_t pid() const { return child_.pid(); }
  int end() {
    end_.send_signal();
    return child_.code();
  }

 private:
  Signal held_;
  Signal end_;
  ChildProcess child_;
};

/// The manual clock, and how often one thread has asked for the time.
class AskedClock final : public st::Clock {
 public:
  st::Instant now() const override {
    if (std::this_thread::get_id() == watched.load()) ++asked;
    return hands.now();
  }
  st::Result<void> wait_until(st::Instant at, std::stop_token stop) override { return hands.wait_until(at, stop); }

  st::testing::ManualClock hands;
  std::atomic<std::thread::id> watched;
  mutable std::atomic<int> asked = 0;
};

/// Each 64 KiB of its own.
std::string large(int id) { return std::string(65'536, static_cast<char>('a' + id % 26)) + std::to_string(id); }

}  // namespace

TEST_CASE("SQLite: another process's lock is waited for, then reported") {
  const TempFolder folder;
  const std::string path = folder.file("store.db");
  Holder other(path);
  auto storage = st::make_sqlite_storage({.path = path, .schema = notes::schema(), .read_only = true}).value();
  CHECK(notes::count(*storage).value() == 0);  // readers pass
  st::SqliteOptions impatient{.path = path, .schema = notes::schema(), .busy_timeout = 100ms};
  const auto opened = st::make_sqlite_storage(impatient);  // nothing is to be migrated: nothing to wait for
  CHECK(opened);
  const auto busy = opened ? notes::put(*opened.value(), 1, "ours") : st::Result<void>(st::Errc::internal);
  CHECK(busy.error().errc() == st::Errc::store_busy);
  CHECK(busy.error().retryable());
  CHECK(holds(busy.error().message(), path));
  CHECK(holds(busy.error().message(),
              "process " + std::to_string(other.pid()) + " (unit_sqlite) is writing the store " + path));
  const auto late = opened.value()->tenant({}).value()->transact(
      {.timeout = 50ms}, st::TransactMode::write, [](st::Transaction& tx) { return notes::put(tx, 1, "ours"); });
  CHECK(late.error().errc() == st::Errc::deadline_exceeded);
  CHECK(holds(late.error().message(), "process " + std::to_string(other.pid())));
  CHECK(holds(late.error().message(), path));
  CHECK(other.end() == 0);
  CHECK(notes::put(*opened.value(), 1, "ours"));
}

TEST_CASE("SQLite: waiting for a lock ends with the time given to it, the deadline or the token") {
  const TempFolder folder;
  const std::string path = folder.file("store.db");
  const auto open = [&](st::Duration patience) {
    return st::make_sqlite_storage({.path = path, .schema = notes::schema(), .busy_timeout = patience}).value();
  };
  auto holder = open(10s);
  auto impatient = open(50ms);
  auto patient = open(1h);
  std::stop_source source;
  const auto nothing = [](st::Transaction& transaction) { return notes::put(transaction, 2, "two"); };
  const auto hold = [&](st::Transaction& transaction) -> st::Result<void> {
    STK_TRY(notes::put(transaction, 1, "one"));
    std::thread others([&] {
      for (const auto mode : {st::TransactMode::write, st::TransactMode::bulk}) {
        // The deadline is there for a wait that would not end by itself.
        const auto since = std::chrono::steady_clock::now();
        const auto busy = impatient->tenant({}).value()->transact({.timeout = 10s}, mode, nothing);
        CHECK(std::chrono::steady_clock::now() - since >= 50ms);
        CHECK(busy.error().errc() == st::Errc::store_busy);
        CHECK(busy.error().retryable());
        CHECK(holds(busy.error().message(), path));
        CHECK(holds(busy.error().message(), "this process is writing the store " + path));
        const auto late = patient->tenant({}).value()->transact({.timeout = 50ms}, mode, nothing);
        CHECK(late.error().errc() == st::Errc::deadline_exceeded);
        CHECK(late.error().message() == "this process was writing the store " + path + " until the deadline");
        std::stop_source stopping;
        std::thread stopper([&] {
          std::this_thread::sleep_for(30ms);
          stopping.request_stop();
        });
        st::CallContext context;
        context.stop = stopping.get_token();
        const auto stopped = patient->tenant({}).value()->transact(context, mode, nothing);
        stopper.join();
        CHECK(stopped.error().errc() == st::Errc::cancelled);
      }
    });
    others.join();
    return st::success();
  };
  CHECK(holder->tenant({}).value()->transact({}, st::TransactMode::write, hold));
  CHECK(notes::put(*patient, 2, "two"));
  CHECK(notes::count(*impatient).value() == 2);
}

TEST_CASE("SQLite: opening a file that another holds waits the time given to it, and goes on once it is let go") {
  const TempFolder folder;
  const std::string path = folder.file("store.db");
  sqlite3* holder = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &holder) == SQLITE_OK);
  const auto say = [&](const char* sql) { return sqlite3_exec(holder, sql, nullptr, nullptr, nullptr); };
  for (const char* lock : {"BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"}) {
    CAPTURE(lock);
    REQUIRE(say(lock) == SQLITE_OK);
    std::thread releases;
    {
      // Let go after a while whatever happens: a wait without an end fails here and hangs nowhere.
      std::promise<void> done;
      releases = std::thread([&, waits = done.get_future()] {
        if (waits.wait_for(10s) == std::future_status::timeout) say("ROLLBACK");
      });
      const auto since = std::chrono::steady_clock::now();
      const auto opened = st::make_sqlite_storage({.path = path, .schema = notes::schema(), .busy_timeout = 50ms});
      const auto waited = std::chrono::steady_clock::now() - since;
      done.set_value();
      releases.join();
      REQUIRE_FALSE(opened);
      CHECK(opened.error().errc() == st::Errc::store_busy);
      CHECK(opened.error().retryable());
      CHECK(holds(opened.error().message(), path));
      CHECK(waited >= 50ms);
    }
    releases = std::thread([&] {
      std::this_thread::sleep_for(30ms);
      say("ROLLBACK");
    });
    const auto patient = st::make_sqlite_storage({.path = path, .schema = notes::schema(), .busy_timeout = 1h});
    releases.join();
    CHECK(patient);
    if (patient) CHECK(notes::put(*patient.value(), 1, "one"));
    fs::remove(path);
    sqlite3_close(holder);
    REQUIRE(sqlite3_open(path.c_str(), &holder) == SQLITE_OK);
  }
  sqlite3_close(holder);
}

TEST_CASE("SQLite: errors name the statement and never a value") {
  auto storage = st::make_sqlite_storage({.path = ":memory:", .schema = notes::schema()}).value();
  const std::string secret = "canary-7f3e91";
  REQUIRE(notes::put(*storage, 1, secret));
  const auto refused = notes::put(*storage, 2, secret);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().errc() == st::Errc::store_constraint);
  CHECK(refused.error().details().vendor == "sqlite");
  CHECK(refused.error().details().operation == "note");
  CHECK(holds(refused.error().text(), "note.body"));
  CHECK_FALSE(holds(refused.error().text(), secret));
  CHECK_FALSE(holds(refused.error().to_json(), secret));
}

TEST_CASE("SQLite: a body that overlooks a lost transaction stores nothing") {
  const TempFolder folder;
  for (const auto mode : {st::TransactMode::write, st::TransactMode::bulk}) {
    for (const std::string& path :
         {std::string(":memory:"), folder.file(mode == st::TransactMode::write ? "a" : "b")}) {
      auto storage = st::make_sqlite_storage({.path = path, .schema = notes::schema()}).value();
      REQUIRE(notes::put(*storage, 1, "one"));
      st::Result<void> after = st::success();
      st::Result<void> inside = st::success();
      const auto overlook = [&](st::Transaction& transaction) -> st::Result<void> {
        STK_TRY(notes::put(transaction, 2, "two"));
        // Stopping a write makes SQLite roll everything back; from then on statements would commit by themselves.
        const auto lost = transaction.execute(kEndlessWrite, {std::int64_t{1} << 40});
        CHECK(lost.error().errc() == st::Errc::deadline_exceeded);
        after = notes::put(transaction, 3, "three");
        inside = transaction.savepoint([&]() -> st::Result<st::Transaction::Keep> {
          STK_TRY(notes::put(transaction, 4, "four"));
          return st::Transaction::Keep::yes;
        });
        return st::success();
      };
      const auto result = storage->tenant({}).value()->transact({.timeout = 50ms}, mode, overlook);
      CHECK(result.error().errc() == st::Errc::store_rolled_back);
      CHECK(after.error().errc() == st::Errc::store_rolled_back);
      CHECK(inside.error().errc() == st::Errc::store_rolled_back);
      CHECK(notes::count(*storage).value() == 1);
      CHECK(notes::put(*storage, 2, "two"));
      CHECK(notes::count(*storage).value() == 2);
    }
  }
}

TEST_CASE(
    "SQLite: a query looks for what its caller named, whatever becomes of the caller's text before the first row") {
  // The name of another row, of another seller's offer say, would be looked for instead.
  constexpr st::Statement kOfBody{"note.of_body", "SELECT note_id FROM note WHERE body = $1"};
  auto storage = st::make_sqlite_storage({.path = ":memory:", .schema = notes::schema()}).value();
  REQUIRE(notes::put(*storage, 1, "mine"));
  REQUIRE(notes::put(*storage, 2, "hers"));
  for (const auto mode : {st::TransactMode::read, st::TransactMode::write}) {
    std::int64_t found = 0;
    const auto look = [&](st::Transaction& transaction) -> st::Result<void> {
      std::string wanted = "mine";
      STK_TRY(auto rows, transaction.query(kOfBody, {wanted}));
      wanted.replace(0, 4, "hers");
      STK_TRY(const bool any, rows->next());
      if (any) found = rows->integer(0);
      return st::success();
    };
    REQUIRE(storage->tenant({}).value()->transact({}, mode, look));
    CHECK(found == 1);
  }
}

TEST_CASE("SQLite: a write is not done if its time ran out in the queue") {
  // Its caller has been answered that nothing was stored, and acts on that.
  const TempFolder folder;
  const auto clock = std::make_shared<AskedClock>();
  auto storage =
      st::make_sqlite_storage({.path = folder.file("store.db"), .schema = notes::schema(), .clock = clock}).value();
  const auto tenant = storage->tenant({}).value();
  st::CallContext brief;
  brief.deadline = clock->now() + 1s;
  st::Result<void> second = st::success();
  std::thread late;
  const auto hold = [&](st::Transaction& transaction) -> st::Result<void> {
    late = std::thread([&] {
      clock->watched = std::this_thread::get_id();
      second = tenant->transact(brief, st::TransactMode::write,
                                [](st::Transaction& own) { return notes::put(own, 2, "late"); });
    });
    // Once when it begins, again while it waits.
    for (int tries = 0; clock->asked < 2 && tries < 20'000; ++tries) std::this_thread::sleep_for(1ms);
    CHECK(clock->asked >= 2);
    STK_TRY(notes::put(transaction, 1, "first"));
    clock->hands.advance(2s);
    return st::success();
  };
  const auto first = tenant->transact({}, st::TransactMode::write, hold);
  late.join();
  CHECK(first);
  REQUIRE_FALSE(second);
  CHECK(second.error().errc() == st::Errc::deadline_exceeded);
  CHECK(notes::count(*storage).value() == 1);
}

TEST_CASE("SQLite: a body that overlooks rows which could not be read to the end stores nothing") {
  // What was read up to there is a part; what a body makes of a part must not be kept.
  constexpr st::Statement kSizes{"note.sizes", "SELECT abs(note_id) FROM note ORDER BY note_id DESC"};
  for (const auto mode : {st::TransactMode::write, st::TransactMode::bulk}) {
    auto storage = st::make_sqlite_storage({.path = ":memory:", .schema = notes::schema()}).value();
    REQUIRE(notes::put(*storage, 7, "seven"));
    REQUIRE(notes::put(*storage, std::numeric_limits<std::int64_t>::min(), "no positive twin"));
    st::Result<void> after = st::success();
    const auto overlook = [&](st::Transaction& transaction) -> st::Result<void> {
      STK_TRY(auto rows, transaction.query(kSizes));
      STK_TRY(const bool first, rows->next());
      CHECK(first);
      CHECK_FALSE(rows->next());
      after = notes::put(transaction, 8, "made of a part");
      return st::success();
    };
    const auto result = storage->tenant({}).value()->transact({}, mode, overlook);
    REQUIRE_FALSE(result);
    CHECK(result.error().errc() == st::Errc::store_rolled_back);
    CHECK_FALSE(after);
    CHECK(notes::count(*storage).value() == 2);
  }
}

TEST_CASE("SQLite: a commit that finds no space is reported and leaves the store sound") {
  const TempFolder folder;
  const std::string path = folder.file("store.db");
  ChildProcess child([&] {
    auto storage = st::make_sqlite_storage({.path = path, .schema = notes::schema()}).value();
    if (!notes::put(*storage, 1, "one")) return 1;
    // Files of this process may not grow beyond 256 KiB, as on a full disk.
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{256 * 1024, 256 * 1024};
    if (::setrlimit(RLIMIT_FSIZE, &small) != 0) return 2;
    auto tenant = storage->tenant({}).value();
    const auto fill = [](st::Transaction& transaction) -> st::Result<void> {
      for (int id = 10; id < 26; ++id) {
        STK_TRY(notes::put(transaction, id, large(id)));
      }
      return st::success();
    };
    const auto together = tenant->transact({}, st::TransactMode::write, fill);
    if (together || together.error().errc() != st::Errc::store_rolled_back || !together.error().retryable()) return 3;
    const auto alone = tenant->transact({}, st::TransactMode::bulk, fill);
    if (alone) return 4;
    if (alone.error().errc() != st::Errc::store_full && alone.error().errc() != st::Errc::io_failed) return 5;
    const auto left = notes::count(*storage);
    if (!left || left.value() != 1) return 6;
    return notes::put(*storage, 2, "small") ? 0 : 7;
  });
  CHECK(child.code() == 0);
  auto storage = st::make_sqlite_storage({.path = path, .schema = notes::schema()}).value();
  CHECK(notes::count(*storage).value() == 2);
  const auto findings = storage->examine({}).value();
  for (const st::StorageFinding& finding : findings) {
    INFO(finding.subject << ": " << finding.detail);
    CHECK(finding.ok);
  }
}

TEST_CASE("SQLite: what was committed outlives a killed process") {
  const TempFolder folder;
  const std::string path = folder.file("store.db");
  ChildProcess child([&]() -> int {
    auto storage = st::make_sqlite_storage({.path = path, .schema = notes::schema()}).value();
    if (!notes::put(*storage, 1, "one")) return 1;
    (void)storage->tenant({}).value()->transact({}, st::TransactMode::bulk, [](st::Transaction& transaction) {
      (void)notes::put(transaction, 2, "two");
      std::raise(SIGKILL);
      return notes::put(transaction, 3, "three");
    });
    return 2;
  });
  CHECK(child.code() == -1);
  auto storage = st::make_sqlite_storage({.path = path, .schema = notes::schema()}).value();
  CHECK(notes::count(*storage).value() == 1);
}

TEST_CASE("SQLite: more readers than connections take turns") {
  const TempFolder folder;
  auto storage =
      st::make_sqlite_storage({.path = folder.file("store.db"), .schema = notes::schema(), .readers = 2}).value();
  REQUIRE(notes::put(*storage, 1, "one"));
  std::vector<st::Result<std::int64_t>> found(16, std::int64_t{0});
  std::vector<std::thread> threads;
  for (auto& each : found) {
    threads.emplace_back([&each, &storage] {
      for (int i = 0; i < 20; ++i) each = notes::count(*storage);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& each : found) CHECK(each.value() == 1);

  // With both taken, a third waits no longer than it may.
  auto tenant = storage->tenant({}).value();
  const auto nothing = [](st::Transaction&) -> st::Result<void> { return st::success(); };
  st::Result<void> third = st::success();
  const auto inner = [&](st::Transaction&) -> st::Result<void> {
    std::thread late([&] { third = tenant->transact({.timeout = 30ms}, st::TransactMode::read, nothing); });
    late.join();
    return st::success();
  };
  const auto outer = [&](st::Transaction&) -> st::Result<void> {
    std::thread second([&] { CHECK(tenant->transact({}, st::TransactMode::read, inner)); });
    second.join();
    return st::success();
  };
  CHECK(tenant->transact({}, st::TransactMode::read, outer));
  CHECK(third.error().errc() == st::Errc::deadline_exceeded);
}
