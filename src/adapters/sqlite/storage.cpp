#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/migrations.hpp"
#include "adapters/sqlite/reader_pool.hpp"
#include "adapters/sqlite/transaction.hpp"
#include "adapters/sqlite/writer.hpp"

namespace stocktracker::inline v0::sqlite {
namespace {

/// Single-file mode: both planes in one file, one writer.
struct File {
  explicit File(SqliteOptions given) : options(std::move(given)), readers(options) {}

  SqliteOptions options;
  std::unique_ptr<Writer> writer;  // null: opened for reading
  ReaderPool readers;
  [[nodiscard]] bool in_memory() const noexcept { return options.path == ":memory:"; }
};

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(std::shared_ptr<File> file, Plane plane) noexcept : file_(std::move(file)), plane_(plane) {}

  Plane plane() const noexcept override { return plane_; }

  Result<void> transact(const CallContext& given, TransactMode mode,
                        FunctionRef<Result<void>(Transaction&)> body) override {
    if (InsideBody::now()) return Error(Errc::store_nested, "a transaction was begun inside another");
    const Instant now = Connection::now_by(file_->options);
    const CallContext context = given.started(now);
    STK_TRY(context.check(now));
    // A memory database is one connection: reading takes its turn with writing.
    if (mode == TransactMode::read && !file_->in_memory()) return file_->readers.transact(plane_, context, body);
    if (!file_->writer) return Error(Errc::store_read_only, file_->options.path + " was opened for reading only");
    return file_->writer->transact(plane_, context, mode, body);
  }

 private:
  std::shared_ptr<File> file_;
  Plane plane_;
};

class SqliteStorage final : public Storage {
 public:
  explicit SqliteStorage(std::shared_ptr<File> file)
      : file_(std::move(file)),
        control_(file_, Plane::control),
        tenant_(std::make_shared<SqliteDatabase>(file_, Plane::tenant)) {}

  Database& control() override { return control_; }

  Result<std::shared_ptr<Database>> tenant(const TenantId& tenant) override {
    if (!tenant.is_nil() && tenant != kDefaultTenant) {
      return Error(Errc::not_found, "a single-file store holds the default tenant only").about("tenant");
    }
    return tenant_;
  }

  Result<std::vector<StorageFinding>> examine(const CallContext& given) override {
    const CallContext context = given.started(Connection::now_by(file_->options));
    STK_TRY(context.check(Connection::now_by(file_->options)));
    if (file_->in_memory()) return std::vector<StorageFinding>{{"file", true, "none: the store is in memory"}};
    std::vector<StorageFinding> findings;
    // A connection of its own: an examination of a large file must not hold a reader that others wait for.
    auto opened = Connection::open(file_->options, Connection::Use::read);
    if (!opened) {
      findings.push_back({"file", false, opened.error().text()});
      return findings;
    }
    const std::unique_ptr<Connection> connection = std::move(opened).value();
    connection->watch(&context);
    const auto add = [&](const char* subject, Result<std::vector<std::string>> lines, std::string_view good) {
      if (!lines) return findings.push_back({subject, false, lines.error().text()});
      std::string detail;
      for (const std::string& line : lines.value()) detail += (detail.empty() ? "" : "; ") + line;
      findings.push_back({subject, detail == good, std::move(detail)});
    };
    add("integrity", connection->lines("PRAGMA integrity_check(20)", "integrity_check"), "ok");
    auto history = check_history(*connection, true);
    findings.push_back({"schema", history.has_value(), history ? "all migrations applied" : history.error().text()});
    add("journal", connection->lines("PRAGMA journal_mode", "journal_mode"), "wal");
    connection->watch(nullptr);
    // What was cut short is no finding about the store.
    STK_TRY(context.check(connection->now()));
    return findings;
  }

 private:
  std::shared_ptr<File> file_;
  SqliteDatabase control_;
  std::shared_ptr<Database> tenant_;
};

}  // namespace
}  // namespace stocktracker::inline v0::sqlite

namespace stocktracker::inline v0 {

Result<std::shared_ptr<Storage>> make_sqlite_storage(SqliteOptions options) {
  STK_TRY(options.validate());
  auto file = std::make_shared<sqlite::File>(std::move(options));
  STK_TRY(auto connection, sqlite::Connection::open(file->options, sqlite::Connection::Use::write));
  if (file->options.read_only) {
    STK_TRY(sqlite::check_history(*connection, true));
  } else {
    STK_TRY(sqlite::migrate(*connection));
    file->writer = std::make_unique<sqlite::Writer>(std::move(connection));
  }
  return std::make_shared<sqlite::SqliteStorage>(std::move(file));
}

}  // namespace stocktracker::inline v0
