#include "adapters/sqlite/connection.hpp"

#include <algorithm>
#include <thread>

#include "adapters/sqlite/error_map.hpp"

namespace stocktracker::inline v0::sqlite {

Result<std::unique_ptr<Connection>> Connection::open(const SqliteOptions& options, Use use) {
  std::unique_ptr<Connection> connection(new Connection(options));
  const bool writes = use == Use::write && !options.read_only;
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (writes ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);
  sqlite3* db = nullptr;
  const bool memory = options.path == ":memory:";
  const int code = sqlite3_open_v2(options.path.c_str(), &db,
                                   memory ? flags | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : flags, nullptr);
  connection->db_.reset(db);
  if (code != SQLITE_OK) return connection->error(code, "open");
  sqlite3_busy_handler(db, &Connection::on_busy, connection.get());
  sqlite3_progress_handler(db, 10'000, &Connection::on_progress, connection.get());
  // Set once: setting it again would make SQLite compile every statement anew.
  sqlite3_set_authorizer(db, &Connection::authorize, connection.get());
  if (writes && !memory) {
    STK_TRY(connection->run("PRAGMA journal_mode = WAL"));
    STK_TRY(connection->run(options.durable_commits ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL"));
  }
  STK_TRY(connection->run("PRAGMA cache_size = -8192"));
  STK_TRY(connection->run("PRAGMA temp_store = MEMORY"));
  // The first read tells whether the file is a database at all.
  STK_TRY(connection->run("SELECT count(*) FROM sqlite_schema"));
  return connection;
}

Connection::~Connection() {
  by_address_.clear();
  by_key_.clear();
}

Error Connection::error(int code, std::string_view what) const {
  if (context_ != nullptr && (code & 0xFF) == SQLITE_INTERRUPT) {
    if (auto ended = context_->check(now()); !ended) return Error(std::move(ended).error()).during(what).in(*context_);
  }
  Error translated = translate(code, db_.get(), what, options_.path);
  if (context_ != nullptr) return std::move(translated).in(*context_);
  return translated;
}

Instant Connection::now() const {
  if (options_.clock) return options_.clock->now();
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return Instant::from_micros(std::chrono::duration_cast<Duration>(since).count());
}

Result<void> Connection::run(const char* sql) {
  const int code = sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return success();
  const std::string_view text(sql);
  return error(code, text.substr(0, text.find_first_of("\n;=")));
}

void Connection::watch(const CallContext* context) noexcept {
  context_ = context;
  busy_since_ = {};
}

bool Connection::context_ended() const noexcept {
  return context_ != nullptr && (context_->stop.stop_requested() ||
                                 (context_->deadline != Instant::latest() && now() >= context_->deadline));
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
    case SQLITE_RECURSIVE: return SQLITE_OK;
    case SQLITE_INSERT:
      if (!rules.may_insert) return refuse(Errc::store_sql, "rows are written by upsert and bulk_upsert only");
      break;
    case SQLITE_READ:
    case SQLITE_UPDATE:
    case SQLITE_DELETE: break;
    default: return refuse(Errc::store_sql, "only SELECT, UPDATE and DELETE are spoken here");
  }
  (void)second;
  const std::string_view table = first == nullptr ? "" : first;
  const auto& tables = static_cast<Connection*>(self)->options_.schema.tables;
  const auto known = std::find_if(tables.begin(), tables.end(), [&](const TableKey& key) { return key.table == table; });
  if (known == tables.end()) return refuse(Errc::store_sql, "unknown table " + std::string(table));
  if (known->plane != rules.plane) {
    return refuse(Errc::store_wrong_plane, "table " + std::string(table) + " belongs to the other plane");
  }
  return SQLITE_OK;
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
  if (code != SQLITE_OK) return error(code, name);
  if (handle == nullptr) return Error(Errc::store_sql, std::string(name) + ": no statement").during(name);
  return prepared;
}

Result<StatementLease> Connection::prepare(const Statement& statement, Plane plane) {
  const auto key = std::make_pair(statement.sql.data(), plane);
  auto found = by_address_.find(key);
  if (found != by_address_.end() && !found->second->busy) return StatementLease(*found->second);
  STK_TRY(auto prepared, compile(statement.sql, statement.name, plane, false));
  STK_TRY(map_parameters(*prepared, statement.name));
  if (found != by_address_.end()) return StatementLease(std::move(prepared));
  return StatementLease(*by_address_.emplace(key, std::move(prepared)).first->second);
}

Result<StatementLease> Connection::prepare_insert(std::string_view key, std::string_view sql, std::string_view name,
                                                  Plane plane) {
  std::string owned(key);
  auto found = by_key_.find(owned);
  if (found == by_key_.end()) {
    STK_TRY(auto prepared, compile(sql, name, plane, true));
    found = by_key_.emplace(std::move(owned), std::move(prepared)).first;
  }
  return StatementLease(*found->second);
}

}  // namespace stocktracker::inline v0::sqlite
