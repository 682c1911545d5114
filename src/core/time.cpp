// An age as text.
#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0 {

std::string Age::text() const {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(elapsed).count();
  if (seconds < 60) return std::to_string(seconds < 0 ? 0 : seconds) + " s";
  const auto minutes = seconds / 60;
  if (minutes < 60) return std::to_string(minutes) + " min";
  const auto two = [](std::int64_t large, const char* unit, std::int64_t small, const char* rest) {
    std::string text = std::to_string(large) + unit;
    if (small != 0) text += " " + std::to_string(small) + rest;
    return text;
  };
  const auto hours = minutes / 60;
  if (hours < 24) return two(hours, " h", minutes % 60, " min");
  return two(hours / 24, " d", hours % 24, " h");
}

}  // namespace stocktracker::inline v0
