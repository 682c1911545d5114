// Reads times without a zone, which the API means as Moscow time.
#include "adapters/wildberries/moscow_time.hpp"

#include <stocktracker/core/time_text.hpp>

namespace stocktracker::inline v0::wildberries {

Result<std::optional<Instant>> parse_moscow_time(std::string_view text) {
  if (text.starts_with("0001-01-01")) return std::optional<Instant>();
  STK_TRY(const Instant at, parse_wall_time(text, std::chrono::hours(3)));
  return std::optional<Instant>(at);
}

}  // namespace stocktracker::inline v0::wildberries
