// Writes CSV: quoting by RFC 4180, and protection against formulas.
#include "server/render/csv.hpp"

#include <array>

#include "server/render/terminal.hpp"

namespace server {
namespace {

// Separators of cells in locales with a decimal comma, and in tab-separated files.
constexpr std::string_view kSeparators = ",;\t|";

bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

// A formula sign, ASCII or full-width.
bool begins_with_sign(std::string_view text) {
  constexpr std::array<std::string_view, 8> kSigns{
      "=", "+", "-", "@", "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};
  for (const std::string_view sign : kSigns) {
    if (text.starts_with(sign)) return true;
  }
  return false;
}

// True if some program reads a formula at the beginning of this cell: it may skip blanks, quotes and breaks before the
// sign.
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

// Adds an apostrophe at the beginning, and after every separator or break where another program would begin a cell.
// Characters that are written as blanks count as blanks here.
std::string guarded(std::string_view value) {
  const std::string clean = clean_lines(value);
  std::string text;
  if (begins_formula(clean) || begins_with_break(clean) || begins_with_break(value)) text += '\'';
  for (std::size_t at = 0; at < clean.size(); ++at) {
    const char c = clean[at];
    text += c;
    const bool splits = is_one_of(c, kSeparators) || c == '\n';
    if (splits && begins_formula(std::string_view(clean).substr(at + 1))) text += '\'';
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
  std::string record = std::move(line_) + "\r\n";
  line_.clear();
  any_ = false;
  return record;
}

}  // namespace server
