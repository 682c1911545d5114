/// @file
/// The contract suite of request limiters. A limiter is complete when it passes.
#pragma once

#include <memory>

#include <stocktracker/core/function_ref.hpp>
#include <stocktracker/http/quota.hpp>
#include <stocktracker/testing/check.hpp>

namespace stocktracker::inline v0::testing {

/// `make` creates a fresh limiter with the table. The contract: in any period it grants no more than a burst and what
/// was refilled in the period, whoever asks; it grants at least nine tenths of that; a wait that it returns is correct,
/// and never longer than the caller allows; callers are served in order; a request with a cost of several uses that
/// many tokens; what answers report is obeyed until it ends; returned tokens are granted again, once; a clock that is
/// set back gives no extra burst and no extra wait; sellers, methods and kinds of token have separate limits, and all
/// handles of one of them share its limit; no more requests are in flight than the table permits. Time is virtual.
/// `seed` orders the random requests; failing cases show it.
STK_API void limiter_contract(FunctionRef<Result<std::unique_ptr<QuotaTree>>(LimitTable)> make, Check& check,
                              std::uint64_t seed = 1);

/// `make` creates a fresh memory that counts by the caller's time. The contract: names that differ in anything have
/// separate blocks, which begin with zeros; every handle of a name finds the block as it was left; a block is used by
/// one caller at a time and once per call; limiters that use one memory count together; a limiter grants nothing from a
/// block with lost content (QuotaMemory::kSpent) or with values that no limiter wrote: such a block begins empty and
/// refills normally.
STK_API void quota_memory_contract(FunctionRef<Result<std::shared_ptr<QuotaMemory>>()> make, Check& check,
                                   std::uint64_t seed = 1);

}  // namespace stocktracker::inline v0::testing
