// Replaces what no store takes, and judges names.
#include "core/storable_text.hpp"

namespace stocktracker::inline v0 {

namespace {

/// White space of Unicode that is no control, and characters without width.
bool is_blank(std::string_view character) noexcept {
  for (const std::string_view blank : {" ", "\u00A0", "\u1680", "\u202F", "\u205F", "\u2060", "\u3000", "\uFEFF"}) {
    if (character == blank) return true;
  }
  return character >= "\u2000" && character <= "\u200D";
}

}  // namespace

bool is_visible_name(std::string_view text, std::size_t longest) noexcept {
  if (!is_storable(text, longest)) return false;
  bool seen = false;
  while (!text.empty()) {
    const std::string_view character = text.substr(0, utf8_length(text));
    if (is_invisible_control(character)) return false;
    seen = seen || !is_blank(character);
    text.remove_prefix(character.size());
  }
  return seen;
}

std::string storable_text(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = text.front() == '\0' ? 0 : utf8_length(text);
    const std::string_view character = length == 0 ? "\uFFFD" : text.substr(0, length);
    if (clean.size() + character.size() > kLongestText) break;
    clean.append(character);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return clean;
}

}  // namespace stocktracker::inline v0
