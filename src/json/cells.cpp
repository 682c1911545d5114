// The text of a cell, escapes resolved.
#include "json/cells.hpp"

#include "json/document.hpp"

namespace stocktracker::inline v0::json {

Result<std::string> text_of(const Cell& cell) {
  std::string quoted = "[\"";
  quoted.append(cell.raw).append(1, ']');
  STK_TRY(const auto document, Document::parse(quoted));
  std::string text;
  STK_TRY(document.root().each([&](Value value) -> Result<void> {
    text = value.text().value_or("");
    return success();
  }));
  return text;
}

}  // namespace stocktracker::inline v0::json
