/// @file
/// Rows of one huge array inside a JSON body, read in place, window by window.
///
/// A page of stock holds hundreds of thousands of small objects. Parsed whole, its structural index alone would cost
/// more memory than the body; in windows the index stays in the processor's cache and memory stays near one body.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <stocktracker/core/function_ref.hpp>
#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0::json {

enum class FieldType : unsigned char {
  integer,
  text,
  whole,  ///< an integer, or a text that holds nothing but one
};

/// A member of each row that the reader wants; others are skipped, whatever they hold.
struct Field {
  std::string_view name;
  FieldType type = FieldType::integer;
  bool required = true;
};

struct Cell {
  bool present = false;
  std::int64_t integer = 0;
  /// From behind the opening quote to the end of the window: see `text_equals` and `text_of`.
  std::string_view raw{};
};

inline constexpr std::size_t kDefaultWindow = std::size_t{256} << 10;

/// Calls `row` for each object of the array at `path`, with one cell per field, and answers how many there were. The
/// whole body is checked to be one JSON document, required members are there and of their type; failures are
/// Errc::vendor_schema and name the row and the member. The body is given capacity for padding if it lacks it, and is
/// as it was when the call returns. `rest` takes the document without its rows, where somebody wants to read it.
[[nodiscard]] Result<std::size_t> read_rows(std::string& body, std::span<const std::string_view> path,
                                            std::span<const Field> fields,
                                            FunctionRef<Result<void>(std::span<const Cell>)> row,
                                            std::size_t window = kDefaultWindow, std::string* rest = nullptr);

/// Whether a text cell holds exactly `raw_with_quote`, the raw text up to and with its closing quote.
[[nodiscard]] inline bool text_equals(const Cell& cell, std::string_view raw_with_quote) noexcept {
  return cell.raw.starts_with(raw_with_quote);
}

/// The raw text of a cell up to and with its closing quote.
[[nodiscard]] std::string_view raw_with_quote(const Cell& cell) noexcept;

/// The text of a cell that holds no escape, valid as long as the cell; nullopt when it holds one.
[[nodiscard]] std::optional<std::string_view> plain_text(const Cell& cell) noexcept;

/// The text of a cell, escapes resolved.
[[nodiscard]] Result<std::string> text_of(const Cell& cell);

}  // namespace stocktracker::inline v0::json
