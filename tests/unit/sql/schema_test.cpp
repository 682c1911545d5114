// The rules for descriptions of tables and migrations, and the statements that are made of a description.
#include <string>

#include "sql/schema/dialects.hpp"
#include "tests/support/catch.hpp"

namespace sql = stocktracker::sql;
using sql::counted;
using sql::index;
using sql::integer;
using sql::MigrationPlan;
using sql::Step;
using sql::Table;
using sql::text;
using sql::unique_index;
using stocktracker::Plane;

namespace {

const Table kNote = {
    .name = "note",
    .columns = {counted("note_id"), text("title"), text("body").or_null(), integer("stars").added(2, "0"),
                text("tag").or_null().added(2)},
    .key = {"note_id"},
    .unique = {{"title"}},
    .indexes = {index("note_body", {"body"}), unique_index("note_stars", {"stars", "title"}).added(3)},
    .postgres_partitions = 12,
};

std::string rule_broken_by(std::initializer_list<MigrationPlan> plans) {
  try {
    sql::check_plans({plans.begin(), plans.size()});
  } catch (const std::logic_error& error) {
    return error.what();
  }
  return "none";
}

// The note after a change, with migrations that fit the note as it was.
template <class Change>
std::string rule_broken(const Change& change) {
  Table table = kNote;
  change(table);
  return rule_broken_by(
      {{Plane::tenant, 1, "a", {table}}, {Plane::tenant, 2, "b", {table}}, {Plane::tenant, 3, "c", {table}}});
}

std::string written(const MigrationPlan& plan, sql::Dialect dialect) {
  sql::SqlWriter count(dialect, nullptr);
  count.write(plan);
  std::string text(count.size(), '?');
  sql::SqlWriter(dialect, text.data()).write(plan);
  return text;
}

}  // namespace

TEST_CASE("a description that contradicts itself or its migrations does not compile") {
  const auto breaks = [](auto change, const std::string& rule) {
    INFO(rule);
    CHECK(rule_broken(change) == rule);
  };
  breaks([](Table&) {}, "none");
  breaks([](Table& t) { t.name = ""; }, "a table has a name and columns");
  breaks([](Table& t) { t.key = {}; }, "a table has a key");
  breaks([](Table& t) { t.key = {"id"}; }, "a key or an index names columns of its table");
  breaks([](Table& t) { t.upsert_key = {"id"}; }, "a key or an index names columns of its table");
  breaks([](Table& t) { t.unique = {{"id"}}; }, "a key or an index names columns of its table");
  breaks([](Table& t) { t.indexes.items[0].columns = {"id"}; }, "a key or an index names columns of its table");
  breaks([](Table& t) { t.key = {"body"}; }, "a key's columns are not null, and came with the table");
  breaks([](Table& t) { t.key = {"stars"}; }, "a key's columns are not null, and came with the table");
  breaks([](Table& t) { t.unique = {{"stars"}}; }, "what is unique from the beginning came with the table");
  breaks([](Table& t) { t.columns.items[4].column.name = "body"; }, "a table names each column once");
  breaks([](Table& t) { t.columns.items[0].since = 3; }, "a key's columns are not null, and came with the table");
  breaks([](Table& t) { t.columns.items[2].since = 3; }, "columns stand in the order in which migrations add them");
  breaks([](Table& t) { t.columns.items[4].since = 1; }, "columns stand in the order in which migrations add them");
  breaks([](Table& t) { t.columns.items[3].fallback = ""; },
         "a column that is added may be null, or has a value for the rows that are there");
  breaks([](Table& t) { t.columns.items[2].column.name = "tenant_id"; },
         "tenant_id is PostgreSQL's own in the tenant plane");
  breaks([](Table& t) { t.indexes.items[0].columns = {"stars"}; }, "an index is not older than its columns");
  breaks([](Table& t) { t.indexes.items[0].since = 1; }, "an index is added after its table was created");
  breaks([](Table& t) { t.columns.items[4].since = 4; }, "a column is added by a migration that is there");
  breaks([](Table& t) { t.indexes.items[0].since = 4; }, "an index is added by a migration that is there");
  breaks([](Table& t) { t.indexes.items[1].since = 2; },
         "a migration names only tables of which something is added then");
  breaks([](Table& t) { t.upsert_key = {"title"}; }, "none");
  breaks([](Table& t) { t.upsert_key = {"title", "stars"}; }, "none");
  breaks([](Table& t) { t.upsert_key = {"stars"}; }, "an upsert's key is a key of its table");
  breaks([](Table& t) { t.upsert_key = {"title", "body"}; }, "an upsert's key is a key of its table");
  breaks(
      [](Table& t) {
        t.indexes.items[1].unique = false, t.upsert_key = {"title", "stars"};
      },
      "an upsert's key is a key of its table");
  breaks([](Table& t) { t.unique = {{"body"}}, t.upsert_key = {"body"}; },
         "an upsert's key has no column that may be null");
  breaks([](Table& t) { t.unique = {{"title", "title"}}; }, "a key or an index names each column once");
  breaks([](Table& t) { t.indexes.items[0].columns = {}; }, "an index has columns");
  breaks([](Table& t) { t.name = "Note"; }, "a name is of small letters, digits and _");
  breaks([](Table& t) { t.columns.items[4].column.name = "tag text"; }, "a name is of small letters, digits and _");
  breaks([](Table& t) { t.indexes.items[0].name = "note-body"; }, "a name is of small letters, digits and _");
  breaks([](Table& t) { t.indexes.items[0].name = "a_name_of_an_index_that_is_longer_than_any_database_keeps"; },
         "a name is as long as PostgreSQL keeps it");
  breaks([](Table& t) { t.columns.items[0].column.references = "other"; },
         "a reference names a table of its plane with a key of the same name");
  breaks([](Table& t) { t.columns.items[3].column.references = "note"; },
         "a reference names a table of its plane with a key of the same name");
  breaks([](Table& t) { t.columns.items[0].column.references = "note"; }, "none");
  breaks([](Table& t) { t.plane = Plane::control; }, "a migration changes tables of its own plane");
  breaks([](Table& t) { t.since = 4; }, "a migration names only tables of which something is added then");

  const Table once = {.name = "once", .columns = {text("id")}, .key = {"id"}};
  CHECK(rule_broken_by({{Plane::tenant, 1, "a", {once}}}) == "none");
  const Table kept = {.plane = Plane::control,
                      .name = "kept",
                      .columns = {text("id")},
                      .key = {"id"},
                      .travels = sql::Travels::nowhere};
  CHECK(rule_broken_by({{Plane::control, 1, "a", {kept}}}) == "only tables of tenants stay behind in copies");
  const Table again = {.plane = Plane::control, .name = "once", .columns = {text("id")}, .key = {"id"}};
  CHECK(rule_broken_by({{Plane::control, 1, "a", {again}}, {Plane::tenant, 1, "a", {once}}}) ==
        "a table has a name of its own: a file has both planes");
  const Table across = {.plane = Plane::control, .name = "across", .columns = {counted("id", "once")}, .key = {"id"}};
  CHECK(rule_broken_by({{Plane::control, 1, "a", {across}}, {Plane::tenant, 1, "a", {once}}}) ==
        "a reference names a table of its plane with a key of the same name");
  CHECK(rule_broken_by({{Plane::tenant, 2, "a", {once}}}) == "a plane's migrations are 1, 2, 3 and so on");
  CHECK(rule_broken_by({{Plane::tenant, 1, "a", {once, once}}}) ==
        "a table is created by the migration that its description names");
  CHECK(rule_broken_by({{Plane::tenant, 1, "a", {kNote}}, {Plane::tenant, 2, "b", {kNote}}}) ==
        "an index is added by a migration that is there");
  CHECK(rule_broken_by({{Plane::tenant, 1, "a", {kNote}},
                        {Plane::tenant, 2, "b", {Step{"SELECT 1;", "SELECT 1;"}}},
                        {Plane::tenant, 3, "c", {kNote}}}) ==
        "a migration names each table once of which something is added then");
  CHECK(rule_broken_by({{Plane::tenant, 1, "a", {once, Step{"SELECT 1", "SELECT 1;"}}}}) ==
        "SQL is in both dialects, up to its ;");
}

TEST_CASE("a migration is written in both dialects: new tables, new columns, new indexes and SQL, in its order") {
  const MigrationPlan first{Plane::tenant, 1, "a", {kNote}};
  CHECK(written(first, sql::Dialect::sqlite) == R"sql(
CREATE TABLE note (
  note_id INTEGER NOT NULL PRIMARY KEY,
  title   TEXT NOT NULL UNIQUE,
  body    TEXT
) STRICT;
CREATE INDEX note_body ON note (body);
)sql");
  CHECK(written(first, sql::Dialect::postgres) == R"sql(
CREATE TABLE note (
  tenant_id UUID NOT NULL,
  note_id BIGINT NOT NULL,
  title TEXT COLLATE "C" NOT NULL,
  body TEXT COLLATE "C",
  PRIMARY KEY (tenant_id, note_id),
  UNIQUE (tenant_id, title)
) PARTITION BY HASH (tenant_id);
DO $$ BEGIN
  FOR i IN 0..11 LOOP
    EXECUTE format('CREATE TABLE note_%s PARTITION OF note FOR VALUES WITH (MODULUS 12, REMAINDER %s)', i, i);
  END LOOP;
END $$;
CREATE INDEX note_body ON note (tenant_id, body);
)sql");
  const MigrationPlan second{Plane::tenant, 2, "b", {Step{"DELETE FROM one;", "DELETE FROM two;"}, kNote}};
  CHECK(written(second, sql::Dialect::sqlite) == R"sql(
DELETE FROM one;
ALTER TABLE note ADD COLUMN stars INTEGER NOT NULL DEFAULT 0;
ALTER TABLE note ADD COLUMN tag TEXT;
)sql");
  CHECK(written(second, sql::Dialect::postgres) == R"sql(
DELETE FROM two;
ALTER TABLE note ADD COLUMN stars BIGINT NOT NULL DEFAULT 0;
ALTER TABLE note ADD COLUMN tag TEXT COLLATE "C";
)sql");
  const MigrationPlan third{Plane::tenant, 3, "c", {kNote}};
  CHECK(written(third, sql::Dialect::sqlite) == "\nCREATE UNIQUE INDEX note_stars ON note (stars, title);\n");
  CHECK(written(third, sql::Dialect::postgres) ==
        "\nCREATE UNIQUE INDEX note_stars ON note (tenant_id, stars, title);\n");
}
