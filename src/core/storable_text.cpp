// Replaces what no store takes.
#include "core/storable_text.hpp"

namespace stocktracker::inline v0 {

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
