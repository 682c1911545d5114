// CSV that spreadsheets open without running it.
#pragma once

#include <string>
#include <string_view>

namespace server {

// RFC 4180 lines. A text that a spreadsheet would take for a formula (behind blanks and quotes it begins with = + - @,
// their full-width forms, a tab or a line break) gets an apostrophe in front. So does what stands behind a separator of
// any locale (, ; tab |) or a line break within a text: a spreadsheet with another separator begins a cell there.
// Control characters other than line breaks become blanks; numbers are written as they are.
class CsvLine {
 public:
  CsvLine& text(std::string_view value);
  CsvLine& number(std::string_view digits);
  // The line with its end.
  [[nodiscard]] std::string end();

 private:
  void separate();
  std::string line_;
  bool any_ = false;
};

inline constexpr std::string_view kUtf8Bom = "\xEF\xBB\xBF";

}  // namespace server
