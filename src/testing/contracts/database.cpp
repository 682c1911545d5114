// The suite of the SQL interface: statements, values, transactions.
#include <stocktracker/testing/database_contract.hpp>

#include "testing/contracts/database_cases.hpp"

namespace stocktracker::inline v0::testing {

StorageFactory::~StorageFactory() = default;

namespace contract {
namespace {

constexpr Statement kSwapped{"item.swapped", "SELECT id FROM item WHERE name = $2 AND id = $1"};
constexpr Statement kNames{"item.names", "SELECT name FROM item ORDER BY name NULLS FIRST"};
constexpr Statement kNamesLast{"item.names_last", "SELECT name FROM item ORDER BY name DESC NULLS LAST"};
constexpr Statement kRename{"item.rename", "UPDATE item SET name = $2 WHERE id = $1"};
constexpr Statement kInsert{"item.insert", "INSERT INTO item (id, name, amount) VALUES ($1, $2, $3)"};
constexpr Statement kForeign{"office.count", "SELECT count(*) FROM office"};
constexpr Statement kUnknown{"nothing.count", "SELECT count(*) FROM nothing"};
constexpr Statement kGap{"item.gap", "SELECT id FROM item WHERE id = $2"};

void values(const Subject& s, Check& check) {
  check.begin("values survive the way to the store and back");
  const std::string odd("a\\b'\"; DROP TABLE item; --\t\r\n{NULL,\\N} Коледино \xF0\x9D\x84\x9E");
  const std::string zero("a\0b", 3);
  (void)check.expect_ok(s.write([&](Transaction& tx) -> Result<void> {
    STK_TRY(put_item(tx, INT64_MAX, odd, SqlValue(INT64_MIN)));
    STK_TRY(put_item(tx, INT64_MIN, "", SqlValue()));
    return success();
  }),
                        "written");
  const auto stored = s.put(0, zero, 0);
  check.expect(stored || stored.error().errc() == Errc::invalid_text, "a zero byte is refused, if not stored");
  (void)check.expect_ok(s.read([&](Transaction& tx) -> Result<void> {
    STK_TRY(auto rows, tx.query(kItem, {INT64_MAX}));
    STK_TRY(const bool any, rows->next());
    check.expect(any && rows->integer(0) == INT64_MAX && rows->text(1) == odd && rows->integer(2) == INT64_MIN,
                 "extremes and odd text");
    STK_TRY(auto empty, tx.query(kItem, {INT64_MIN}));
    STK_TRY(const bool found, empty->next());
    check.expect(found && !empty->is_null(1) && empty->text(1).empty(), "an empty text is not null");
    check.expect(empty->is_null(2) && empty->integer(2) == 0, "null is null, and reads as 0");
    std::int64_t one = 1;
    check.expect(empty->integers(2, {&one, 1}) == 1 && one == 0, "also among several integers");
    STK_TRY(const bool more, empty->next());
    check.expect(!more, "one row");
    if (stored) {
      STK_TRY(auto with_zero, tx.query(kItem, {0}));
      STK_TRY(const bool there, with_zero->next());
      check.expect(there && with_zero->text(1) == zero, "a zero byte cuts nothing off");
    }
    return success();
  }),
                        "read");
}

void parameters(const Subject& s, Check& check) {
  check.begin("parameters are bound by name");
  (void)check.expect_ok(s.put(7, "seven", 1), "written");
  (void)check.expect_ok(s.read([&](Transaction& tx) -> Result<void> {
    STK_TRY(auto rows, tx.query(kSwapped, {7, "seven"}));
    STK_TRY(const bool any, rows->next());
    check.expect(any, "$2 before $1");
    expect_refused(
        tx, check, [&] { return tx.query(kItem, {}); }, Errc::store_sql, "a value is missing");
    expect_refused(
        tx, check,
        [&] {
          return tx.query(kItem, {1, 2});
        },
        Errc::store_sql, "a value too many");
    expect_refused(
        tx, check,
        [&] {
          return tx.query(kGap, {1, 2});
        },
        Errc::store_sql, "a number left out");
    return success();
  }),
                        "read");
}

void walls(const Subject& s, Check& check) {
  check.begin("planes and hand-written inserts are walled off below the statements");
  check.expect(s.tenant->plane() == Plane::tenant && s.storage->control().plane() == Plane::control,
               "each database names its plane");
  (void)check.expect_ok(s.write([&](Transaction& tx) -> Result<void> {
    expect_refused(
        tx, check, [&] { return tx.query(kForeign); }, Errc::store_wrong_plane, "a tenant statement about control");
    expect_refused(
        tx, check,
        [&] {
          return tx.execute(kInsert, {1, "x", 2});
        },
        Errc::store_sql, "INSERT by hand");
    expect_refused(
        tx, check, [&] { return tx.query(kUnknown); }, Errc::store_sql, "an unknown table");
    return success();
  }),
                        "tenant");
  const auto in_control = [&](Transaction& tx) -> Result<void> {
    expect_refused(
        tx, check, [&] { return tx.query(kCountItems); }, Errc::store_wrong_plane,
        "a control statement about a tenant");
    expect_refused(
        tx, check, [&] { return put_item(tx, 1, "x", 1); }, Errc::store_wrong_plane, "an upsert into a tenant's table");
    return success();
  };
  (void)check.expect_ok(s.storage->control().transact({}, TransactMode::write, in_control), "control");
  check.expect_error(s.storage->tenant(TenantId(Uuid::v7(Instant::from_seconds(1), 1, 2))), Errc::not_found,
                     "a tenant that was never made");
}

void nesting(const Subject& s, Check& check) {
  check.begin("transactions do not nest, over planes neither");
  const auto nothing = [](Transaction&) -> Result<void> { return success(); };
  for (const TransactMode mode : {TransactMode::read, TransactMode::write, TransactMode::bulk}) {
    const auto outer = [&](Transaction&) -> Result<void> {
      check.expect_error(s.tenant->transact({}, TransactMode::write, nothing), Errc::store_nested, "the same plane");
      check.expect_error(s.storage->control().transact({}, TransactMode::read, nothing), Errc::store_nested,
                         "the other");
      return success();
    };
    (void)check.expect_ok(s.tenant->transact({}, mode, outer), "outer");
  }
  (void)check.expect_ok(s.read(nothing), "and afterwards all is well");
}

void atomicity(const Subject& s, Check& check) {
  check.begin("a body that fails leaves nothing behind");
  for (const TransactMode mode : {TransactMode::write, TransactMode::bulk}) {
    const auto failing = [&](Transaction& tx) -> Result<void> {
      STK_TRY(put_item(tx, 1, "x", 1));
      return Error(Errc::observation_too_old, "on purpose");
    };
    check.expect_error(s.tenant->transact({}, mode, failing), Errc::observation_too_old, "the body's own error");
    const auto count = s.count();
    check.expect(count && count.value() == 0, "rolled back");
  }
}

void savepoints(const Subject& s, Check& check) {
  check.begin("savepoints: keep, drop, fail, nest");
  using Keep = Transaction::Keep;
  (void)check.expect_ok(s.write([&](Transaction& tx) -> Result<void> {
    const auto put = [&](std::int64_t id, Keep keep) {
      return tx.savepoint([&, id, keep]() -> Result<Keep> {
        STK_TRY(put_item(tx, id, "x", id));
        return keep;
      });
    };
    STK_TRY(put(1, Keep::yes));
    STK_TRY(put(2, Keep::no));
    check.expect_error(tx.savepoint([&]() -> Result<Keep> {
      STK_TRY(put_item(tx, 3, "x", 3));
      return Errc::invalid_argument;
    }),
                       Errc::invalid_argument, "a failing savepoint");
    const auto nested = [&]() -> Result<Keep> {
      STK_TRY(put(4, Keep::yes));
      STK_TRY(put(5, Keep::no));
      return Keep::yes;
    };
    STK_TRY(tx.savepoint(nested));
    const auto dropped = [&]() -> Result<Keep> {
      STK_TRY(put(6, Keep::yes));
      return Keep::no;  // what the inner savepoint kept is undone with the outer one
    };
    STK_TRY(tx.savepoint(dropped));
    return success();
  }),
                        "written");
  const auto count = s.count();
  check.expect(count && count.value() == 2, "1 and 4 were kept");
}

void failures(const Subject& s, Check& check) {
  check.begin("after a failure nothing runs, and a body that passes over it commits nothing");
  for (const TransactMode mode : {TransactMode::write, TransactMode::bulk}) {
    const auto careless = [&](Transaction& tx) -> Result<void> {
      STK_TRY(put_item(tx, 1, "one", 1));
      check.expect_error(tx.query(kUnknown), Errc::store_sql, "a failure");
      check.expect_error(tx.query(kItem, {1}), Errc::store_rolled_back, "then a query");
      check.expect_error(put_item(tx, 2, "two", 2), Errc::store_rolled_back, "then an upsert");
      const auto keep = []() -> Result<Transaction::Keep> { return Transaction::Keep::yes; };
      check.expect_error(tx.savepoint(keep), Errc::store_rolled_back, "then a savepoint");
      return success();
    };
    check.expect_error(s.tenant->transact({}, mode, careless), Errc::store_rolled_back, "reported to the caller");
    const auto kept_failure = [&](Transaction& tx) -> Result<void> {
      const auto keeps = [&]() -> Result<Transaction::Keep> {
        check.expect_error(tx.query(kUnknown), Errc::store_sql, "a failure in a savepoint");
        return Transaction::Keep::yes;
      };
      check.expect_error(tx.savepoint(keeps), Errc::store_rolled_back, "which cannot be kept");
      STK_TRY(put_item(tx, 3, "three", 3));  // the surrounding transaction continues
      return success();
    };
    (void)check.expect_ok(s.tenant->transact({}, mode, kept_failure), "the savepoint undid it");
  }
  const auto count = s.count();
  check.expect(count && count.value() == 1, "nothing of the careless body is there");
}

void reading(const Subject& s, Check& check) {
  check.begin("reading refuses to write");
  (void)check.expect_ok(s.put(1, "one", 1), "written");
  (void)check.expect_ok(s.read([&](Transaction& tx) -> Result<void> {
    expect_refused(
        tx, check, [&] { return put_item(tx, 2, "x", 1); }, Errc::store_read_only, "upsert");
    expect_refused(
        tx, check,
        [&] {
          return tx.execute(kRename, {1, "x"});
        },
        Errc::store_read_only, "update");
    expect_refused(
        tx, check,
        [&] {
          return tx.query(kRename, {1, "x"});
        },
        Errc::store_sql, "an update as a query");
    return success();
  }),
                        "read");
}

void ordering(const Subject& s, Check& check) {
  check.begin("texts compare bytewise, and nulls come first or last as the statement says");
  (void)check.expect_ok(s.write([&](Transaction& tx) -> Result<void> {
    std::int64_t id = 0;
    for (const char* name : {"b", "B", "ё", "a", "Я", "0"}) {
      STK_TRY(put_item(tx, ++id, name, 0));
    }
    STK_TRY(tx.upsert("item", OnConflict::update,
                      {SqlColumn::constant("id", 99), SqlColumn::constant("name", SqlValue())}));
    return success();
  }),
                        "written");
  const auto names = [&](const Statement& statement) {
    std::string joined;
    (void)s.read([&](Transaction& tx) -> Result<void> {
      STK_TRY(auto rows, tx.query(statement));
      while (true) {
        STK_TRY(const bool more, rows->next());
        if (!more) return success();
        joined += rows->is_null(0) ? std::string("-") : std::string(rows->text(0));
      }
    });
    return joined;
  };
  check.expect(names(kNames) == "-0BabЯё", "ascending, nulls first: " + names(kNames));
  check.expect(names(kNamesLast) == "ёЯbaB0-", "descending, nulls last: " + names(kNamesLast));
}

void cursors(const Subject& s, Check& check) {
  check.begin("a cursor ends with its transaction, and two may read at once");
  (void)check.expect_ok(s.put(1, "one", 1), "written");
  (void)check.expect_ok(s.put(2, "two", 2), "written");
  std::unique_ptr<RowCursor> kept;
  (void)check.expect_ok(s.read([&](Transaction& tx) -> Result<void> {
    STK_TRY(auto first, tx.query(kItem, {1}));
    STK_TRY(auto second, tx.query(kItem, {2}));
    STK_TRY(const bool a, first->next());
    STK_TRY(const bool b, second->next());
    check.expect(a && b && first->text(1) == "one" && second->text(1) == "two", "one statement, two cursors");
    STK_TRY(kept, tx.query(kItem, {1}));
    return success();
  }),
                        "read");
  if (kept) check.expect_error(kept->next(), Errc::store_sql, "after the end");
}

void limits(const Subject& s, Check& check) {
  check.begin("a stop request or a passed deadline ends a transaction before it begins");
  bool ran = false;
  const auto body = [&](Transaction&) -> Result<void> {
    ran = true;
    return success();
  };
  std::stop_source source;
  source.request_stop();
  CallContext stopped;
  stopped.stop = source.get_token();
  CallContext late;
  late.deadline = Instant::from_seconds(1);
  for (const TransactMode mode : {TransactMode::read, TransactMode::write, TransactMode::bulk}) {
    check.expect_error(s.tenant->transact(stopped, mode, body), Errc::cancelled, "stopped");
    check.expect_error(s.tenant->transact(late, mode, body), Errc::deadline_exceeded, "late");
  }
  check.expect(!ran, "the body did not run");
}

void reopening(StorageFactory& factory, Check& check) {
  Subject subject;
  if (!prepare(factory, check, "what was committed is there again, and history is guarded", subject)) return;
  (void)check.expect_ok(subject.put(1, "one", 1), "written");
  subject = {};
  auto again = factory.again(small_schema());
  if (!again && again.error().errc() == Errc::unsupported) return;
  if (!check.expect_ok(again, "opened again")) return;
  subject.storage = again.value();
  auto tenant = subject.storage->tenant(kDefaultTenant);
  if (!check.expect_ok(tenant, "tenant")) return;
  subject.tenant = tenant.value();
  const auto count = subject.count();
  check.expect(count && count.value() == 1, "the row is there");
  const auto findings = subject.storage->examine({});
  if (check.expect_ok(findings, "examined")) {
    check.expect(!findings.value().empty(), "an examination reports what it looked at");
    for (const StorageFinding& finding : findings.value())
      check.expect(finding.ok, finding.subject + ": " + finding.detail);
  }
  subject = {};
  again = Errc::unsupported;
  check.expect_error(factory.again(altered_schema()), Errc::store_migration, "a changed migration");
  for (const char* what : {"a migration more is applied", "once"}) {
    again = factory.again(longer_schema());
    if (!check.expect_ok(again, what)) continue;
    auto same = again.value()->tenant(kDefaultTenant);
    if (!check.expect_ok(same, "its tenant")) continue;
    const auto kept = Subject{again.value(), same.value()}.count();
    check.expect(kept && kept.value() == 1, "what was there stays");
  }
  again = Errc::unsupported;
  check.expect_error(factory.again(small_schema()), Errc::store_newer, "a store that is newer than the build");
}

}  // namespace

}  // namespace contract

void database_contract(StorageFactory& factory, Check& check) {
  using Case = void (*)(const contract::Subject&, Check&);
  for (const Case one :
       {Case(contract::values), Case(contract::parameters), Case(contract::upserts), Case(contract::bulk),
        Case(contract::walls), Case(contract::nesting), Case(contract::atomicity), Case(contract::savepoints),
        Case(contract::failures), Case(contract::reading), Case(contract::ordering), Case(contract::cursors),
        Case(contract::limits)}) {
    contract::Subject subject;
    if (contract::prepare(factory, check, "a fresh storage", subject)) one(subject, check);
  }
  contract::value_cases(factory, check);
  contract::reopening(factory, check);
  contract::tenant_cases(factory, check);
  contract::concurrency_cases(factory, check);
  // The long ones at the end.
  contract::model_case(factory, check);
  contract::crowd_case(factory, check);
}

}  // namespace stocktracker::inline v0::testing
