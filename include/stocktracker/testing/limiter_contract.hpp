/// @file
/// The contract suite of request limiters. A limiter is done when it passes.
#pragma once

#include <memory>

#include <stocktracker/core/function_ref.hpp>
#include <stocktracker/http/quota.hpp>
#include <stocktracker/testing/check.hpp>

namespace stocktracker::inline v0::testing {

/// `make` gives a fresh limiter over the table. What it must keep: in no stretch of time does it let more through than
/// a burst and what the time refills, whoever asks; it lets through at least nine tenths of that; what it says of a
/// wait holds, and is never longer than the caller allows; who waits stands in line; a request of several costs that
/// many; what answers say is obeyed until it is over; what is given back goes to the next, once; a clock that is set
/// back gives no burst and makes nobody wait for it; sellers, methods and kinds of token have limits of their own,
/// handles of one share them; no more requests are under way at once than may be. Time is virtual. `seed` orders the
/// random questions; failing cases name it.
STK_API void limiter_contract(FunctionRef<Result<std::unique_ptr<QuotaTree>>(LimitTable)> make, Check& check,
                              std::uint64_t seed = 1);

/// `make` gives a fresh memory that counts by the caller's time. What it must keep: names that differ in anything have
/// blocks of their own, of zeros at first, and find them again, by any handle, word by word as they were left; words
/// are used by one at a time and once for each question; limiters over one memory count together; and a limiter over it
/// grants nothing on account of lost content (QuotaMemory::kSpent) or of words that no limiter wrote: such a block is
/// empty and refills as usual.
STK_API void quota_memory_contract(FunctionRef<Result<std::shared_ptr<QuotaMemory>>()> make, Check& check,
                                   std::uint64_t seed = 1);

}  // namespace stocktracker::inline v0::testing
