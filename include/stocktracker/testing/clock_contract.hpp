/// @file
/// The contract suite of clocks. A clock is done when it passes.
#pragma once

#include <memory>

#include <stocktracker/ports/clock.hpp>
#include <stocktracker/testing/check.hpp>

namespace stocktracker::inline v0::testing {

/// Runs every case, in less than two seconds of the system's time if the clock keeps the contract. What it must keep:
/// the time is of this age and does not go back by itself; a wait ends when its instant is reached, not before, and
/// soon after it (within 100 ms, once in five waits); what has passed is not waited for; a stop request, there before
/// or made meanwhile, ends the waits of its token with Errc::cancelled at once, and no others. Waits that are not
/// cancelled are at most 300 ms of the clock's own time; those that are cancelled would last three seconds.
STK_API void clock_contract(const std::shared_ptr<Clock>& clock, Check& check);

}  // namespace stocktracker::inline v0::testing
