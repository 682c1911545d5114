// Opens a store on PostgreSQL: its tables, its shared limits, its migrations.
#include "server/app/database_url.hpp"

#include <stocktracker/assembly/open.hpp>
#ifdef STK_POSTGRES
#include <stocktracker/adapters/postgres.hpp>
#endif

namespace server {

namespace st = stocktracker;

bool is_url(const std::string& db) { return db.starts_with("postgresql://") || db.starts_with("postgres://"); }

std::string refusal_of_db(const std::string& db) {
  if (db.empty()) return "names no store: give a file, a folder or postgresql://...";
  const bool looks_like_url = db.find("://") != std::string::npos || db.find("password=") != std::string::npos;
  if (is_url(db) || !looks_like_url) return {};
  return "is neither a path nor a URL that begins with postgresql://";
}

#ifdef STK_POSTGRES
namespace {

st::Result<st::PostgresOptions> options_for(const Session& session) {
  st::PostgresOptions options;
  options.url = session.db;
  options.schema = st::schema();
  options.allow_unverified_server = session.allow_unverified_server;
  if (session.pooling == "transaction") {
    options.pooling = st::PostgresPooling::transaction;
  } else if (session.pooling != "session") {
    return st::Error(st::Errc::invalid_argument, "--pooling is session or transaction").about("pooling");
  }
  return options;
}

}  // namespace

st::Result<std::shared_ptr<st::Storage>> open_url(const Session& session) {
  STK_TRY(auto options, options_for(session));
  return st::make_postgres_storage(std::move(options));
}

st::Result<std::shared_ptr<st::QuotaMemory>> limits_url(const Session& session) {
  STK_TRY(auto options, options_for(session));
  options.connections = 2;
  return st::make_postgres_quota(std::move(options));
}

st::Result<std::vector<std::string>> migrate_url(const Session& session, const std::string& app_role) {
  STK_TRY(auto options, options_for(session));
  if (!app_role.empty()) options.app_role = app_role;
  return st::migrate_postgres(options, session.context);
}
#else
namespace {

st::Error without() {
  return st::Error(st::Errc::unsupported, "this build of stocktracker has no PostgreSQL (STK_BUILD_POSTGRES)")
      .about("db");
}

}  // namespace

st::Result<std::shared_ptr<st::Storage>> open_url(const Session&) { return without(); }
st::Result<std::shared_ptr<st::QuotaMemory>> limits_url(const Session&) { return without(); }
st::Result<std::vector<std::string>> migrate_url(const Session&, const std::string&) { return without(); }
#endif

}  // namespace server
