/// @file
/// The contract suite of request limiters. A limiter is complete when it passes.
#pragma once

#include <memory>

#include <stocktracker/core/function_ref.hpp>
#include <stocktracker/http/quota.hpp>
#include <stocktracker/testing/check.hpp>

namespace stocktracker::inline v0::testing {

/// `make` creates a fresh limiter with the table. The contract:
/// - In any period all callers together get at most a burst and the tokens refilled in the period, and at least nine
///   tenths of that. Callers are served in order. A request with a cost of n uses n tokens.
/// - A wait that the limiter returns is correct, and never longer than the caller allows.
/// - A limit that an answer reports is obeyed until it ends. Returned tokens are granted again, once.
/// - If the clock is set back, there is no extra burst and no extra wait.
/// - Sellers, methods and kinds of token have separate limits; all handles of one limit share it.
/// - No more requests are in flight than the table permits.
///
/// Time is virtual. `seed` determines the random requests; failing cases show it.
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
