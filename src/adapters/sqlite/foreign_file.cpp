// Copies a foreign file row by row into a fresh one.
#include "adapters/sqlite/foreign_file.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <vector>

#include "adapters/sqlite/draft.hpp"
#include "adapters/sqlite/foreign_rows.hpp"
#include "adapters/sqlite/foreign_schema.hpp"
#include "adapters/sqlite/migrations.hpp"
#include "adapters/sqlite/owner.hpp"

namespace stocktracker::inline v0::sqlite {
namespace {

/// The private copy of the file, open and checked.
struct Inspected {
  std::unique_ptr<ForeignConnection> file;
  ForeignContent content;
};

Result<Inspected> take_in(const ForeignFileOptions& options, const PrivateFolder& place, const CallContext& context) {
  SqliteOptions clock;
  clock.clock = options.clock;
  const std::string copy = place.path() + "/source.db";
  STK_TRY(copy_in(options.path, copy, options.max_bytes, context, [&] { return Connection::now_by(clock); }));
  Inspected inspected;
  STK_TRY(inspected.file, ForeignConnection::open(copy, options.path, context, options.clock));
  STK_TRY(inspected.content, inspect(*inspected.file, options.schema, options.plane));
  return inspected;
}

std::vector<Migration> of_plane(std::span<const Migration> all, Plane plane) {
  std::vector<Migration> own;
  std::copy_if(all.begin(), all.end(), std::back_inserter(own),
               [&](const Migration& migration) { return migration.plane == plane; });
  return own;
}

/// Finds the owner of the fresh file.
Result<TenantId> owner_of(const ForeignFileOptions& options, const ForeignContent& content) {
  if (options.plane == Plane::control) return TenantId();
  auto named = TenantId::parse(content.owner);
  if (named && (options.owner.is_nil() || options.owner == named.value())) return named;
  if (!named && options.owner.is_nil() && content.of_one_seller && !options.new_owner.is_nil()) {
    return options.new_owner;
  }
  const std::string owner_text = named ? "of tenant " + content.owner : std::string("of no tenant of a folder");
  const std::string wanted = options.owner.is_nil() ? std::string() : ", not of " + options.owner.text();
  return Error(Errc::store_unreadable, options.path + " holds the data " + owner_text + wanted + "; name another file")
      .during("import")
      .about("tenant");
}

/// While rows are written, no other process knows the file: neither a journal on disk nor a flush is needed. A
/// connection in defensive mode does not write without any journal.
constexpr const char* kUnguarded = "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY; BEGIN";

Result<std::uint64_t> fill(const std::string& path, const Inspected& from, const ForeignFileOptions& given,
                           const CallContext& context) {
  const auto migrations = of_plane(from.content.applied, given.plane);
  SqliteOptions options;
  options.path = path;
  options.clock = given.clock;
  options.schema = {migrations, given.schema.tables};
  STK_TRY(auto connection, Connection::open(options, Connection::Use::write));
  STK_TRY(migrate(*connection));
  connection->watch(&context);
  STK_TRY(connection->run(kUnguarded));
  STK_TRY(const std::uint64_t rows, copy_rows(*from.file, from.content, *connection, given.max_rows));
  STK_TRY(check_references(*from.file, from.content, *connection));
  STK_TRY(connection->run("COMMIT"));
  connection->watch(nullptr);
  return rows;
}

/// Applies the migrations that the foreign file lacked, and sets the owner.
Result<void> finish(const std::string& path, const ForeignFileOptions& given, const TenantId& owner,
                    const CallContext& context) {
  const auto migrations = of_plane(given.schema.migrations, given.plane);
  SqliteOptions options;
  options.path = path;
  options.clock = given.clock;
  options.schema = {migrations, given.schema.tables};
  STK_TRY(auto connection, Connection::open(options, Connection::Use::write_existing));
  connection->watch(&context);
  STK_TRY(migrate(*connection));
  if (!owner.is_nil()) {
    STK_TRY(claim(*connection, owner.text()));
  }
  STK_TRY(connection->lines("PRAGMA wal_checkpoint(TRUNCATE)", "import"));
  connection->watch(nullptr);
  return context.check(connection->now());
}

Result<CallContext> begin(const ForeignFileOptions& options, const CallContext& given) {
  STK_TRY(options.validate());
  SqliteOptions clock;
  clock.clock = options.clock;
  const Instant now = Connection::now_by(clock);
  CallContext context = given.started(now);
  STK_TRY(context.check(now));
  return context;
}

}  // namespace

Result<FreshFile> make_fresh(const ForeignFileOptions& options, const PrivateFolder& place, const CallContext& given) {
  STK_TRY(const CallContext context, begin(options, given));
  STK_TRY(const Inspected from, take_in(options, place, context));
  FreshFile fresh{place.path() + "/fresh.db", {}};
  STK_TRY(fresh.report.owner, owner_of(options, from.content));
  STK_TRY(check_pages(*from.file));
  STK_TRY(fresh.report.rows, fill(fresh.path, from, options, context));
  STK_TRY(finish(fresh.path, options, fresh.report.owner, context));
  return fresh;
}

}  // namespace stocktracker::inline v0::sqlite

namespace stocktracker::inline v0 {

Result<ForeignFileReport> read_foreign_file(const ForeignFileOptions& options, const std::string& target,
                                            const CallContext& context) {
  struct stat status {};
  if (::lstat(target.c_str(), &status) == 0) {
    return Error(Errc::invalid_argument, target + " is there already; name another").about("target");
  }
  const std::string folder = std::filesystem::path(target).parent_path().string();
  STK_TRY(const auto place, sqlite::PrivateFolder::make(folder.empty() ? "." : folder));
  STK_TRY(const auto fresh, sqlite::make_fresh(options, place, context));
  STK_TRY(sqlite::flush(fresh.path));
  STK_TRY(sqlite::take_name(fresh.path, target));
  STK_TRY(sqlite::flush(folder.empty() ? "." : folder));
  return fresh.report;
}

Result<TenantId> foreign_owner(const ForeignFileOptions& options, const CallContext& given) {
  STK_TRY(const CallContext context, sqlite::begin(options, given));
  STK_TRY(const auto place, sqlite::PrivateFolder::make({}));
  STK_TRY(const auto found, sqlite::take_in(options, place, context));
  if (!found.content.owner.empty()) return TenantId::parse(found.content.owner);
  if (found.content.of_one_seller) return TenantId();
  return Error(Errc::store_unreadable, options.path + " holds the data of no tenant; name an export or a backup")
      .during("import")
      .about("path");
}

}  // namespace stocktracker::inline v0
