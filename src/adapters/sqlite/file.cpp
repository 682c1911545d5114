#include "adapters/sqlite/file.hpp"

#include <sys/stat.h>

#include "adapters/sqlite/migrations.hpp"
#include "adapters/sqlite/owner.hpp"
#include "adapters/sqlite/transaction.hpp"

namespace stocktracker::inline v0::sqlite {
namespace {

ino_t inode_of(const std::string& path) noexcept {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

}  // namespace

Result<std::shared_ptr<File>> File::open(SqliteOptions given, Connection::Use use, const std::string& owner) {
  auto file = std::make_shared<File>(std::move(given));
  STK_TRY(auto connection, Connection::open(file->options_, use));
  if (file->options_.read_only) {
    STK_TRY(check_history(*connection, true));
    if (!owner.empty()) {
      STK_TRY(check_owner(*connection, owner));
    }
  } else {
    STK_TRY(migrate(*connection));
    if (!owner.empty()) {
      STK_TRY(use == Connection::Use::write ? claim(*connection, owner) : check_owner(*connection, owner));
    }
    file->writer_ = std::make_unique<Writer>(std::move(connection));
  }
  file->inode_ = inode_of(file->options_.path);
  return file;
}

Result<void> carry_log_over(const SqliteOptions& options) {
  STK_TRY(auto connection, Connection::open(options, Connection::Use::write_existing));
  STK_TRY(connection->lines("PRAGMA wal_checkpoint(TRUNCATE)", "checkpoint"));
  return success();
}

bool File::is_there() const noexcept { return in_memory() || inode_of(options_.path) == inode_; }

Result<void> File::transact(Plane plane, const CallContext& given, TransactMode mode,
                            FunctionRef<Result<void>(Transaction&)> body) {
  if (InsideBody::now()) return Error(Errc::store_nested, "a transaction was begun inside another");
  const Instant now = Connection::now_by(options_);
  const CallContext context = given.started(now);
  STK_TRY(context.check(now));
  // A memory database is one connection: reading takes its turn with writing.
  if (mode == TransactMode::read && !in_memory()) return readers_.transact(plane, context, body);
  if (!writer_) return Error(Errc::store_read_only, options_.path + " was opened for reading only");
  return writer_->transact(plane, context, mode, body);
}

Result<std::vector<StorageFinding>> examine_file(const SqliteOptions& options, const CallContext& given) {
  const CallContext context = given.started(Connection::now_by(options));
  STK_TRY(context.check(Connection::now_by(options)));
  if (options.path == ":memory:") return std::vector<StorageFinding>{{"file", true, "none: the store is in memory"}};
  std::vector<StorageFinding> findings;
  // A connection of its own: an examination of a large file must not hold a reader that others wait for.
  auto opened = Connection::open(options, Connection::Use::read);
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

}  // namespace stocktracker::inline v0::sqlite
