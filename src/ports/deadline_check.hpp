/// How often a call of a driver that waits looks whether it was stopped or its deadline has passed.
#pragma once

#include <chrono>

namespace stocktracker::inline v0 {

inline constexpr std::chrono::milliseconds kDeadlineCheck{20};

}  // namespace stocktracker::inline v0
