// Connection: pragmas, statements, interruption.
#include "adapters/sqlite/connection.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>

#include "adapters/sqlite/error_map.hpp"
#include "adapters/sqlite/lock_holder.hpp"
#include "adapters/sqlite/private_file.hpp"

namespace stocktracker::inline v0::sqlite {

namespace {

bool is_folder(const std::string& path) noexcept {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

/// Opening a pipe waits for its other end without limit, so SQLite must not open one. The same for the files that it
/// opens beside the store.
Result<void> check_regular(const std::string& store) {
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) {
    const std::string path = store + suffix;
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)) continue;
    return Error(Errc::store_unreadable, path + " is a pipe, a socket or a device, no file; remove it" +
                                             (*suffix == '\0' ? ", and name the store's file or restore a backup" : ""))
        .during("open");
  }
  return success();
}

/// Explains why a file that may be read cannot be read: the folder must let a reader create the shared memory of the
/// log. Other errors stay as they are.
Error shut_folder(const std::string& path, Error why) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const bool file = why.errc() == Errc::store_unreadable || why.errc() == Errc::store_read_only;
  if (!file || ::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) != 0 ||
      ::faccessat(AT_FDCWD, folder.c_str(), W_OK, AT_EACCESS) == 0) {
    return why;
  }
  ErrorDetails details = why.details();
  details.message = "this user may read " + path + ", but may not write its folder, where readers create " + path +
                    "-shm; let this user write the folder, or open a backup or a copy of the file and its -wal in "
                    "another folder";
  details.operation = "open";
  return {why.errc(), std::move(details)};
}

struct Switch {
  int id;
  int on;
};
/// The schema has neither triggers nor views: one in the file was added by another program.
constexpr std::array kSwitches{
    Switch{SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
    Switch{SQLITE_DBCONFIG_ENABLE_VIEW, 0},
    Switch{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
    Switch{SQLITE_DBCONFIG_DEFENSIVE, 1},
};

Result<void> harden(sqlite3* db) {
  for (const Switch& one : kSwitches) {
    if (sqlite3_db_config(db, one.id, one.on, nullptr) == SQLITE_OK) continue;
    return Error(Errc::unsupported, "this SQLite cannot open files safely; use 3.31 or later").during("open");
  }
  return success();
}

/// set_config(name, value, local) of PostgreSQL, which row security reads there. Here it returns the value.
void return_value(sqlite3_context* call, int, sqlite3_value** values) { sqlite3_result_value(call, values[1]); }

Result<void> add_functions(sqlite3* db) {
  constexpr int kTraits = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
  const int code =
      sqlite3_create_function_v2(db, "set_config", 3, kTraits, nullptr, &return_value, nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return success();
  return translate(code, db, "open", "");
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const SqliteOptions& options, Use use) {
  std::unique_ptr<Connection> connection(new Connection(options));
  const bool memory = options.path == ":memory:";
  const bool writes = memory || (use != Use::read && !options.read_only);
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (!writes                      ? SQLITE_OPEN_READONLY
                     : use == Use::write_existing ? SQLITE_OPEN_READWRITE
                                                  : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (!memory) {
    STK_TRY(check_regular(options.path));
  }
  if (writes && !memory && use == Use::write) make_private(options.path);
  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(options.path.c_str(), &db, flags, nullptr);
  connection->db_.reset(db);
  if (code != SQLITE_OK) {
    if (is_folder(options.path)) {
      return Error(Errc::store_unreadable,
                   options.path + " is a folder; name a file in it, or end it with / for many tenants")
          .during("open");
    }
    return connection->error(code, "open");
  }
  STK_TRY(harden(db));
  STK_TRY(add_functions(db));
  // SQLite opens a write-protected file for reading without an error.
  if (writes && sqlite3_db_readonly(db, "main") == 1) return connection->error(SQLITE_READONLY, "open");
  sqlite3_busy_handler(db, &Connection::on_busy, connection.get());
  sqlite3_progress_handler(db, 10'000, &Connection::on_progress, connection.get());
  // Set once: setting it again would make SQLite compile every statement again.
  sqlite3_set_authorizer(db, &Connection::authorize, connection.get());
  if (auto set = connection->set_up(options, writes); !set) {
    return writes ? std::move(set).error() : shut_folder(options.path, std::move(set).error());
  }
  return connection;
}

Result<void> Connection::set_up(const SqliteOptions& options, bool writes) {
  constexpr std::string_view kOpen = "open";
  if (writes) {
    const char* synchronous = options.durable_commits ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL";
    STK_TRY(run(synchronous, kOpen));
    // The log of a long run is truncated after it has been written back.
    STK_TRY(run("PRAGMA journal_size_limit = 67108864", kOpen));
    if (options.overwrite_deleted) {
      STK_TRY(run("PRAGMA secure_delete = ON", kOpen));
    }
    STK_TRY(run(("PRAGMA cache_size = -" + std::to_string(options.cache_kib)).c_str(), kOpen));
  } else {
    STK_TRY(run("PRAGMA query_only = ON", kOpen));
  }
  STK_TRY(run("PRAGMA foreign_keys = ON", kOpen));
  STK_TRY(run("PRAGMA temp_store = MEMORY", kOpen));
  // The first read shows whether the file is a database at all.
  return run("SELECT count(*) FROM sqlite_schema", kOpen);
}

Result<void> Connection::use_wal() {
  if (options_.path == ":memory:") return success();
  const auto until = std::chrono::steady_clock::now() + options_.busy_timeout;
  while (true) {
    auto mode = lines("PRAGMA journal_mode = WAL", "journal_mode");
    if (mode) {
      if (!mode.value().empty() && mode.value().front() == "wal") return success();
      return Error(Errc::unsupported,
                   options_.path + " lies where write-ahead logging cannot work; put it on a local disk")
          .during("journal_mode");
    }
    // Another process may be creating the same file; SQLite does not always wait for that by itself.
    if (mode.error().errc() != Errc::store_busy || std::chrono::steady_clock::now() >= until) {
      return std::move(mode).error();
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

Connection::~Connection() {
  by_address_.clear();
  by_key_.clear();
}

Error Connection::error(int code, std::string_view what) const {
  const int primary = code & 0xFF;
  if (context_ != nullptr && (primary == SQLITE_INTERRUPT || primary == SQLITE_BUSY)) {
    if (auto ended = context_->check(now()); !ended) {
      Error why = std::move(ended).error();
      if (primary == SQLITE_BUSY && why.errc() == Errc::deadline_exceeded) {
        why = Error(Errc::deadline_exceeded,
                    lock_holder(options_.path) + " was writing the store " + options_.path + " until the deadline");
      }
      return std::move(why).during(what).in(*context_);
    }
  }
  Error translated = translate(code, db_.get(), what, options_.path);
  if (context_ != nullptr) return std::move(translated).in(*context_);
  return translated;
}

Instant Connection::now_by(const SqliteOptions& options) {
  if (options.clock) return options.clock->now();
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return Instant::from_micros(std::chrono::duration_cast<Duration>(since).count());
}

Result<void> Connection::run(const char* sql, std::string_view what) {
  const int code = sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return success();
  if (!what.empty()) return error(code, what);
  std::string_view text(sql);
  text = text.substr(0, text.find_first_of("\n;="));
  return error(code, text.substr(0, text.find_last_not_of(' ') + 1));
}

Result<std::vector<std::string>> Connection::lines(std::string_view sql, std::string_view what) {
  sqlite3_stmt* raw = nullptr;
  int code = sqlite3_prepare_v2(db_.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
  const std::unique_ptr<sqlite3_stmt, FinalizeStatement> handle(raw);
  if (code != SQLITE_OK) return error(code, what);
  std::vector<std::string> found;
  for (code = sqlite3_step(raw); code == SQLITE_ROW; code = sqlite3_step(raw)) {
    const unsigned char* text = sqlite3_column_text(raw, 0);
    found.emplace_back(text == nullptr ? "" : reinterpret_cast<const char*>(text));
  }
  if (code != SQLITE_DONE) return error(code, what);
  return found;
}

void Connection::roll_back() noexcept {
  if (in_transaction()) sqlite3_exec(db_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Connection::watch(const CallContext* context) noexcept {
  context_ = context;
  busy_since_ = {};
}

bool Connection::context_ended() const noexcept {
  return context_ != nullptr &&
         (context_->stop.stop_requested() || (context_->deadline != Instant::latest() && now() >= context_->deadline));
}

int Connection::on_progress(void* self) { return static_cast<Connection*>(self)->context_ended() ? 1 : 0; }

int Connection::on_busy(void* self, int tries) {
  auto& connection = *static_cast<Connection*>(self);
  const auto now = std::chrono::steady_clock::now();
  if (tries == 0) connection.busy_since_ = now;
  if (connection.context_ended() || now - connection.busy_since_ >= connection.options_.busy_timeout) return 0;
  std::this_thread::sleep_for(std::chrono::milliseconds(std::min(1 + tries, 10)));
  return 1;
}

int Connection::authorize(void* self, int action, const char* first, const char* second, const char*, const char*) {
  Rules& rules = static_cast<Connection*>(self)->rules_;
  if (!rules.active) return SQLITE_OK;
  const auto refuse = [&](Errc code, std::string why) {
    rules.refusal = code;
    rules.refused = std::move(why);
    return SQLITE_DENY;
  };
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_FUNCTION:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    case SQLITE_INSERT:
      if (!rules.may_insert) return refuse(Errc::store_sql, "rows are written by upsert and bulk_upsert only");
      break;
    case SQLITE_READ:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
      break;
    default:
      return refuse(Errc::store_sql, "only SELECT, UPDATE and DELETE are spoken here");
  }
  const std::string_view table = first == nullptr ? "" : first;
  const std::string_view column = second == nullptr ? "" : second;
  const auto& tables = static_cast<Connection*>(self)->options_.schema.tables;
  const auto known =
      std::find_if(tables.begin(), tables.end(), [&](const TableKey& key) { return key.table == table; });
  if (known == tables.end()) {
    // A count(*) over a WITH name asks in this way; for a table that does not exist SQLite fails by itself.
    const bool own = table == "migration" || table.starts_with("sqlite_") || table.starts_with("pragma_");
    if (action == SQLITE_READ && column.empty() && !own) return SQLITE_OK;
    return refuse(Errc::store_sql, "unknown table " + std::string(table));
  }
  if (known->plane != rules.plane) {
    return refuse(Errc::store_wrong_plane, "table " + std::string(table) + " belongs to the other plane");
  }
  return SQLITE_OK;
}

// If the planes are separate files, the other plane's tables do not exist here.
Result<void> Connection::check_planes(Plane plane, std::string_view name) const {
  const std::string_view message = sqlite3_errmsg(db_.get());
  for (const TableKey& table : options_.schema.tables) {
    if (table.plane == plane || message != "no such table: " + std::string(table.table)) continue;
    return Error(Errc::store_wrong_plane,
                 std::string(name) + ": table " + std::string(table.table) + " belongs to the other plane")
        .during(name);
  }
  return success();
}

Result<std::unique_ptr<Prepared>> Connection::compile(std::string_view sql, std::string_view name, Plane plane,
                                                      bool may_insert) {
  rules_ = {true, plane, may_insert, Errc::store_sql, {}};
  sqlite3_stmt* handle = nullptr;
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v3(db_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &handle, &rest);
  rules_.active = false;
  auto prepared = std::make_unique<Prepared>();
  prepared->handle.reset(handle);
  if (!rules_.refused.empty()) return Error(rules_.refusal, std::string(name) + ": " + rules_.refused).during(name);
  if (code != SQLITE_OK) {
    STK_TRY(check_planes(plane, name));
    return error(code, name);
  }
  const std::string_view left = sql.substr(static_cast<std::size_t>(rest - sql.data()));
  if (handle == nullptr || left.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
    return Error(Errc::store_sql, std::string(name) + ": one statement is expected").during(name);
  }
  return prepared;
}

Result<StatementLease> Connection::prepare(const Statement& statement, Plane plane) {
  const Address key{statement.sql.data(), statement.sql.size(), plane};
  auto found = by_address_.find(key);
  if (found != by_address_.end() && !found->second->busy) return StatementLease(*found->second);
  STK_TRY(auto prepared, compile(statement.sql, statement.name, plane, false));
  STK_TRY(map_parameters(*prepared, statement.name));
  if (found != by_address_.end()) return StatementLease(std::move(prepared));
  return StatementLease(*by_address_.emplace(key, std::move(prepared)).first->second);
}

Result<StatementLease> Connection::prepare_insert(std::string key, FunctionRef<std::string()> sql,
                                                  std::string_view name, Plane plane) {
  auto found = by_key_.find(key);
  if (found == by_key_.end()) {
    STK_TRY(auto prepared, compile(sql(), name, plane, true));
    found = by_key_.emplace(std::move(key), std::move(prepared)).first;
  }
  return StatementLease(*found->second);
}

}  // namespace stocktracker::inline v0::sqlite
