// Version 7 identifiers from a clock and random bytes.
#include <stocktracker/core/uuid.hpp>

#include <algorithm>

namespace stocktracker::inline v0 {
namespace {

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr bool is_dash(std::size_t at) noexcept { return at == 8 || at == 13 || at == 18 || at == 23; }

}  // namespace

Uuid Uuid::v7(Instant at, std::uint64_t random_a, std::uint64_t random_b) noexcept {
  // RFC 9562, 5.7: 48 bits of milliseconds, version, 12 random bits, variant, 62 random bits.
  // Instants outside its range take its ends, so that the order never turns round.
  constexpr std::int64_t kLastMilli = 0xFFFF'FFFF'FFFF;
  const auto millis = static_cast<std::uint64_t>(std::clamp<std::int64_t>(at.micros() / 1000, 0, kLastMilli));
  const std::uint64_t high = (millis << 16) | 0x7000U | (random_a & 0x0FFFU);
  const std::uint64_t low = (random_b & 0x3FFF'FFFF'FFFF'FFFFULL) | 0x8000'0000'0000'0000ULL;
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::uint8_t>(high >> (56 - 8 * i));
    bytes[8 + i] = static_cast<std::uint8_t>(low >> (56 - 8 * i));
  }
  return Uuid(bytes);
}

Result<Uuid> Uuid::parse(std::string_view text) {
  const auto refuse = [] { return Error(Errc::invalid_text, "not an identifier of the form 8-4-4-4-12 hex digits"); };
  if (text.size() != 36) return refuse();
  std::array<std::uint8_t, 16> bytes{};
  std::size_t digit = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (is_dash(at)) {
      if (text[at] != '-') return refuse();
      continue;
    }
    const int value = hex_value(text[at]);
    if (value < 0) return refuse();
    bytes[digit / 2] = static_cast<std::uint8_t>(bytes[digit / 2] << 4 | value);
    ++digit;
  }
  return Uuid(bytes);
}

std::string Uuid::text() const {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (const std::uint8_t byte : bytes_) {
    if (is_dash(text.size())) text += '-';
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0x0F];
  }
  return text;
}

}  // namespace stocktracker::inline v0
