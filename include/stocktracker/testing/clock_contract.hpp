/// @file
/// The contract suite of clocks. A clock is done when it passes.
#pragma once

#include <memory>

#include <stocktracker/ports/clock.hpp>
#include <stocktracker/testing/check.hpp>

namespace stocktracker::inline v0::testing {

/// Runs every case, in less than two seconds of the system's time. Waits that are not cancelled are 50 ms of the
/// clock's own time, or an hour for clocks that jump.
STK_API void clock_contract(const std::shared_ptr<Clock>& clock, Check& check);

}  // namespace stocktracker::inline v0::testing
