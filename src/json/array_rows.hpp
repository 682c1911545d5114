/// Reads the rows of one huge array inside a JSON body in place, window by window.
///
/// A page of stock contains hundreds of thousands of small objects. If it were parsed at once, its structural index
/// alone would need more memory than the body. With windows the index stays in the processor's cache, and memory near
/// one body.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <stocktracker/core/function_ref.hpp>
#include <stocktracker/core/result.hpp>

#include "json/cells.hpp"

namespace stocktracker::inline v0::json {

inline constexpr std::size_t kDefaultWindow = std::size_t{256} << 10;

/// Calls `row` for each object of the array at `path`, with one cell per field, and returns the number of rows. The
/// complete body is checked to be one JSON document with all required members of the right type; failures are
/// Errc::vendor_schema and name row and member. The body gets capacity for padding if it has none, and is unchanged
/// when the call returns. `rest` receives the document without its rows, if the caller needs it. A list that is null or
/// absent has no rows. With `broken`, a row that cannot be read is passed to it and left out; it counts as a row.
[[nodiscard]] Result<std::size_t> read_rows(std::string& body, std::span<const std::string_view> path,
                                            std::span<const Field> fields,
                                            FunctionRef<Result<void>(std::span<const Cell>)> row,
                                            std::size_t window = kDefaultWindow, std::string* rest = nullptr,
                                            const TakeBroken* broken = nullptr);

}  // namespace stocktracker::inline v0::json
