/// @file
/// One connection to the file: opening, prepared statements, who may touch which table, cancellation.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <stocktracker/adapters/sqlite.hpp>

#include "adapters/sqlite/statement.hpp"

namespace stocktracker::inline v0::sqlite {

struct CloseConnection {
  void operator()(sqlite3* db) const noexcept { sqlite3_close_v2(db); }
};

/// Used by one thread at a time.
class Connection {
 public:
  enum class Use : unsigned char { write, read };

  /// `options` must outlive the connection.
  [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const SqliteOptions& options, Use use);

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// SQL of the driver itself, as static text.
  [[nodiscard]] Result<void> run(const char* sql);
  /// The prepared form of a caller's statement, under the rules of its plane; kept for the next time.
  [[nodiscard]] Result<StatementLease> prepare(const Statement& statement, Plane plane);
  /// The prepared form of an INSERT that the driver wrote itself; `key` finds it again.
  [[nodiscard]] Result<StatementLease> prepare_insert(std::string_view key, std::string_view sql, std::string_view name,
                                                      Plane plane);

  /// While set, waiting for locks and long statements end when the context does.
  void watch(const CallContext* context) noexcept;

  [[nodiscard]] sqlite3* get() const noexcept { return db_.get(); }
  [[nodiscard]] const SqliteOptions& options() const noexcept { return options_; }
  [[nodiscard]] Error error(int code, std::string_view what) const;
  [[nodiscard]] Instant now() const;

 private:
  explicit Connection(const SqliteOptions& options) : options_(options) {}
  [[nodiscard]] Result<std::unique_ptr<Prepared>> compile(std::string_view sql, std::string_view name, Plane plane,
                                                          bool may_insert);
  [[nodiscard]] bool context_ended() const noexcept;

  static int authorize(void* self, int action, const char* first, const char* second, const char*, const char*);
  static int on_busy(void* self, int tries);
  static int on_progress(void* self);

  /// Asked by SQLite while a statement is being compiled.
  struct Rules {
    bool active = false;
    Plane plane = Plane::tenant;
    bool may_insert = false;
    Errc refusal = Errc::store_sql;
    std::string refused;
  };
  struct AddressHash {
    std::size_t operator()(const std::pair<const char*, Plane>& key) const noexcept {
      return std::hash<const void*>()(key.first) * 2 + static_cast<std::size_t>(key.second);
    }
  };

  const SqliteOptions& options_;
  std::unique_ptr<sqlite3, CloseConnection> db_;
  Rules rules_;
  const CallContext* context_ = nullptr;
  std::chrono::steady_clock::time_point busy_since_{};
  std::unordered_map<std::pair<const char*, Plane>, std::unique_ptr<Prepared>, AddressHash> by_address_;
  std::unordered_map<std::string, std::unique_ptr<Prepared>> by_key_;
};

}  // namespace stocktracker::inline v0::sqlite
