/// @file
/// One connection to the server: statements with a deadline and a stop token, never reconnected by itself.
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

/// Parameters of a statement as libpq takes them. Texts are borrowed.
class Parameters {
 public:
  void add(const SqlValue& value);
  /// A text that the server reads in its text form: uuid, arrays. Must outlive the call and end with a zero byte.
  void add_literal(const std::string& text);
  [[nodiscard]] int size() const noexcept { return static_cast<int>(values_.size()); }

 private:
  friend class Connection;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
  std::vector<std::unique_ptr<char[]>> numbers_;
};

/// Used by one thread at a time.
class Connection {
 public:
  /// `options` and the book, which may be null, must outlive the connection.
  [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const PostgresOptions& options,
                                                                const CallContext& context,
                                                                StatementBook* book = nullptr);
  /// Prepares what the book calls common, a round trip for each plane. A failure spoils the connection.
  [[nodiscard]] Result<void> warm(const CallContext& context);
  /// Statements that were prepared before they were asked for.
  [[nodiscard]] std::size_t warmed() const noexcept { return warmed_; }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// SQL of the driver itself, one statement or more; the last answer.
  [[nodiscard]] Result<PgResult> run(const std::string& sql, std::string_view what, const CallContext& context);
  /// A statement whose text is static: prepared once for each plane, where the pooling allows it.
  [[nodiscard]] Result<PgResult> run(std::string_view sql, std::string_view what, Plane plane,
                                     const Parameters& parameters, const CallContext& context);
  /// The same for text that the driver wrote; `key` finds the prepared form again.
  [[nodiscard]] Result<PgResult> run_keyed(const std::string& key, FunctionRef<std::string()> sql,
                                           std::string_view what, const Parameters& parameters,
                                           const CallContext& context);
  /// Not prepared: for statements about a table of this transaction.
  [[nodiscard]] Result<PgResult> run_once(const std::string& sql, std::string_view what, const Parameters& parameters,
                                          const CallContext& context);
  /// COPY ... FROM STDIN; `fill` appends lines to the buffer and answers false after the last.
  [[nodiscard]] Result<void> copy_in(const std::string& sql, std::string_view what,
                                     FunctionRef<bool(std::string&)> fill, const CallContext& context);

  /// Not to be given to anybody else: lost, or a cancellation may still be under way to it.
  [[nodiscard]] bool spoilt() const noexcept;
  void spoil() noexcept { spoilt_ = true; }
  /// Whether the server has closed an idle connection meanwhile. No round trip.
  [[nodiscard]] bool closed_meanwhile() noexcept;
  [[nodiscard]] bool in_transaction() const noexcept { return PQtransactionStatus(connection_.get()) != PQTRANS_IDLE; }
  /// The SQLSTATE of the last failure; empty where the connection was lost.
  [[nodiscard]] const std::string& last_state() const noexcept { return last_state_; }
  /// Names this connection in the table of commits, permanently.
  [[nodiscard]] const std::string& id() const noexcept { return id_; }
  [[nodiscard]] std::int64_t next_commit() noexcept { return ++commits_; }
  void forget_state() noexcept { last_state_.clear(); }
  /// The transaction that has begun is ended by the server when it is silent for so long.
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
  Duration idle_limit_{};  ///< zero: no transaction that it counts for
  std::chrono::steady_clock::time_point answered_{};
  std::chrono::steady_clock::time_point asked_{};
  StatementBook* book_ = nullptr;
  std::size_t warmed_ = 0;
  unsigned statements_ = 0;
  std::unordered_map<Address, std::string, AddressHash> by_address_;
  std::unordered_map<std::string, std::string> by_key_;
};

}  // namespace stocktracker::inline v0::postgres
