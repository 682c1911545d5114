// Decides which tables and columns a foreign file may have.
#include "adapters/sqlite/foreign_schema.hpp"

#include <algorithm>
#include <optional>

#include "adapters/sqlite/migrations.hpp"
#include "adapters/sqlite/owner.hpp"

namespace stocktracker::inline v0::sqlite {
namespace {

constexpr std::size_t kMostObjects = 200;
constexpr std::size_t kMostMigrations = 1'000;

/// A row of sqlite_schema.
struct Object {
  std::string type;
  std::string name;
  std::string table;
  std::string sql;  // empty: an index made by a constraint
  friend bool operator==(const Object&, const Object&) = default;
};

bool is_word(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Removes the spaces that ALTER TABLE and people add; quoted texts are not changed.
std::string plain(std::string_view sql) {
  std::string text;
  char quote = 0;
  bool space = false;
  for (const char c : sql) {
    if (quote == 0 && (c == ' ' || c == '\n' || c == '\r' || c == '\t')) {
      space = true;
      continue;
    }
    if (space && !text.empty() && is_word(text.back()) && is_word(c)) text += ' ';
    space = false;
    text += c;
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    }
  }
  return text;
}

Result<std::vector<Object>> objects_in(const ForeignConnection& file) {
  std::vector<Object> objects;
  STK_TRY(auto rows, file.prepare("SELECT type, name, tbl_name, sql FROM sqlite_master"));
  while (true) {
    STK_TRY(const bool more, file.step(rows));
    if (!more) return objects;
    if (objects.size() == kMostObjects) return file.refused("it holds more tables and indexes than any store");
    Object& object = objects.emplace_back();
    STK_TRY(object.type, file.text(rows, 0, "the type of a table"));
    STK_TRY(object.name, file.text(rows, 1, "the name of a table"));
    STK_TRY(object.table, file.text(rows, 2, "the name of an index"));
    if (sqlite3_column_type(rows.get(), 3) == SQLITE_NULL) continue;
    STK_TRY(const std::string sql, file.text(rows, 3, "the definition of a table"));
    object.sql = plain(sql);
  }
}

/// SQLite decides by the SQL text: a view is a view even if its row says otherwise.
Result<void> check_kinds(const ForeignConnection& file, const std::vector<Object>& objects) {
  for (const Object& object : objects) {
    const std::string_view sql = object.sql;
    const bool table = object.type == "table" && sql.starts_with("CREATE TABLE ");
    const bool index = object.type == "index" &&
                       (sql.empty() || sql.starts_with("CREATE INDEX ") || sql.starts_with("CREATE UNIQUE INDEX "));
    if (table || index) continue;
    const bool is_virtual = sql.starts_with("CREATE VIRTUAL");
    return file.refused("it holds " + (is_virtual ? std::string("the virtual table") : "the " + shown(object.type)) +
                        " " + shown(object.name) + ", which no store has");
  }
  return success();
}

Result<std::vector<AppliedMigration>> history_of(ForeignConnection& file, const std::vector<Object>& objects) {
  const Object ours{"table", "migration", "migration", plain(history_table())};
  const auto found =
      std::find_if(objects.begin(), objects.end(), [](const Object& object) { return object.name == "migration"; });
  if (found == objects.end()) return file.refused("it is no store of stocktracker: it has no history of migrations");
  if (!(*found == ours)) return file.refused("table migration is not as stocktracker makes it");
  file.permit("migration");
  std::vector<AppliedMigration> applied;
  STK_TRY(auto rows, file.prepare("SELECT plane, number, checksum, name FROM migration NOT INDEXED"));
  while (true) {
    STK_TRY(const bool more, file.step(rows));
    if (!more) break;
    if (applied.size() == kMostMigrations) return file.refused("table migration has too many rows");
    const std::string row = "table migration, row " + std::to_string(applied.size() + 1) + ", column ";
    AppliedMigration& one = applied.emplace_back();
    STK_TRY(one.plane, file.text(rows, 0, row + "plane"));
    STK_TRY(file.text(rows, 3, row + "name"));
    for (const int column : {1, 2}) {
      if (sqlite3_column_type(rows.get(), column) != SQLITE_INTEGER) {
        return file.refused(row + (column == 1 ? "number" : "checksum") + ": a number is expected");
      }
    }
    one.number = sqlite3_column_int64(rows.get(), 1);
    one.checksum = sqlite3_column_int64(rows.get(), 2);
    if (one.plane != plane_name(Plane::control) && one.plane != plane_name(Plane::tenant)) {
      return file.refused(row + "plane: no such plane");
    }
  }
  if (applied.empty()) return file.refused("it is no store of stocktracker: it has no history of migrations");
  std::sort(applied.begin(), applied.end(), [](const AppliedMigration& a, const AppliedMigration& b) {
    return a.plane != b.plane ? a.plane < b.plane : a.number < b.number;
  });
  return applied;
}

/// Applies this library's migrations to an empty file, up to the version of the foreign one.
class Reference {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Reference>> make(const Schema& schema,
                                                               std::span<const Migration> applied) {
    std::unique_ptr<Reference> reference(new Reference(schema, applied));
    STK_TRY(reference->connection_, Connection::open(reference->options_, Connection::Use::write));
    STK_TRY(migrate(*reference->connection_));
    STK_TRY(claim(*reference->connection_, kDefaultTenant.text()));
    STK_TRY(reference->read_objects());
    return reference;
  }

  [[nodiscard]] bool has(const Object& object) const {
    return std::find(objects_.begin(), objects_.end(), object) != objects_.end();
  }
  [[nodiscard]] bool has_table(std::string_view name) const {
    return std::any_of(objects_.begin(), objects_.end(),
                       [&](const Object& object) { return object.type == "table" && object.name == name; });
  }
  [[nodiscard]] Result<FreshTable> table(const TableKey& key) {
    FreshTable table{std::string(key.table), {}};
    STK_TRY(auto rows, prepare("PRAGMA table_xinfo(\"" + table.name + "\")"));
    while (sqlite3_step(rows.get()) == SQLITE_ROW) {
      const std::string name = text(rows, 1);
      const auto rule = std::find_if(key.columns.begin(), key.columns.end(),
                                     [&](const Column& column) { return column.name == name; });
      if (rule == key.columns.end()) {
        return Error(Errc::unsupported, "the schema does not name the column " + table.name + "." + name);
      }
      table.columns.push_back({*rule, sqlite3_column_int(rows.get(), 3) == 0, sqlite3_column_int(rows.get(), 5) > 0});
    }
    return table;
  }

 private:
  Reference(const Schema& schema, std::span<const Migration> applied) {
    options_.path = ":memory:";
    options_.schema = {applied, schema.tables};
  }
  [[nodiscard]] static std::string text(const ForeignConnection::Handle& row, int column) {
    const auto* const bytes = reinterpret_cast<const char*>(sqlite3_column_text(row.get(), column));
    return bytes == nullptr ? std::string() : std::string(bytes);
  }
  [[nodiscard]] Result<ForeignConnection::Handle> prepare(const std::string& sql) {
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v2(connection_->get(), sql.c_str(), -1, &raw, nullptr);
    ForeignConnection::Handle handle(raw);
    if (code != SQLITE_OK) return connection_->error(code, "import");
    return handle;
  }
  [[nodiscard]] Result<void> read_objects() {
    STK_TRY(auto rows, prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema"));
    while (sqlite3_step(rows.get()) == SQLITE_ROW) {
      objects_.push_back({text(rows, 0), text(rows, 1), text(rows, 2), plain(text(rows, 3))});
    }
    return success();
  }

  SqliteOptions options_;
  std::unique_ptr<Connection> connection_;
  std::vector<Object> objects_;
};

/// SQLite's own tables, which are not read.
bool is_note(const Object& object) noexcept {
  return object.type == "table" && object.table == object.name &&
         (object.sql == "CREATE TABLE sqlite_stat1(tbl,idx,stat)" ||
          object.sql == "CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)" ||
          object.sql == "CREATE TABLE sqlite_sequence(name,seq)");
}

Result<void> check_objects(const ForeignConnection& file, const std::vector<Object>& objects,
                           const Reference& reference) {
  for (const Object& object : objects) {
    if (reference.has(object) || is_note(object)) continue;
    return file.refused(object.type + " " + shown(object.name) + " is not one that stocktracker makes");
  }
  return success();
}

Result<std::string> owner_in(ForeignConnection& file, const std::vector<Object>& objects) {
  if (std::none_of(objects.begin(), objects.end(), [](const Object& object) { return object.name == "owner"; })) {
    return std::string();
  }
  file.permit("owner");
  STK_TRY(auto rows, file.prepare("SELECT tenant FROM owner NOT INDEXED"));
  STK_TRY(const bool any, file.step(rows));
  if (!any) return std::string();
  STK_TRY(std::string owner, file.text(rows, 0, "table owner, row 1, column tenant"));
  STK_TRY(const bool more, file.step(rows));
  if (more || !TenantId::parse(owner)) return file.refused("table owner does not name one tenant");
  return owner;
}

}  // namespace

Result<ForeignContent> inspect(ForeignConnection& file, const Schema& schema, Plane plane) {
  STK_TRY(const auto objects, objects_in(file));
  STK_TRY(check_kinds(file, objects));
  STK_TRY(auto encoding, file.prepare("PRAGMA encoding"));
  STK_TRY(file.step(encoding));
  STK_TRY(const std::string encoded, file.text(encoding, 0, "the encoding"));
  if (encoded != "UTF-8") return file.refused("its texts are in another encoding than UTF-8");
  STK_TRY(const auto history, history_of(file, objects));
  STK_TRY(check_applied(file.name(), schema.migrations, history, migration_checksum));

  ForeignContent content;
  for (const Migration& migration : schema.migrations) {
    if (is_applied(history, migration)) content.applied.push_back(migration);
  }
  STK_TRY(const auto reference, Reference::make(schema, content.applied));
  STK_TRY(check_objects(file, objects, *reference));
  for (const TableKey& key : schema.tables) {
    if (key.plane != plane || !reference->has_table(key.table)) continue;
    const bool there = std::any_of(objects.begin(), objects.end(), [&](const Object& object) {
      return object.type == "table" && object.name == key.table;
    });
    if (!there) return file.refused("it lacks the table " + std::string(key.table));
    STK_TRY(auto table, reference->table(key));
    content.tables.push_back(std::move(table));
    file.permit(key.table);
  }
  if (content.tables.empty()) {
    return file.refused(plane == Plane::tenant ? "it holds no data of a seller" : "it holds no control plane");
  }
  content.of_one_seller =
      std::any_of(history.begin(), history.end(), [](const AppliedMigration& row) { return row.plane == "control"; });
  STK_TRY(content.owner, owner_in(file, objects));
  return content;
}

Result<void> check_pages(ForeignConnection& file) {
  STK_TRY(auto rows, file.prepare("PRAGMA quick_check(1)"));
  STK_TRY(const bool any, file.step(rows));
  STK_TRY(const std::string found, any ? file.text(rows, 0, "a finding") : Result<std::string>(std::string("ok")));
  if (found == "ok") return success();
  return Error(Errc::store_corrupt,
               file.name() + " is damaged (" + shown(found) + "); nothing was imported; use another backup")
      .during("import");
}

}  // namespace stocktracker::inline v0::sqlite
