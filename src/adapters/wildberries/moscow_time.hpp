/// @file
/// The wall times of Wildberries' statistics methods. No other vendor uses this form.
#pragma once

#include <optional>
#include <string_view>

#include <stocktracker/core/result.hpp>
#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0::wildberries {

/// Moscow time without offset, UTC+3 all year since 2014; `0001-01-01T00:00:00` means none.
[[nodiscard]] Result<std::optional<Instant>> parse_moscow_time(std::string_view text);

}  // namespace stocktracker::inline v0::wildberries
