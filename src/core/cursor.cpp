// Writes the sort key of a row as hexadecimal text, with a checksum over the query and the key.
#include "core/cursor.hpp"

#include "core/hash.hpp"

namespace stocktracker::inline v0 {
namespace {

// Keys have at most 1,024 bytes, so that no valid cursor is longer.
constexpr std::size_t kMostCursor = 8'192;
constexpr std::size_t kNumber = 8;  // bytes

void append_number(std::string& bytes, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>((number >> shift) & 0xFFU));
}

void append_text(std::string& bytes, std::string_view text) {
  append_number(bytes, text.size());
  bytes.append(text);
}

std::string hex_of(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    text.push_back(kDigits[value >> 4U]);
    text.push_back(kDigits[value & 0xFU]);
  }
  return text;
}

std::optional<unsigned> digit_of(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10U;
  return std::nullopt;
}

std::optional<std::string> bytes_in(std::string_view text) {
  if (text.size() % 2 != 0 || text.size() > kMostCursor) return std::nullopt;
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); at += 2) {
    const auto high = digit_of(text[at]);
    const auto low = digit_of(text[at + 1]);
    if (!high || !low) return std::nullopt;
    bytes.push_back(static_cast<char>((*high << 4U) | *low));
  }
  return bytes;
}

std::optional<std::uint64_t> take_number(std::string_view& bytes) {
  if (bytes.size() < kNumber) return std::nullopt;
  std::uint64_t number = 0;
  for (std::size_t at = 0; at < kNumber; ++at) number = (number << 8U) | static_cast<unsigned char>(bytes[at]);
  bytes.remove_prefix(kNumber);
  return number;
}

bool take_number(std::string_view& bytes, std::int64_t& into) {
  const auto number = take_number(bytes);
  if (number) into = static_cast<std::int64_t>(*number);
  return number.has_value();
}

bool take_text(std::string_view& bytes, std::string& into) {
  const auto size = take_number(bytes);
  if (!size || *size > bytes.size()) return false;
  into = bytes.substr(0, static_cast<std::size_t>(*size));
  bytes.remove_prefix(static_cast<std::size_t>(*size));
  return true;
}

}  // namespace

CursorCodec::CursorCodec(std::string_view list, const TenantId& tenant) {
  append_text(scope_, list);
  append_text(scope_, (tenant.is_nil() ? kDefaultTenant : tenant).text());
}

CursorCodec& CursorCodec::filter(std::string_view text) {
  append_text(scope_, text);
  return *this;
}

CursorCodec& CursorCodec::filter(std::optional<std::int64_t> number) {
  scope_.push_back(number ? '1' : '0');
  append_number(scope_, static_cast<std::uint64_t>(number.value_or(0)));
  return *this;
}

CursorCodec& CursorCodec::filter(const std::optional<AccountId>& account) {
  const std::string text = account ? account->text() : std::string();
  return filter(std::string_view(text));
}

CursorCodec& CursorCodec::filter(const std::optional<Instant>& at) {
  return filter(at ? std::optional<std::int64_t>(at->micros()) : std::nullopt);
}

std::uint64_t CursorCodec::check_of(std::string_view key) const {
  std::string bytes = scope_;
  append_text(bytes, key);
  return hash64(bytes);
}

std::string CursorCodec::write(const SortKey& key) const {
  std::string bytes;
  for (const std::int64_t number : {key.first, key.second, key.third}) {
    append_number(bytes, static_cast<std::uint64_t>(number));
  }
  append_text(bytes, key.text);
  append_text(bytes, key.further_text);
  std::string checked;
  append_number(checked, check_of(bytes));
  return hex_of(checked.append(bytes));
}

Result<SortKey> CursorCodec::read(std::string_view cursor) const {
  const Error refused =
      Error(Errc::invalid_argument, "after is not a cursor of this list with these filters; begin without a cursor")
          .about("after");
  const auto bytes = bytes_in(cursor);
  if (!bytes) return refused;
  std::string_view rest = *bytes;
  const auto check = take_number(rest);
  if (!check || *check != check_of(rest)) return refused;
  SortKey key;
  const bool complete = take_number(rest, key.first) && take_number(rest, key.second) && take_number(rest, key.third) &&
                        take_text(rest, key.text) && take_text(rest, key.further_text) && rest.empty();
  if (!complete) return refused;
  return key;
}

}  // namespace stocktracker::inline v0
