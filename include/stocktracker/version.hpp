/// @file
/// Version of the headers, and of the linked library.
#pragma once

#include <stocktracker/abi.hpp>

#define STK_VERSION_MAJOR 0
#define STK_VERSION_MINOR 1
#define STK_VERSION_PATCH 0

namespace stocktracker::inline v0 {

/// Of the linked library, "0.1.0".
[[nodiscard]] STK_API const char* version() noexcept;

}  // namespace stocktracker::inline v0
