#include "csv.hpp"

#include <array>

namespace server {
namespace {

// What separates cells where a comma is the decimal mark, and in files of tabs.
constexpr std::string_view kSeparators = ",;\t|";
constexpr std::string_view kBreaks = "\r\n";

bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

bool is_control(char c) { return (c >= 0 && c < ' ') || c == 0x7f; }

// A formula sign, ASCII or full-width.
bool begins_with_sign(std::string_view text) {
  constexpr std::array<std::string_view, 8> kSigns{
      "=", "+", "-", "@", "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};
  for (const std::string_view sign : kSigns) {
    if (text.starts_with(sign)) return true;
  }
  return false;
}

// Whether some reader finds a formula where this begins a cell: it may skip blanks, quotes and breaks before the sign.
bool begins_formula(std::string_view text) {
  while (true) {
    const std::size_t at = text.find_first_not_of(" \t\r\n\"");
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at);
    constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
    if (!text.starts_with(kNoBreakSpace)) return begins_with_sign(text);
    text.remove_prefix(kNoBreakSpace.size());
  }
}

bool begins_with_break(std::string_view text) {
  const std::size_t at = text.find_first_not_of(" \"");
  return at != std::string_view::npos && is_one_of(text[at], "\t\r\n");
}

// An apostrophe at the front, and behind every separator or break after which another reader would begin a cell.
std::string guarded(std::string_view value) {
  std::string text;
  if (begins_formula(value) || begins_with_break(value)) text += '\'';
  for (std::size_t at = 0; at < value.size(); ++at) {
    const char c = value[at];
    const bool half_break = c == '\r' && value.substr(at).starts_with("\r\n");
    text += is_control(c) && c != '\n' && !half_break ? ' ' : c;
    const bool splits = is_one_of(c, kSeparators) || (is_one_of(c, kBreaks) && !half_break);
    if (splits && begins_formula(value.substr(at + 1))) text += '\'';
  }
  return text;
}

}  // namespace

void CsvLine::separate() {
  if (any_) line_ += ',';
  any_ = true;
}

CsvLine& CsvLine::text(std::string_view value) {
  separate();
  const std::string cell = guarded(value);
  const bool plain = cell.find_first_of(",;|\"\r\n") == std::string::npos;
  if (plain && !cell.starts_with(' ') && !cell.ends_with(' ')) {
    line_ += cell;
    return *this;
  }
  line_ += '"';
  for (const char c : cell) {
    if (c == '"') line_ += '"';
    line_ += c;
  }
  line_ += '"';
  return *this;
}

CsvLine& CsvLine::number(std::string_view digits) {
  separate();
  line_ += digits;
  return *this;
}

std::string CsvLine::end() {
  std::string whole = std::move(line_) + "\r\n";
  line_.clear();
  any_ = false;
  return whole;
}

}  // namespace server
