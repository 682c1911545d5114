/// @file
/// Values that an API writes now as numbers, now as texts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "json/document.hpp"

namespace stocktracker::inline v0::json {

/// A whole number, or a text that holds nothing but one.
[[nodiscard]] std::optional<std::int64_t> whole(const Value& value) noexcept;
/// Decimal text of a number, or a text that is not empty, as it is.
[[nodiscard]] std::optional<std::string> decimal(const Value& value);
/// A text, or the decimal text of a whole number: for identities.
[[nodiscard]] std::optional<std::string> identity(const Value& value);

}  // namespace stocktracker::inline v0::json
