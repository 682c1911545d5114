// Removes control characters and marks of writing direction from UTF-8.
#include <stocktracker/core/visible_text.hpp>

#include "core/utf8.hpp"

namespace stocktracker::inline v0 {

std::string visible(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view character = text.substr(0, length);
    clean.append(length == 0 ? "?" : is_invisible_control(character) ? " " : character);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return clean;
}

}  // namespace stocktracker::inline v0
