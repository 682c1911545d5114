// Reads times and days of the tenant's zone from options.
#include "server/app/time_options.hpp"

#include <stocktracker/analytics/period.hpp>
#include <stocktracker/core/time_text.hpp>
#include <stocktracker/tenant/settings.hpp>

namespace server {

namespace st = stocktracker;

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
  if (at.error().errc() != st::Errc::invalid_text) return std::move(at).error();  // the zone is wrong, not the text
  return std::move(at).error().about(option);
}

}  // namespace server
