// A line of CSV, read back by a reader of RFC 4180, holds what was written; no cell is a formula.
#include "server/csv.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

bool is_formula(std::string_view cell) {
  return !cell.empty() && std::string_view("=+-@\t\r").find(cell.front()) != std::string_view::npos;
}

std::vector<std::string> read(std::string_view line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (quoted) {
      if (c != '"') {
        cells.back() += c;
      } else if (at + 1 < line.size() && line[at + 1] == '"') {
        cells.back() += line[++at];
      } else {
        quoted = false;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',') {
      cells.emplace_back();
    } else if (line.substr(at) == "\r\n") {
      return cells;
    } else {
      cells.back() += c;
    }
  }
  std::abort();  // the line has no end
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::string> cells(1);
  for (std::size_t at = 0; at < size; ++at) {
    if (data[at] == 0) {
      cells.emplace_back();
    } else {
      cells.back() += static_cast<char>(data[at]);
    }
  }
  server::CsvLine line;
  for (const std::string& cell : cells) line.text(cell);
  const std::vector<std::string> seen = read(line.end());
  if (seen.size() != cells.size()) std::abort();
  for (std::size_t at = 0; at < cells.size(); ++at) {
    if (is_formula(seen[at])) std::abort();
    if (seen[at] != (is_formula(cells[at]) ? "'" + cells[at] : cells[at])) std::abort();
  }
  return 0;
}
