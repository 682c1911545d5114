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
    const Instant now = file_->options.clock ? file_->options.clock->now() : system_now();
    const CallContext context = given.started(now);
    STK_TRY(context.check(now));
    // A memory database is one connection: reading takes its turn with writing.
    if (mode == TransactMode::read && !file_->in_memory()) return file_->readers.transact(plane_, context, body);
    if (!file_->writer) return Error(Errc::store_read_only, file_->options.path + " was opened for reading only");
    return file_->writer->transact(plane_, context, mode, body);
  }

 private:
  static Instant system_now() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return Instant::from_micros(std::chrono::duration_cast<Duration>(since).count());
  }

  std::shared_ptr<File> file_;
  Plane plane_;
};

/// First column of every row, as text.
Result<std::vector<std::string>> lines_of(Connection& connection, const char* sql) {
  std::vector<std::string> lines;
  const auto collect = [](void* out, int columns, char** values, char**) {
    static_cast<std::vector<std::string>*>(out)->emplace_back(columns > 0 && values[0] != nullptr ? values[0] : "");
    return 0;
  };
  const int code = sqlite3_exec(connection.get(), sql, collect, &lines, nullptr);
  if (code != SQLITE_OK) return connection.error(code, "examine");
  return lines;
}

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

  Result<std::vector<StorageFinding>> examine(const CallContext& context) override {
    if (file_->in_memory()) return std::vector<StorageFinding>{{"integrity", true, "in memory"}};
    // A connection of its own: an examination of a large file must not hold a reader that others wait for.
    STK_TRY(auto connection, Connection::open(file_->options, Connection::Use::read));
    connection->watch(&context);
    std::vector<StorageFinding> findings;
    const auto add = [&](const char* subject, Result<std::vector<std::string>> lines, std::string_view good) {
      if (!lines) return findings.push_back({subject, false, lines.error().text()});
      const bool ok = !lines.value().empty() && (good.empty() || lines.value().front() == good);
      std::string detail;
      for (const std::string& line : lines.value()) detail += (detail.empty() ? "" : "; ") + line;
      findings.push_back({subject, ok, std::move(detail)});
    };
    add("integrity", lines_of(*connection, "PRAGMA integrity_check(20)"), "ok");
    auto history = check_history(*connection, true);
    findings.push_back({"schema", history.has_value(), history ? "all migrations applied" : history.error().text()});
    add("journal", lines_of(*connection, "PRAGMA journal_mode"), "wal");
    connection->watch(nullptr);
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
