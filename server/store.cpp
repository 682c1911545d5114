#include "store.hpp"

#include <sys/stat.h>

#include <stocktracker/core/time_text.hpp>

#include "database_url.hpp"

namespace server {

namespace st = stocktracker;

st::Result<st::Engine> open_for_reading(const Session& session, const std::string& key_file) {
  struct stat status {};
  if (is_url(session.db)) {
    STK_TRY(auto storage, open_url(session));
    return st::open(
        {.storage = std::move(storage), .read_only = true, .key_file = key_file, .telemetry = session.telemetry});
  }
  if (::stat(session.db.c_str(), &status) != 0) {
    return st::Error(st::Errc::not_found, "there is no store " + session.db +
                                              "; `stocktracker connect wildberries --db " + session.db + "` makes one");
  }
  return st::open({.path = session.db, .read_only = true, .key_file = key_file, .telemetry = session.telemetry});
}

std::string companion(const Session& session, const std::string& suffix) {
  struct stat status {};
  const bool folder =
      session.db.ends_with('/') || (::stat(session.db.c_str(), &status) == 0 && S_ISDIR(status.st_mode));
  if (!folder) return session.db + "." + suffix;
  return session.db + (session.db.ends_with('/') ? "" : "/") + suffix;
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

st::Result<std::optional<st::AccountId>> account_named(const st::Engine& engine, const std::string& name,
                                                       const Session& session) {
  if (name.empty()) return std::optional<st::AccountId>();
  STK_TRY(const auto account, engine.accounts().find(name, session.context));
  return std::optional<st::AccountId>(account.id);
}

st::Result<std::optional<st::Instant>> instant_option(const std::string& option, const std::string& text) {
  if (text.empty()) return std::optional<st::Instant>();
  auto at = st::parse_rfc3339(text);
  if (!at) return std::move(at).error().about(option);
  return std::optional<st::Instant>(at.value());
}

st::Result<std::optional<st::Instant>> day_or_instant_option(const st::Engine& engine, const std::string& option,
                                                             const std::string& text, const Session& session) {
  constexpr std::size_t kDaySize = 10;  // 2026-11-21
  if (text.size() != kDaySize) return instant_option(option, text);
  STK_TRY(const auto settings, engine.settings().get(session.context));
  auto at = st::start_of_day(text, settings.zone);
  if (at) return std::optional<st::Instant>(at.value());
  if (at.error().errc() != st::Errc::invalid_text) return std::move(at).error();  // the zone's fault, and about it
  return std::move(at).error().about(option);
}

}  // namespace server
