/// Values that an API writes sometimes as numbers and sometimes as texts.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "json/document.hpp"

namespace stocktracker::inline v0::json {

/// An integer, or a text that contains only an integer.
[[nodiscard]] std::optional<std::int64_t> lenient_integer(const Value& value) noexcept;
/// A number as decimal text, or a text that is not empty, unchanged.
[[nodiscard]] std::optional<std::string> decimal(const Value& value);
/// A text, or an integer as decimal text: for identifiers.
[[nodiscard]] std::optional<std::string> identity(const Value& value);

/// Calls `item` for each element of the list in `holder` under the last name of `path` ("data.orders"). A list that is
/// null or absent has no elements. Errc::vendor_schema, which names the path, if another value is in its place, or if
/// it is absent and a list of another name is not empty: then it has been renamed. An empty path means the holder
/// itself.
[[nodiscard]] Result<void> each_of_list(const Value& holder, std::string_view path,
                                        FunctionRef<Result<void>(Value)> item);

/// Success for a body without a list at `path`: the list, or the object around it, is null or absent.
/// Errc::vendor_schema if the body is not a JSON object or another value is there, as for each_of_list.
[[nodiscard]] Result<void> check_no_list(std::string_view body, std::span<const std::string_view> path);

}  // namespace stocktracker::inline v0::json
