/// @file
/// Durations of the library are integer microseconds.
#pragma once

#include <chrono>

namespace stocktracker::inline v0 {

using Duration = std::chrono::microseconds;

}  // namespace stocktracker::inline v0
