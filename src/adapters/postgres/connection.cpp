// Connection of libpq: statements, cancellation, deadlines.
#include "adapters/postgres/connection.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <random>
#include <thread>

#include "adapters/postgres/server_identity.hpp"
#include "ports/deadline_check.hpp"

namespace stocktracker::inline v0::postgres {
namespace {

using std::chrono::steady_clock;

constexpr int kSliceMs = static_cast<int>(kDeadlineCheck.count());  // as poll(2) takes it
constexpr auto kCancelGrace = std::chrono::seconds(5);

bool is_failure(ExecStatusType status) noexcept {
  return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE || status == PGRES_NONFATAL_ERROR;
}

void ignore_notice(void*, const PGresult*) {}

/// PQcancel connects and waits without a limit: if the network is broken, its caller would wait, too.
void cancel_aside(PGcancel* given) noexcept {
  std::shared_ptr<PGcancel> cancel(given, [](PGcancel* one) { PQfreeCancel(one); });
  if (!cancel) return;
  try {
    std::thread([cancel] {
      std::array<char, 256> complaint{};
      PQcancel(cancel.get(), complaint.data(), static_cast<int>(complaint.size()));
    }).detach();
  } catch (...) {  // no thread can be started: the connection is given up after the grace period
  }
}

std::string random_id() {
  std::random_device device;
  std::array<std::uint8_t, 16> bytes;
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(device());
  return Uuid(bytes).text();
}

}  // namespace

void Parameters::add(const SqlValue& value) {
  switch (value.type()) {
    case SqlValue::Type::null:
      values_.push_back(nullptr);
      lengths_.push_back(0);
      formats_.push_back(0);
      return;
    case SqlValue::Type::integer: {
      // As text: the server knows whether the column has two, four or eight bytes.
      auto& number = numbers_.emplace_back(new char[24]);
      *std::to_chars(number.get(), number.get() + 23, value.integer()).ptr = '\0';
      values_.push_back(number.get());
      lengths_.push_back(0);
      formats_.push_back(0);
      return;
    }
    case SqlValue::Type::text:
    case SqlValue::Type::blob:
      // The binary form of both is their bytes.
      values_.push_back(value.text().data() == nullptr ? "" : value.text().data());
      lengths_.push_back(static_cast<int>(value.text().size()));
      formats_.push_back(1);
      return;
  }
}

void Parameters::add_literal(const std::string& text) {
  values_.push_back(text.c_str());
  lengths_.push_back(0);
  formats_.push_back(0);
}

Connection::Connection(const PostgresOptions& options) : options_(options), id_(random_id()) {}

Instant Connection::now_by(const PostgresOptions& options) {
  if (options.clock) return options.clock->now();
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return Instant::from_micros(std::chrono::duration_cast<Duration>(since).count());
}

Result<std::unique_ptr<Connection>> Connection::open(const PostgresOptions& options, const CallContext& context,
                                                     StatementBook* book) {
  std::unique_ptr<Connection> connection(new Connection(options));
  connection->book_ = book;
  STK_TRY(connection->connect(context));
  return connection;
}

Result<void> Connection::connect(const CallContext& context) {
  const std::string_view secret = options_.password.reveal();
  const std::string password(secret);
  // Keepalives detect a server that disappeared.
  std::vector<const char*> names{"dbname",          "application_name",    "client_encoding",
                                 "keepalives_idle", "keepalives_interval", "tcp_user_timeout"};
  std::vector<const char*> values{options_.url.c_str(), "stocktracker", "UTF8", "30", "10", "30000"};
  // Set here; otherwise PGSSLMODE or a service file would count.
  if (must_verify(options_)) {
    names.insert(names.end(), {"sslmode", "gssencmode"});
    values.insert(values.end(), {"verify-full", "disable"});
  }
  if (!password.empty()) {
    names.push_back("password");
    values.push_back(password.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  connection_.reset(PQconnectStartParams(names.data(), values.data(), 1));
  const auto until = steady_clock::now() + options_.connect_timeout;
  PostgresPollingStatusType wanted = PGRES_POLLING_WRITING;
  while (connection_ && PQstatus(connection_.get()) != CONNECTION_BAD) {
    STK_TRY(context.check(now()));
    if (steady_clock::now() >= until) {
      return Error(Errc::store_unreachable, "connect: no answer from the server in time").during("connect").may_retry();
    }
    pollfd ready{PQsocket(connection_.get()), static_cast<short>(wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT),
                 0};
    if (::poll(&ready, 1, kSliceMs) <= 0) continue;
    wanted = PQconnectPoll(connection_.get());
    if (wanted == PGRES_POLLING_FAILED) break;
    if (wanted != PGRES_POLLING_OK) continue;
    PQsetnonblocking(connection_.get(), 1);
    PQsetNoticeReceiver(connection_.get(), &ignore_notice, nullptr);
    return find_vanished_clients(context);
  }
  spoilt_ = true;
  return lost(connection_.get(), "connect");
}

/// The server must detect a lost client, too. As statements of the session, because poolers refuse startup options; for
/// a pooler's own connections the pooler's settings count.
Result<void> Connection::find_vanished_clients(const CallContext& context) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  const bool known = ::getpeername(PQsocket(connection_.get()), reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (!known || address.ss_family == AF_UNIX || options_.pooling == PostgresPooling::transaction) return success();
  auto set =
      run("SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; "
          "SET tcp_user_timeout = 30000",
          "connect", context);
  if (!set && spoilt()) return std::move(set).error();
  return success();
}

bool Connection::spoilt() const noexcept { return spoilt_ || PQstatus(connection_.get()) != CONNECTION_OK; }

bool Connection::closed_meanwhile() noexcept {
  pollfd ready{PQsocket(connection_.get()), POLLIN, 0};
  if (::poll(&ready, 1, 0) > 0 && PQconsumeInput(connection_.get()) == 0) spoilt_ = true;
  return spoilt();
}

Error Connection::sent_nothing(std::string_view what) {
  spoilt_ = true;
  last_state_.clear();
  // Over TCP the server's own message about it may be lost: the time decides.
  const auto silent = (asked_ > answered_ ? asked_ : steady_clock::now()) - answered_;
  if (idle_limit_ > Duration::zero() && silent >= idle_limit_) {
    last_state_ = kIdleTooLong;
    return lost_in_silence(what, idle_limit_);
  }
  return lost(connection_.get(), what);
}

/// Waits until an answer can be read. If the call ends meanwhile, the server is asked once to stop, and its answer is
/// read; if it does not answer, the connection is closed.
Result<void> Connection::wait(std::string_view what, const CallContext& context) {
  steady_clock::time_point give_up{};
  while (true) {
    const int unsent = PQflush(connection_.get());
    if (unsent < 0) return sent_nothing(what);
    if (unsent == 0 && PQisBusy(connection_.get()) == 0) return success();
    pollfd ready{PQsocket(connection_.get()), static_cast<short>(unsent > 0 ? POLLIN | POLLOUT : POLLIN), 0};
    const int found = ::poll(&ready, 1, kSliceMs);
    if (found > 0 && PQconsumeInput(connection_.get()) == 0) return sent_nothing(what);
    if (found > 0 && give_up == steady_clock::time_point()) continue;
    auto ended = context.check(now());
    if (ended && give_up == steady_clock::time_point()) continue;
    if (give_up == steady_clock::time_point()) {
      // It may arrive late and hit a later statement: nobody else gets this connection.
      spoilt_ = true;
      give_up = steady_clock::now() + kCancelGrace;
      cancel_aside(PQgetCancel(connection_.get()));
    } else if (steady_clock::now() >= give_up) {
      last_state_.clear();
      return ended ? Result<void>(sent_nothing(what)) : ended;
    }
  }
}

Result<PgResult> Connection::answer(std::string_view what, const CallContext& context) {
  PgResult last;
  asked_ = steady_clock::now();
  while (true) {
    STK_TRY(wait(what, context));
    PgResult next(PQgetResult(connection_.get()));
    if (!next) break;
    const ExecStatusType status = PQresultStatus(next.get());
    if (last && is_failure(PQresultStatus(last.get()))) continue;  // the first failure is the reason
    last = std::move(next);
    if (status == PGRES_COPY_IN) {
      answered_ = steady_clock::now();
      return last;
    }
  }
  if (!last) return sent_nothing(what);
  if (PQstatus(connection_.get()) == CONNECTION_OK) {
    answered_ = steady_clock::now();
    if (!in_transaction()) idle_limit_ = {};
  }
  if (!is_failure(PQresultStatus(last.get()))) return last;
  last_state_ = state_of(last.get());
  if (PQstatus(connection_.get()) != CONNECTION_OK) return sent_nothing(what);
  if (last_state_ == "57014" || last_state_ == "55P03") {
    // Reported as the end of the call, as far as that is the reason.
    STK_TRY(context.check(now()));
  }
  return translate(last.get(), what).in(context);
}

Result<PgResult> Connection::run(const std::string& sql, std::string_view what, const CallContext& context) {
  if (PQsendQuery(connection_.get(), sql.c_str()) == 0) return sent_nothing(what);
  return answer(what, context);
}

Result<PgResult> Connection::run_once(const std::string& sql, std::string_view what, const Parameters& parameters,
                                      const CallContext& context) {
  const int sent =
      PQsendQueryParams(connection_.get(), sql.c_str(), parameters.size(), nullptr, parameters.values_.data(),
                        parameters.lengths_.data(), parameters.formats_.data(), 0);
  if (sent == 0) return sent_nothing(what);
  return answer(what, context);
}

Result<std::string> Connection::prepared(const std::string& sql, std::string_view what, const CallContext& context) {
  std::string name = "s" + std::to_string(++statements_);
  if (PQsendPrepare(connection_.get(), name.c_str(), sql.c_str(), 0, nullptr) == 0) return sent_nothing(what);
  STK_TRY(answer(what, context));
  return name;
}

Result<void> Connection::warm(const CallContext& context) {
  if (book_ == nullptr || options_.pooling == PostgresPooling::transaction) return success();
  for (const Plane plane : {Plane::control, Plane::tenant}) {
    const auto statements = book_->common(plane);
    if (statements.empty()) continue;
    if (auto done = warm(plane, statements, context); !done) {
      spoilt_ = true;
      return done;
    }
  }
  return success();
}

/// In their own transaction, because tables are looked up in the plane's schema, and in a pipeline.
Result<void> Connection::warm(Plane plane, const std::vector<Address>& statements, const CallContext& context) {
  constexpr std::string_view kWhat = "prepare";
  PGconn* const connection = connection_.get();
  const auto send = [&](const std::string& sql) {
    return PQsendQueryParams(connection, sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) != 0;
  };
  if (PQenterPipelineMode(connection) == 0) return sent_nothing(kWhat);
  bool sent = send("BEGIN") && send("SET LOCAL search_path = " + std::string(schema_of(plane)));
  std::vector<std::string> names;
  for (const Address& statement : statements) {
    names.push_back("s" + std::to_string(++statements_));
    const std::string sql(statement.text, statement.size);
    sent = sent && PQsendPrepare(connection, names.back().c_str(), sql.c_str(), 0, nullptr) != 0;
  }
  sent = sent && send("COMMIT") && PQpipelineSync(connection) != 0;
  if (!sent) return sent_nothing(kWhat);
  while (true) {
    STK_TRY(wait(kWhat, context));
    const PgResult next(PQgetResult(connection));
    if (!next) continue;  // separates two answers
    const ExecStatusType status = PQresultStatus(next.get());
    if (status == PGRES_PIPELINE_SYNC) break;
    if (is_failure(status)) return translate(next.get(), kWhat).in(context);
    if (status == PGRES_PIPELINE_ABORTED) return Error(Errc::store_sql, "statements could not be prepared");
  }
  if (PQexitPipelineMode(connection) == 0) return sent_nothing(kWhat);
  for (std::size_t n = 0; n < names.size(); ++n) by_address_.emplace(statements[n], std::move(names[n]));
  return success();
}

Result<PgResult> Connection::run_prepared(const std::string& name, std::string_view what, const Parameters& parameters,
                                          const CallContext& context) {
  const int sent = PQsendQueryPrepared(connection_.get(), name.c_str(), parameters.size(), parameters.values_.data(),
                                       parameters.lengths_.data(), parameters.formats_.data(), 0);
  if (sent == 0) return sent_nothing(what);
  return answer(what, context);
}

Result<PgResult> Connection::run(std::string_view sql, std::string_view what, Plane plane, const Parameters& parameters,
                                 const CallContext& context) {
  if (options_.pooling == PostgresPooling::transaction) return run_once(std::string(sql), what, parameters, context);
  const Address address{sql.data(), sql.size(), plane};
  auto known = by_address_.find(address);
  if (known == by_address_.end()) {
    STK_TRY(auto name, prepared(std::string(sql), what, context));
    if (book_ != nullptr) book_->note(address);
    known = by_address_.emplace(address, std::move(name)).first;
  }
  return run_prepared(known->second, what, parameters, context);
}

Result<PgResult> Connection::run_keyed(const std::string& key, FunctionRef<std::string()> sql, std::string_view what,
                                       const Parameters& parameters, const CallContext& context) {
  if (options_.pooling == PostgresPooling::transaction) return run_once(sql(), what, parameters, context);
  auto known = by_key_.find(key);
  if (known == by_key_.end()) {
    STK_TRY(auto name, prepared(sql(), what, context));
    known = by_key_.emplace(key, std::move(name)).first;
  }
  return run_prepared(known->second, what, parameters, context);
}

Result<void> Connection::copy_in(const std::string& sql, std::string_view what, FunctionRef<bool(std::string&)> fill,
                                 const CallContext& context) {
  STK_TRY(run(sql, what, context));
  std::string buffer;
  Result<void> state = success();
  for (bool more = true; more && state;) {
    buffer.clear();
    more = fill(buffer);
    state = context.check(now());
    while (state && !buffer.empty()) {
      const int taken = PQputCopyData(connection_.get(), buffer.data(), static_cast<int>(buffer.size()));
      if (taken < 0) return sent_nothing(what);
      if (taken > 0) break;
      pollfd ready{PQsocket(connection_.get()), POLLIN | POLLOUT, 0};
      if (::poll(&ready, 1, kSliceMs) > 0 && PQflush(connection_.get()) < 0) return sent_nothing(what);
      state = context.check(now());
    }
  }
  const char* refusal = state ? nullptr : "the call has ended";
  for (int taken = 0; (taken = PQputCopyEnd(connection_.get(), refusal)) <= 0;) {
    if (taken < 0) return sent_nothing(what);
    pollfd ready{PQsocket(connection_.get()), POLLIN | POLLOUT, 0};
    if (::poll(&ready, 1, kSliceMs) > 0 && PQflush(connection_.get()) < 0) return sent_nothing(what);
  }
  const auto answered = answer(what, context);
  STK_TRY(std::move(state));
  if (!answered) return answered.error();
  return success();
}

}  // namespace stocktracker::inline v0::postgres
