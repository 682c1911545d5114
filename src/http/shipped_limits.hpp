/// The text of data/limits.json, compiled into the library.
#pragma once

#include <string_view>

#include <stocktracker/abi.hpp>

namespace stocktracker::inline v0::http {

[[nodiscard]] std::string_view shipped_limits() noexcept;

}  // namespace stocktracker::inline v0::http
