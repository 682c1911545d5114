/// Texts that every store takes: UTF-8 without a zero byte, and not too long to be indexed or restored.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/utf8.hpp"

namespace stocktracker::inline v0 {

/// In bytes. PostgreSQL indexes rows of up to 8,191 bytes; a longer key identifies nothing that a marketplace sells.
inline constexpr std::size_t kLongestKey = 1'024;
/// In bytes, for texts that are only shown.
inline constexpr std::size_t kLongestText = 65'536;

[[nodiscard]] inline bool is_storable(std::string_view text, std::size_t longest) noexcept {
  if (text.size() > longest) return false;
  return is_plain_ascii(text) || (text.find('\0') == text.npos && is_utf8(text));
}
[[nodiscard]] inline bool is_storable_key(std::string_view key) noexcept { return is_storable(key, kLongestKey); }
[[nodiscard]] inline bool is_storable_text(std::string_view text) noexcept { return is_storable(text, kLongestText); }

/// A name that people read: storable, with something to see in it, and without characters that command a terminal or
/// turn the direction of writing (`is_invisible_control`).
[[nodiscard]] bool is_visible_name(std::string_view text, std::size_t longest) noexcept;

/// The text with U+FFFD in the place of each byte that no store takes, cut between characters. A name that a
/// marketplace writes badly is shown badly, and costs nothing else.
[[nodiscard]] std::string storable_text(std::string_view text);

}  // namespace stocktracker::inline v0
