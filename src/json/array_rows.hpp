/// @file
/// Rows of one huge array inside a JSON body, read in place, window by window.
///
/// A page of stock holds hundreds of thousands of small objects. Parsed whole, its structural index alone would cost
/// more memory than the body; in windows the index stays in the processor's cache and memory stays near one body.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <stocktracker/core/function_ref.hpp>
#include <stocktracker/core/result.hpp>

#include "json/cells.hpp"

namespace stocktracker::inline v0::json {

inline constexpr std::size_t kDefaultWindow = std::size_t{256} << 10;

/// Calls `row` for each object of the array at `path`, with one cell per field, and answers how many there were. The
/// whole body is checked to be one JSON document, required members are there and of their type; failures are
/// Errc::vendor_schema and name the row and the member. The body is given capacity for padding if it lacks it, and is
/// as it was when the call returns. `rest` takes the document without its rows, where somebody wants to read it.
/// A list that is null or absent has no rows. With `broken`, a row that cannot be read is given to it and left out;
/// it counts among the rows.
[[nodiscard]] Result<std::size_t> read_rows(std::string& body, std::span<const std::string_view> path,
                                            std::span<const Field> fields,
                                            FunctionRef<Result<void>(std::span<const Cell>)> row,
                                            std::size_t window = kDefaultWindow, std::string* rest = nullptr,
                                            const TakeBroken* broken = nullptr);

}  // namespace stocktracker::inline v0::json
