// The suite of the SQL interface: concurrent writers and readers, deadlines, stops.
#include <atomic>
#include <thread>

#include "testing/contracts/database_cases.hpp"

namespace stocktracker::inline v0::testing::contract {
namespace {

constexpr Statement kLong{"item.long",
                          "SELECT count(*) FROM item a, item b, item c, item d WHERE a.id + b.id + c.id + d.id = $1"};

constexpr auto kPatience = std::chrono::seconds(10);

void groups(StorageFactory& factory, Check& check) {
  Subject s;
  if (!prepare(factory, check, "many writers: a failing one spares its neighbours", s)) return;
  constexpr int kThreads = 8;
  constexpr int kEach = 50;
  std::atomic<int> ok = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const std::int64_t id = t * kEach + i;
        const auto result = s.write([&](Transaction& tx) -> Result<void> {
          STK_TRY(put_item(tx, id, "x", id));
          if (id % 7 == 0) return Errc::invalid_argument;
          return success();
        });
        ++(result ? ok : refused);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto count = s.count();
  check.expect(
      count && count.value() == ok && ok + refused == kThreads * kEach && refused == (kThreads * kEach + 6) / 7,
      "what succeeded is there, and nothing else");
}

/// Bodies that read, and then write what follows from it, on either plane.
void increments(StorageFactory& factory, Check& check) {
  Subject s;
  if (!prepare(factory, check, "bodies that read before they write lose no update", s)) return;
  constexpr int kThreads = 6;
  constexpr int kEach = 25;
  static constexpr Statement kOffice{"office.get", "SELECT name FROM office WHERE id = $1"};
  std::atomic<int> failed = 0;
  const auto add = [&](Database& database, std::string_view table, const Statement& read) {
    const auto body = [&](Transaction& tx) -> Result<void> {
      STK_TRY(auto rows, tx.query(read, {1}));
      STK_TRY(const bool any, rows->next());
      const std::string next = std::to_string((any ? std::stoi(std::string(rows->text(0))) : 0) + 1);
      STK_TRY(tx.upsert(table, OnConflict::update, {SqlColumn::constant("id", 1), SqlColumn::constant("name", next)}));
      return success();
    };
    if (!database.transact({}, TransactMode::write, body)) ++failed;
  };
  static constexpr Statement kName{"item.name", "SELECT name FROM item WHERE id = $1"};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        add(*s.tenant, "item", kName);
        add(s.storage->control(), "office", kOffice);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto total = [&](Database& database, const Statement& read) {
    std::string text;
    const auto body = [&](Transaction& tx) -> Result<void> {
      STK_TRY(auto rows, tx.query(read, {1}));
      STK_TRY(const bool any, rows->next());
      if (any) text = rows->text(0);
      return success();
    };
    (void)check.expect_ok(database.transact({}, TransactMode::read, body), "read");
    return text;
  };
  check.expect(failed == 0, std::to_string(failed.load()) + " bodies failed");
  const std::string all = std::to_string(kThreads * kEach);
  const std::string of_tenant = total(*s.tenant, kName);
  const std::string of_control = total(s.storage->control(), kOffice);
  check.expect(of_tenant == all, "the tenant's: " + of_tenant);
  check.expect(of_control == all, "control's: " + of_control);
}

void throwing(StorageFactory& factory, Check& check) {
  Subject s;
  if (!prepare(factory, check, "an exception belongs to the body's caller and rolls back", s)) return;
  for (const TransactMode mode : {TransactMode::write, TransactMode::bulk}) {
    bool thrown = false;
    try {
      const auto body = [&](Transaction& tx) -> Result<void> {
        STK_TRY(put_item(tx, 1, "x", 1));
        throw std::bad_alloc();
      };
      (void)s.tenant->transact({}, mode, body);
    } catch (const std::bad_alloc&) {
      thrown = true;
    }
    const auto count = s.count();
    check.expect(thrown && count && count.value() == 0, "thrown, and nothing written");
  }
}

void snapshots(StorageFactory& factory, Check& check) {
  Subject s;
  if (!prepare(factory, check, "a reader sees one moment", s)) return;
  (void)check.expect_ok(s.put(1, "one", 1), "written");
  std::thread writer;
  (void)check.expect_ok(s.read([&](Transaction& tx) -> Result<void> {
    const auto count = [&]() -> Result<std::int64_t> {
      STK_TRY(auto rows, tx.query(kCountItems));
      STK_TRY(const bool any, rows->next());
      return any ? rows->integer(0) : -1;
    };
    STK_TRY(const auto before, count());
    std::atomic<bool> written = false;
    writer = std::thread([&] {
      (void)s.put(2, "two", 2);
      written = true;
    });
    // If readers and the writer share one connection, the writer waits for this thread: do not wait for it.
    for (int i = 0; i < 20 && !written; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    STK_TRY(const auto after, count());
    check.expect(before == 1 && after == 1, "the same answer twice");
    return success();
  }),
                        "read");
  if (writer.joinable()) writer.join();
  const auto count = s.count();
  check.expect(count && count.value() == 2, "afterwards the new row is seen");
}

void interruption(StorageFactory& factory, Check& check) {
  Subject s;
  if (!prepare(factory, check, "a stop request ends a long statement", s)) return;
  (void)check.expect_ok(s.write([](Transaction& tx) -> Result<void> {
    std::vector<std::int64_t> ids(2'000);
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<std::int64_t>(i);
    const std::array columns{SqlColumn::integers("id", ids)};
    STK_TRY(tx.bulk_upsert("item", OnConflict::fail, columns));
    return success();
  }),
                        "written");
  for (const TransactMode mode : {TransactMode::read, TransactMode::bulk}) {
    const auto long_read = [](Transaction& tx) -> Result<void> {
      STK_TRY(auto rows, tx.query(kLong, {-1}));
      STK_TRY(rows->next());
      return success();
    };
    CallContext late;
    late.timeout = std::chrono::milliseconds(30);
    check.expect_error(s.tenant->transact(late, mode, long_read), Errc::deadline_exceeded, "late in the middle");
    std::stop_source source;
    CallContext context;
    context.stop = source.get_token();
    context.timeout = kPatience;  // a driver that only checks deadlines fails here, and does not hang
    std::thread stopper([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(30));
      source.request_stop();
    });
    check.expect_error(s.tenant->transact(context, mode, long_read), Errc::cancelled, "stopped in the middle");
    stopper.join();
  }
  (void)check.expect_ok(s.put(9'999, "after", 1), "the store goes on");
}

/// A body of another thread that has written, and waits for permission to commit or fail.
class Holding {
 public:
  explicit Holding(const Subject& s) {
    writer_ = std::thread([this, &s] {
      const auto body = [this](Transaction& tx) -> Result<void> {
        STK_TRY(put_item(tx, 1, "held", 1));
        inside_ = true;
        while (!leave_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return success();
      };
      result_ = s.tenant->transact({}, TransactMode::bulk, body);
      inside_ = true;
    });
    while (!inside_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ~Holding() { (void)end(); }
  Result<void> end() {
    leave_ = true;
    if (writer_.joinable()) writer_.join();
    return result_;
  }

 private:
  std::atomic<bool> inside_ = false;
  std::atomic<bool> leave_ = false;
  Result<void> result_ = success();
  std::thread writer_;
};

void uncommitted(StorageFactory& factory, Check& check) {
  Subject s;
  if (!prepare(factory, check, "a reader sees nothing that is not committed", s)) return;
  Holding holding(s);
  std::int64_t seen = 0;
  const auto body = [&](Transaction& tx) -> Result<void> {
    STK_TRY(auto rows, tx.query(kCountItems));
    STK_TRY(const bool any, rows->next());
    seen = any ? rows->integer(0) : -1;
    return success();
  };
  CallContext hurried;
  hurried.timeout = std::chrono::milliseconds(500);
  const auto read = s.tenant->transact(hurried, TransactMode::read, body);
  // If readers and the writer share one connection, the reader waits.
  check.expect(read || read.error().errc() == Errc::deadline_exceeded, "read, or waited in vain");
  check.expect(seen == 0, "the row of an open transaction is not there");
  (void)check.expect_ok(holding.end(), "committed");
  const auto count = s.count();
  check.expect(count && count.value() == 1, "afterwards it is");
}

void turns(StorageFactory& factory, Check& check) {
  Subject s;
  if (!prepare(factory, check, "a writer that waits for its turn ends with its own end", s)) return;
  Holding holding(s);
  bool ran = false;
  const auto body = [&](Transaction& tx) -> Result<void> {
    ran = true;
    STK_TRY(put_item(tx, 2, "late", 2));
    return success();
  };
  for (const TransactMode mode : {TransactMode::write, TransactMode::bulk}) {
    CallContext late;
    late.timeout = std::chrono::milliseconds(60);
    check.expect_error(s.tenant->transact(late, mode, body), Errc::deadline_exceeded, "its deadline");
    std::stop_source source;
    CallContext stopped;
    stopped.stop = source.get_token();
    stopped.timeout = kPatience;
    std::thread stopper([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(30));
      source.request_stop();
    });
    check.expect_error(s.tenant->transact(stopped, mode, body), Errc::cancelled, "its stop request");
    stopper.join();
  }
  check.expect(!ran, "its body did not run");
  (void)check.expect_ok(holding.end(), "the one that was waited for commits");
  const auto count = s.count();
  check.expect(count && count.value() == 1, "nothing of those that gave up is there");
  (void)check.expect_ok(s.put(3, "after", 1), "the next one has its turn");
}

}  // namespace

void concurrency_cases(StorageFactory& factory, Check& check) {
  groups(factory, check);
  increments(factory, check);
  throwing(factory, check);
  snapshots(factory, check);
  uncommitted(factory, check);
  turns(factory, check);
  interruption(factory, check);
}

}  // namespace stocktracker::inline v0::testing::contract
