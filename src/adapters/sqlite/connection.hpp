/// Connection: opens the file, prepares statements, restricts tables per plane, cancels.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/core/function_ref.hpp>

#include "adapters/sqlite/statement.hpp"

namespace stocktracker::inline v0::sqlite {

struct CloseConnection {
  void operator()(sqlite3* db) const noexcept { sqlite3_close_v2(db); }
};

/// For one thread at a time.
class Connection {
 public:
  enum class Use : unsigned char {
    write,  ///< creates the file if it is missing
    write_existing,
    read,
  };

  /// `options` must outlive the connection.
  [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const SqliteOptions& options, Use use);

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// Runs SQL of the driver itself, one statement or more. `what` is the operation of errors; empty: the beginning of
  /// `sql`.
  [[nodiscard]] Result<void> run(const char* sql, std::string_view what = {});
  /// Returns the first column of every row of the driver's own query.
  [[nodiscard]] Result<std::vector<std::string>> lines(std::string_view sql, std::string_view what);
  /// Switches write-ahead logging on, which the file remembers.
  [[nodiscard]] Result<void> use_wal();
  /// False after SQLite has rolled everything back by itself: full disk, I/O error, interrupted write.
  [[nodiscard]] bool in_transaction() const noexcept { return sqlite3_get_autocommit(db_.get()) == 0; }
  void roll_back() noexcept;
  /// The prepared form of a caller's statement, under the rules of its plane; cached.
  [[nodiscard]] Result<StatementLease> prepare(const Statement& statement, Plane plane);
  /// The prepared form of an INSERT that the driver generated; `key` identifies it in the cache.
  [[nodiscard]] Result<StatementLease> prepare_insert(std::string key, FunctionRef<std::string()> sql,
                                                      std::string_view name, Plane plane);

  /// While it is set, waits for locks and long statements end with the context.
  void watch(const CallContext* context) noexcept;

  [[nodiscard]] sqlite3* get() const noexcept { return db_.get(); }
  [[nodiscard]] const SqliteOptions& options() const noexcept { return options_; }
  [[nodiscard]] Error error(int code, std::string_view what) const;
  [[nodiscard]] Instant now() const { return now_by(options_); }
  /// Deadlines are compared with it.
  [[nodiscard]] static Instant now_by(const SqliteOptions& options);

 private:
  [[nodiscard]] Result<void> set_up(const SqliteOptions& options, bool writes);
  explicit Connection(const SqliteOptions& options) : options_(options) {}
  [[nodiscard]] Result<std::unique_ptr<Prepared>> compile(std::string_view sql, std::string_view name, Plane plane,
                                                          bool may_insert);
  [[nodiscard]] Result<void> check_planes(Plane plane, std::string_view name) const;
  [[nodiscard]] bool context_ended() const noexcept;

  static int authorize(void* self, int action, const char* first, const char* second, const char*, const char*);
  static int on_busy(void* self, int tries);
  static int on_progress(void* self);

  /// SQLite calls it while it compiles a statement.
  struct Rules {
    bool active = false;
    Plane plane = Plane::tenant;
    bool may_insert = false;
    Errc refusal = Errc::store_sql;
    std::string refused;
  };
  /// Linkers may place one text at the beginning of another, and one text may be used for two planes.
  struct Address {
    const char* text;
    std::size_t size;
    Plane plane;
    friend bool operator==(const Address&, const Address&) = default;
  };
  struct AddressHash {
    std::size_t operator()(const Address& key) const noexcept {
      return std::hash<const void*>()(key.text) ^ (key.size << 1) ^ static_cast<std::size_t>(key.plane);
    }
  };

  const SqliteOptions& options_;
  std::unique_ptr<sqlite3, CloseConnection> db_;
  Rules rules_;
  const CallContext* context_ = nullptr;
  std::chrono::steady_clock::time_point busy_since_{};
  std::unordered_map<Address, std::unique_ptr<Prepared>, AddressHash> by_address_;
  std::unordered_map<std::string, std::unique_ptr<Prepared>> by_key_;
};

}  // namespace stocktracker::inline v0::sqlite
