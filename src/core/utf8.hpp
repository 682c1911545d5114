/// Which bytes are UTF-8.
#pragma once

#include <cstddef>
#include <string_view>

#include <stocktracker/abi.hpp>

namespace stocktracker::inline v0 {

/// Length of the well-formed UTF-8 sequence at the front of a text that is not empty, 0 when there is none (RFC 3629:
/// no surrogates, no overlongs).
[[nodiscard]] inline std::size_t utf8_length(std::string_view text) noexcept {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  std::size_t length = 0;
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  }
  if (length == 0 || text.size() < length || byte(1) < low || byte(1) > high) return 0;
  for (std::size_t at = 2; at < length; ++at) {
    if ((byte(at) & 0xC0) != 0x80) return 0;
  }
  return length;
}

/// Only ASCII, and no zero byte.
[[nodiscard]] inline bool is_plain_ascii(std::string_view text) noexcept {
  unsigned char bits = 0;
  bool zero = false;
  for (const char byte : text) {  // without a branch: the compiler takes many bytes at once
    bits = static_cast<unsigned char>(bits | static_cast<unsigned char>(byte));
    zero |= byte == '\0';
  }
  return bits < 0x80 && !zero;
}

[[nodiscard]] inline bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

/// Whether one well-formed character commands a terminal or turns the direction of writing: C0, DEL, C1 (CSI is
/// U+009B), U+061C, U+200E, U+200F, U+2028 to U+202E and U+2066 to U+2069.
[[nodiscard]] inline bool is_invisible_control(std::string_view character) noexcept {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(character[at]); };
  switch (character.size()) {
    case 1:
      return byte(0) < 0x20 || byte(0) == 0x7F;
    case 2:
      return (byte(0) == 0xC2 && byte(1) < 0xA0) || (byte(0) == 0xD8 && byte(1) == 0x9C);
    case 3:
      if (byte(0) != 0xE2) return false;
      if (byte(1) == 0x80) return byte(2) == 0x8E || byte(2) == 0x8F || (byte(2) >= 0xA8 && byte(2) <= 0xAE);
      return byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9;
    default:
      return false;
  }
}

}  // namespace stocktracker::inline v0
