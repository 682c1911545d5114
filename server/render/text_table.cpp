// Prints tables: column widths are counted in characters, and long cells are cut.
#include "server/render/text_table.hpp"

#include <algorithm>

#include "server/render/terminal.hpp"

namespace server {
namespace {

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

std::string cell_of(std::string_view text, std::size_t widest) {
  std::string cut;
  std::size_t count = 0;
  for (const char c : shown(text)) {
    if (begins_character(c) && ++count > widest) return cut + "…";
    cut += c;
  }
  return cut;
}

}  // namespace

void TextTable::add(std::vector<std::string> row) {
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = cell_of(row[i], columns_[i].widest);
  rows_.push_back(std::move(row));
}

void TextTable::print(Sink& sink) const {
  std::vector<std::size_t> widths;
  for (const Column& column : columns_) widths.push_back(characters(shown(column.title)));
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], characters(row[i]));
  }
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string pad(widths[i] - characters(cells[i]), ' ');
      if (i > 0) text += "  ";
      text += columns_[i].align == Align::right ? pad + cells[i] : cells[i] + pad;
    }
    text.erase(text.find_last_not_of(' ') + 1);
    sink.append(text + '\n');
  };
  std::vector<std::string> titles;
  for (const Column& column : columns_) titles.push_back(shown(column.title));
  line(titles);
  for (const auto& row : rows_) line(row);
}

}  // namespace server
