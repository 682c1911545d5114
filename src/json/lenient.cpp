#include "json/lenient.hpp"

#include <charconv>

namespace stocktracker::inline v0::json {

std::optional<std::int64_t> whole(const Value& value) noexcept {
  if (const auto number = value.integer()) return number;
  const auto text = value.text();
  if (!text || text->empty()) return std::nullopt;
  std::int64_t number = 0;
  const char* end = text->data() + text->size();
  const auto parsed = std::from_chars(text->data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

std::optional<std::string> decimal(const Value& value) {
  if (const auto text = value.text()) return text->empty() ? std::nullopt : std::optional<std::string>(*text);
  return value.decimal();
}

std::optional<std::string> identity(const Value& value) {
  if (const auto text = value.text()) return std::string(*text);
  if (const auto number = value.integer()) return std::to_string(*number);
  return std::nullopt;
}

}  // namespace stocktracker::inline v0::json
