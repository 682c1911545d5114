// CSV that spreadsheets open without running it.
#pragma once

#include <string>
#include <string_view>

namespace server {

// RFC 4180 lines. A text that a spreadsheet would take for a formula (it begins with = + - @, a tab or a carriage
// return) gets an apostrophe in front; numbers are written as they are.
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
