// Paths beside a store, and the tenant of a command.
#include "server/app/session.hpp"

#include <sys/stat.h>

#include <stocktracker/tenant/tenants.hpp>

#include "server/app/open_store.hpp"

namespace server {

namespace st = stocktracker;

std::string companion(const Session& session, const std::string& suffix) {
  struct stat status {};
  const bool folder =
      session.db.ends_with('/') || (::stat(session.db.c_str(), &status) == 0 && S_ISDIR(status.st_mode));
  if (!folder) return session.db + "." + suffix;
  return session.db + (session.db.ends_with('/') ? "" : "/") + suffix;
}

std::string without_slashes(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

st::Result<void> choose_tenant(Session& session) {
  if (session.tenant.empty()) return st::success();
  if (const auto id = st::TenantId::parse(session.tenant)) {
    session.context.tenant = id.value();
    return st::success();
  }
  STK_TRY(const auto engine, open_for_reading(session));
  STK_TRY(const auto tenant, engine.tenants().find(session.tenant, session.context));
  session.context.tenant = tenant.id;
  return st::success();
}

}  // namespace server
