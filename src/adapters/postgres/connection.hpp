/// Connection: statements with a deadline and a stop token; it never reconnects by itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <stocktracker/adapters/postgres.hpp>
#include <stocktracker/core/function_ref.hpp>

#include "adapters/postgres/error_map.hpp"
#include "adapters/postgres/statement_book.hpp"

namespace stocktracker::inline v0::postgres {

struct CloseConnection {
  void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
};

/// Parameters of a statement in libpq's form. Texts are borrowed.
class Parameters {
 public:
  void add(const SqlValue& value);
  /// A text that the server parses itself: uuid, arrays. Must outlive the call and end with a zero byte.
  void add_literal(const std::string& text);
  [[nodiscard]] int size() const noexcept { return static_cast<int>(values_.size()); }

 private:
  friend class Connection;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
  std::vector<std::unique_ptr<char[]>> numbers_;
};

/// For one thread at a time.
class Connection {
 public:
  /// `options` and the book, which may be null, must outlive the connection.
  [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const PostgresOptions& options,
                                                                const CallContext& context,
                                                                StatementBook* book = nullptr);
  /// Prepares the statements that the book calls common, with one round trip per plane. A failure spoils the
  /// connection.
  [[nodiscard]] Result<void> warm(const CallContext& context);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Runs SQL of the driver itself, one statement or more; returns the last answer.
  [[nodiscard]] Result<PgResult> run(const std::string& sql, std::string_view what, const CallContext& context);
  /// Runs a statement with static text: prepared once for each plane, if the pooling permits it.
  [[nodiscard]] Result<PgResult> run(std::string_view sql, std::string_view what, Plane plane,
                                     const Parameters& parameters, const CallContext& context);
  /// The same for text that the driver generated; `key` identifies the prepared form.
  [[nodiscard]] Result<PgResult> run_keyed(const std::string& key, FunctionRef<std::string()> sql,
                                           std::string_view what, const Parameters& parameters,
                                           const CallContext& context);
  /// Not prepared: for statements about a temporary table.
  [[nodiscard]] Result<PgResult> run_once(const std::string& sql, std::string_view what, const Parameters& parameters,
                                          const CallContext& context);
  /// COPY ... FROM STDIN; `fill` appends lines to the buffer and returns false after the last one.
  [[nodiscard]] Result<void> copy_in(const std::string& sql, std::string_view what,
                                     FunctionRef<bool(std::string&)> fill, const CallContext& context);

  /// True if nobody else may use it: it is lost, or a cancellation may still reach it.
  [[nodiscard]] bool spoilt() const noexcept;
  void spoil() noexcept { spoilt_ = true; }
  /// True if the server has closed an idle connection. No round trip.
  [[nodiscard]] bool closed_meanwhile() noexcept;
  [[nodiscard]] bool in_transaction() const noexcept { return PQtransactionStatus(connection_.get()) != PQTRANS_IDLE; }
  /// The SQLSTATE of the last failure; empty if the connection was lost.
  [[nodiscard]] const std::string& last_state() const noexcept { return last_state_; }
  /// The permanent name of this connection in the table of commits.
  [[nodiscard]] const std::string& id() const noexcept { return id_; }
  [[nodiscard]] std::int64_t next_commit() noexcept { return ++commits_; }
  void forget_state() noexcept { last_state_.clear(); }
  /// The server ends the transaction that has begun if it is idle for longer than this.
  void expect_idle_limit(Duration limit) noexcept { idle_limit_ = limit; }
  [[nodiscard]] const PostgresOptions& options() const noexcept { return options_; }
  [[nodiscard]] Instant now() const { return now_by(options_); }
  [[nodiscard]] static Instant now_by(const PostgresOptions& options);

 private:
  explicit Connection(const PostgresOptions& options);
  [[nodiscard]] Result<void> connect(const CallContext& context);
  [[nodiscard]] Result<PgResult> answer(std::string_view what, const CallContext& context);
  [[nodiscard]] Result<void> wait(std::string_view what, const CallContext& context);
  [[nodiscard]] Result<std::string> prepared(const std::string& sql, std::string_view what, const CallContext& context);
  [[nodiscard]] Result<PgResult> run_prepared(const std::string& name, std::string_view what,
                                              const Parameters& parameters, const CallContext& context);
  [[nodiscard]] Result<void> warm(Plane plane, const std::vector<Address>& statements, const CallContext& context);
  [[nodiscard]] Result<void> find_vanished_clients(const CallContext& context);
  [[nodiscard]] Error sent_nothing(std::string_view what);

  const PostgresOptions& options_;
  const std::string id_;
  std::int64_t commits_ = 0;
  std::unique_ptr<PGconn, CloseConnection> connection_;
  bool spoilt_ = false;
  std::string last_state_;
  Duration idle_limit_{};  ///< zero: no limited transaction is running
  std::chrono::steady_clock::time_point answered_{};
  std::chrono::steady_clock::time_point asked_{};
  StatementBook* book_ = nullptr;
  unsigned statements_ = 0;
  std::unordered_map<Address, std::string, AddressHash> by_address_;
  std::unordered_map<std::string, std::string> by_key_;
};

}  // namespace stocktracker::inline v0::postgres
