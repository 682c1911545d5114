/// @file
/// The contract suite of clocks. A clock is done when it passes.
#pragma once

#include <memory>

#include <stocktracker/ports/clock.hpp>
#include <stocktracker/testing/check.hpp>

namespace stocktracker::inline v0::testing {

/// Runs every case; takes less than two seconds of the system's time if the clock keeps the contract. The contract: the
/// time is a plausible present and does not go back by itself; a wait ends when its instant is reached, not before, and
/// soon after it (within 100 ms, at least once in five waits); a wait for a past instant returns at once; a stop
/// request, made before or during a wait, ends the waits of its token with Errc::cancelled at once, and no others.
/// Waits that are not cancelled take at most 300 ms of the clock's own time; those that are cancelled would take three
/// seconds.
STK_API void clock_contract(const std::shared_ptr<Clock>& clock, Check& check);

}  // namespace stocktracker::inline v0::testing
