// CSV that spreadsheets open without executing it.
#pragma once

#include <string>
#include <string_view>

namespace server {

// Lines in the format of RFC 4180. A text that a spreadsheet would read as a formula (after blanks and quotes it begins
// with = + - @, their full-width forms, a tab or a line break) gets an apostrophe in front. So does text after a
// separator of any locale (, ; tab |) or a line break inside a cell, because a spreadsheet with another separator
// begins a cell there. Control characters other than line breaks become blanks; numbers are not changed.
class CsvLine {
 public:
  CsvLine& text(std::string_view value);
  CsvLine& number(std::string_view digits);
  // The line, with its end.
  [[nodiscard]] std::string end();

 private:
  void separate();
  std::string line_;
  bool any_ = false;
};

inline constexpr std::string_view kUtf8Bom = "\xEF\xBB\xBF";

}  // namespace server
