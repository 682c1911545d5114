#include "csv.hpp"

namespace server {

void CsvLine::separate() {
  if (any_) line_ += ',';
  any_ = true;
}

CsvLine& CsvLine::text(std::string_view value) {
  separate();
  std::string guarded(value);
  if (!value.empty() && std::string_view("=+-@\t\r").find(value.front()) != std::string_view::npos)
    guarded.insert(0, 1, '\'');
  if (guarded.find_first_of(",\"\r\n") == std::string::npos && !guarded.starts_with(' ') && !guarded.ends_with(' ')) {
    line_ += guarded;
    return *this;
  }
  line_ += '"';
  for (const char c : guarded) {
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
