/// Names of languages and time zones, as settings of tenants and users take them.
#pragma once

#include <algorithm>
#include <string_view>

namespace stocktracker::inline v0 {

/// Letters, digits and the bytes of `beside`.
[[nodiscard]] inline bool all_of(std::string_view text, std::string_view beside) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           beside.find(c) != std::string_view::npos;
  });
}

[[nodiscard]] inline bool is_language_tag(std::string_view text) {
  return text.size() >= 2 && text.size() <= 35 && all_of(text, "-") && text.front() != '-' && text.back() != '-';
}
inline constexpr std::string_view kLanguageTag = "must be a language tag, e.g. ru or en-US";

[[nodiscard]] inline bool is_zone_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && all_of(text, "_+-/") && text.front() != '/' && text.back() != '/' &&
         text.find("//") == std::string_view::npos;
}
inline constexpr std::string_view kZoneName = "must be a name of the time zone database, e.g. Europe/Moscow";

}  // namespace stocktracker::inline v0
