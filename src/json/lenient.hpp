/// @file
/// Values that an API writes now as numbers, now as texts.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "json/document.hpp"

namespace stocktracker::inline v0::json {

/// A whole number, or a text that holds nothing but one.
[[nodiscard]] std::optional<std::int64_t> whole(const Value& value) noexcept;
/// Decimal text of a number, or a text that is not empty, as it is.
[[nodiscard]] std::optional<std::string> decimal(const Value& value);
/// A text, or the decimal text of a whole number: for identities.
[[nodiscard]] std::optional<std::string> identity(const Value& value);

/// Calls `item` for each element of the list that stands in `holder` under the last name of `path` ("data.orders").
/// One that is null or absent has none. Errc::vendor_schema, which names the path, where anything else stands in its
/// place, or where it is absent and a list of another name holds something: then it has been renamed. An empty path
/// stands for the holder itself.
[[nodiscard]] Result<void> each_of_list(const Value& holder, std::string_view path,
                                        FunctionRef<Result<void>(Value)> item);

/// Success for a body without a list at `path`: the list, or what it would stand in, is null or absent.
/// Errc::vendor_schema where the body is no JSON object or something else stands there, as for each_of_list.
[[nodiscard]] Result<void> check_no_list(std::string_view body, std::span<const std::string_view> path);

}  // namespace stocktracker::inline v0::json
