// A table of text with aligned columns.
#pragma once

#include <string>
#include <vector>

#include "server/render/sink.hpp"

namespace server {

class TextTable {
 public:
  enum class Align : unsigned char { left, right };
  struct Column {
    std::string title;
    Align align = Align::left;
    std::size_t widest = 40;  // characters; longer texts are cut with an ellipsis
  };

  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void add(std::vector<std::string> row);
  void print(Sink& sink) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace server
