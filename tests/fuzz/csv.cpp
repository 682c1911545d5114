// A line of CSV, read back by a reader of RFC 4180, holds what was written; no cell is a formula, whichever separator a
// spreadsheet's locale has.
#include "server/render/csv.hpp"
#include "server/render/terminal.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

bool is_formula(std::string_view cell) {
  const std::size_t at = cell.find_first_not_of(" \"");
  if (at == std::string_view::npos) return false;
  cell.remove_prefix(at);
  for (const char* sign :
       {"=", "+", "-", "@", "\t", "\r", "\n", "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"}) {
    if (cell.starts_with(sign)) return true;
  }
  return false;
}

// As a spreadsheet reads the file in whose locale another character separates, quotes or not.
void check_as_split_by(std::string_view line, std::string_view separators) {
  while (!line.empty()) {
    const std::size_t end = std::min(line.find_first_of(separators), line.size());
    if (is_formula(line.substr(0, end))) std::abort();
    line.remove_prefix(std::min(line.size(), end + 1));
  }
}

// A cell gains apostrophes and nothing else.
void check_kept(std::string_view given, std::string_view seen) {
  for (const char c : seen) {
    if (!given.empty() && c == given.front()) {
      given.remove_prefix(1);
    } else if (c != '\'') {
      std::abort();
    }
  }
  if (!given.empty()) std::abort();
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
  const std::string complete = line.end();
  if (server::clean_lines(complete) != complete) std::abort();
  for (const char* separators : {";\r\n", "|\r\n", "\t\r\n"}) {
    check_as_split_by(std::string_view(complete).substr(0, complete.size() - 2), separators);
  }
  const std::vector<std::string> seen = read(complete);
  if (seen.size() != cells.size()) std::abort();
  for (std::size_t at = 0; at < cells.size(); ++at) {
    if (is_formula(seen[at])) std::abort();
    check_kept(server::clean_lines(cells[at]), seen[at]);
  }
  return 0;
}
