// The suite of the SQL interface: statements, values, transactions.
#include <stocktracker/testing/database_contract.hpp>

#include "testing/contracts/database_cases.hpp"

namespace stocktracker::inline v0::testing {

StorageFactory::~StorageFactory() = default;

namespace contract {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kControl = "CREATE TABLE office (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL);";
constexpr std::string_view kTenant =
    "CREATE TABLE item (id INTEGER NOT NULL PRIMARY KEY, name TEXT, amount INTEGER);"
    "CREATE TABLE entry (id INTEGER NOT NULL, seq INTEGER NOT NULL, note TEXT, PRIMARY KEY (id, seq));"
    "CREATE TABLE parcel (id INTEGER NOT NULL PRIMARY KEY, data BLOB);";
constexpr std::string_view kAltered = "CREATE TABLE item (id INTEGER NOT NULL PRIMARY KEY, name TEXT);";
constexpr std::string_view kMore = "CREATE TABLE later (id INTEGER NOT NULL PRIMARY KEY);";

constexpr std::string_view kControlPg =
    "CREATE TABLE office (id BIGINT NOT NULL PRIMARY KEY, name TEXT COLLATE \"C\" NOT NULL);";
constexpr std::string_view kTenantPg =
    "CREATE TABLE item (tenant_id UUID NOT NULL, id BIGINT NOT NULL, name TEXT COLLATE \"C\", amount BIGINT,"
    " PRIMARY KEY (tenant_id, id));"
    "CREATE TABLE entry (tenant_id UUID NOT NULL, id BIGINT NOT NULL, seq BIGINT NOT NULL, note TEXT COLLATE \"C\","
    " PRIMARY KEY (tenant_id, id, seq));"
    "CREATE TABLE parcel (tenant_id UUID NOT NULL, id BIGINT NOT NULL, data BYTEA, PRIMARY KEY (tenant_id, id));";
constexpr std::string_view kAlteredPg =
    "CREATE TABLE item (tenant_id UUID NOT NULL, id BIGINT NOT NULL, name TEXT, PRIMARY KEY (tenant_id, id));";
constexpr std::string_view kMorePg =
    "CREATE TABLE later (tenant_id UUID NOT NULL, id BIGINT NOT NULL, PRIMARY KEY (tenant_id, id));";

constexpr std::array kMigrations{Migration{Plane::control, 1, "offices"sv, kControl, kControlPg},
                                 Migration{Plane::tenant, 1, "items"sv, kTenant, kTenantPg}};
constexpr std::array kAlteredMigrations{Migration{Plane::control, 1, "offices"sv, kControl, kControlPg},
                                        Migration{Plane::tenant, 1, "items"sv, kAltered, kAlteredPg}};
constexpr std::array kLonger{Migration{Plane::control, 1, "offices"sv, kControl, kControlPg},
                             Migration{Plane::tenant, 1, "items"sv, kTenant, kTenantPg},
                             Migration{Plane::tenant, 2, "later"sv, kMore, kMorePg}};

constexpr std::array kId{"id"sv};
constexpr std::array kIdSeq{"id"sv, "seq"sv};
constexpr std::array kTables{TableKey{Plane::control, "office"sv, kId}, TableKey{Plane::tenant, "item"sv, kId},
                             TableKey{Plane::tenant, "entry"sv, kIdSeq}, TableKey{Plane::tenant, "parcel"sv, kId}};

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

void upserts(const Subject& s, Check& check) {
  check.begin("upsert: update, ignore, fail");
  (void)check.expect_ok(s.write([&](Transaction& tx) -> Result<void> {
    STK_TRY(const auto first, put_item(tx, 1, "one", 10));
    STK_TRY(const auto second, put_item(tx, 1, "uno", 11));
    STK_TRY(const auto ignored, put_item(tx, 1, "eins", 12, OnConflict::ignore));
    check.expect(first == 1 && second == 1 && ignored == 0, "rows changed");
    expect_refused(
        tx, check, [&] { return put_item(tx, 1, "ein", 13, OnConflict::fail); }, Errc::store_constraint, "fail");
    STK_TRY(auto rows, tx.query(kItem, {1}));
    STK_TRY(const bool any, rows->next());
    check.expect(any && rows->text(1) == "uno" && rows->integer(2) == 11, "the last update stands");
    return success();
  }),
                        "written");
}

void bulk(const Subject& s, Check& check) {
  check.begin("bulk upsert: columns, nulls, constants");
  constexpr std::size_t kRows = 10'000;
  std::vector<std::int64_t> ids(kRows);
  std::vector<std::uint8_t> nulls(kRows);
  std::vector<std::string> names(kRows);
  std::vector<std::string_view> views(kRows);
  for (std::size_t i = 0; i < kRows; ++i) {
    ids[i] = static_cast<std::int64_t>(i);
    nulls[i] = i % 3 == 0 ? 1 : 0;
    names[i] = "item " + std::to_string(i);
    views[i] = names[i];
  }
  (void)check.expect_ok(s.write([&](Transaction& tx) -> Result<void> {
    const std::array columns{SqlColumn::integers("id", ids), SqlColumn::texts("name", views, nulls),
                             SqlColumn::constant("amount", 5)};
    STK_TRY(const auto written, tx.bulk_upsert("item", OnConflict::fail, columns));
    check.expect(written == static_cast<std::int64_t>(kRows), "all rows count");
    STK_TRY(const auto again, tx.bulk_upsert("item", OnConflict::ignore, columns));
    check.expect(again == 0, "told twice, they count once");
    STK_TRY(auto rows, tx.query(kItem, {3}));
    STK_TRY(const bool any, rows->next());
    check.expect(any && rows->is_null(1) && rows->integer(2) == 5, "null and constant");

    const std::vector<std::int64_t> few{1, 2};
    const std::array uneven{SqlColumn::integers("id", ids), SqlColumn::integers("amount", few)};
    expect_refused(
        tx, check, [&] { return tx.bulk_upsert("item", OnConflict::update, uneven); }, Errc::store_sql,
        "uneven columns");
    const std::array keyless{SqlColumn::integers("amount", few)};
    expect_refused(
        tx, check, [&] { return tx.bulk_upsert("item", OnConflict::update, keyless); }, Errc::store_sql,
        "the key is missing");
    expect_refused(
        tx, check, [&] { return tx.bulk_upsert("nothing", OnConflict::update, columns); }, Errc::store_sql,
        "an unknown table");
    expect_refused(
        tx, check, [&] { return tx.bulk_upsert("office", OnConflict::update, columns); }, Errc::store_wrong_plane,
        "the other plane");
    const std::array pair{SqlColumn::integers("id", few), SqlColumn::constant("seq", 1),
                          SqlColumn::constant("note", "n")};
    STK_TRY(const auto entries, tx.bulk_upsert("entry", OnConflict::update, pair));
    check.expect(entries == 2, "a key of two columns");

    const std::vector<std::int64_t> twice{20'001, 20'002, 20'001};
    const std::vector<std::string_view> notes{"first", "other", "last"};
    const std::array repeated{SqlColumn::integers("id", twice), SqlColumn::texts("name", notes)};
    STK_TRY(tx.bulk_upsert("item", OnConflict::update, repeated));
    STK_TRY(auto updated, tx.query(kItem, {20'001}));
    STK_TRY(const bool there, updated->next());
    check.expect(there && updated->text(1) == "last", "of one key in one call the last counts");
    const std::vector<std::int64_t> fresh{20'003, 20'003};
    const std::array ignored{SqlColumn::integers("id", fresh),
                             SqlColumn::texts("name", std::span<const std::string_view>(notes).first(2))};
    STK_TRY(const auto first_only, tx.bulk_upsert("item", OnConflict::ignore, ignored));
    STK_TRY(auto kept, tx.query(kItem, {20'003}));
    STK_TRY(const bool kept_one, kept->next());
    check.expect(first_only == 1 && kept_one && kept->text(1) == "first", "or the first, when others are ignored");
    const std::vector<std::int64_t> none;
    const std::array empty{SqlColumn::integers("id", none), SqlColumn::constant("amount", 1)};
    STK_TRY(const auto nothing, tx.bulk_upsert("item", OnConflict::update, empty));
    check.expect(nothing == 0, "no rows");
    return success();
  }),
                        "written");
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
    check.expect_error(s.tenant->transact({}, mode, careless), Errc::store_rolled_back, "told to the caller");
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
  check.begin("texts compare bytewise, nulls stand where they are told to");
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

Schema small_schema() noexcept { return {kMigrations, kTables}; }
Schema altered_schema() noexcept { return {kAlteredMigrations, kTables}; }
Schema longer_schema() noexcept { return {kLonger, kTables}; }

Result<std::int64_t> put_item(Transaction& tx, std::int64_t id, std::string_view name, SqlValue amount,
                              OnConflict conflict) {
  return tx.upsert(
      "item", conflict,
      {SqlColumn::constant("id", id), SqlColumn::constant("name", name), SqlColumn::constant("amount", amount)});
}

Result<std::int64_t> Subject::count() const {
  std::int64_t count = 0;
  const auto body = [&](Transaction& tx) -> Result<void> {
    STK_TRY(auto rows, tx.query(kCountItems));
    STK_TRY(const bool any, rows->next());
    count = any ? rows->integer(0) : -1;
    return success();
  };
  STK_TRY(read(body));
  return count;
}

Result<void> Subject::put(std::int64_t id, std::string_view name, std::int64_t amount) const {
  return write([&](Transaction& tx) -> Result<void> {
    STK_TRY(put_item(tx, id, name, amount));
    return success();
  });
}

bool prepare(StorageFactory& factory, Check& check, std::string_view name, Subject& subject) {
  check.begin(name);
  auto storage = factory.fresh(small_schema());
  if (!check.expect_ok(storage, "a fresh storage")) return false;
  subject.storage = storage.value();
  auto tenant = subject.storage->tenant(kDefaultTenant);
  if (!check.expect_ok(tenant, "its tenant")) return false;
  subject.tenant = tenant.value();
  return true;
}

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
