// Base64 for URLs without padding.
#include "core/base64url.hpp"

#include <array>
#include <cstdint>

namespace stocktracker::inline v0 {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr unsigned char kNone = 0xFF;

constexpr std::array<unsigned char, 256> kValues = [] {
  std::array<unsigned char, 256> values{};
  values.fill(kNone);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<unsigned char>(i);
  }
  return values;
}();

constexpr std::uint32_t byte_at(std::string_view text, std::size_t at) noexcept {
  return static_cast<unsigned char>(text[at]);
}

}  // namespace

void append_base64url(std::string& out, std::string_view bytes) {
  const std::size_t from = out.size();
  out.resize(from + (bytes.size() * 4 + 2) / 3);
  char* at = out.data() + from;
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const std::uint32_t group = byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2);
    *at++ = kAlphabet[group >> 18];
    *at++ = kAlphabet[group >> 12 & 63];
    *at++ = kAlphabet[group >> 6 & 63];
    *at++ = kAlphabet[group & 63];
  }
  const std::size_t rest = bytes.size() - i;
  if (rest == 0) return;
  const std::uint32_t group = byte_at(bytes, i) << 16 | (rest == 2 ? byte_at(bytes, i + 1) << 8 : 0);
  *at++ = kAlphabet[group >> 18];
  *at++ = kAlphabet[group >> 12 & 63];
  if (rest == 2) *at = kAlphabet[group >> 6 & 63];
}

std::string base64url(std::string_view bytes) {
  std::string out;
  append_base64url(out, bytes);
  return out;
}

std::optional<std::size_t> read_base64url(std::string_view text, std::span<char> out) noexcept {
  const std::size_t size = text.size() * 3 / 4;
  const std::size_t rest = text.size() % 4;
  if (rest == 1 || out.size() < size) return std::nullopt;
  const auto value = [&](std::size_t at) { return std::uint32_t{kValues[static_cast<unsigned char>(text[at])]}; };
  char* at = out.data();
  std::uint32_t wrong = 0;  // collects the bits that no digit has
  std::size_t i = 0;
  for (; i + 4 <= text.size(); i += 4) {
    const std::uint32_t a = value(i);
    const std::uint32_t b = value(i + 1);
    const std::uint32_t c = value(i + 2);
    const std::uint32_t d = value(i + 3);
    wrong |= a | b | c | d;
    at[0] = static_cast<char>(a << 2 | b >> 4);
    at[1] = static_cast<char>(b << 4 | c >> 2);
    at[2] = static_cast<char>(c << 6 | d);
    at += 3;
  }
  std::uint32_t unused = 0;
  if (rest != 0) {
    const std::uint32_t a = value(i);
    const std::uint32_t b = value(i + 1);
    const std::uint32_t c = rest == 3 ? value(i + 2) : 0;
    wrong |= a | b | c;
    *at++ = static_cast<char>(a << 2 | b >> 4);
    if (rest == 3) *at = static_cast<char>(b << 4 | c >> 2);
    unused = rest == 3 ? c & 3 : b & 15;
  }
  if ((wrong & 0xC0) != 0 || unused != 0) return std::nullopt;
  return size;
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string out(text.size() * 3 / 4, '\0');
  if (!read_base64url(text, out)) return std::nullopt;
  return out;
}

}  // namespace stocktracker::inline v0
