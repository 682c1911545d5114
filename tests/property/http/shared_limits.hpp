// Four processes and one budget: whatever the interleaving, nothing is refused, nobody starves, and little is left
// over.
#pragma once

#include <memory>

#include <stocktracker/core/function_ref.hpp>
#include <stocktracker/http/quota.hpp>

// `memory` opens the memory that all share anew, as each process does. Time is virtual.
void share_limits(stocktracker::FunctionRef<std::shared_ptr<stocktracker::QuotaMemory>()> memory, std::uint64_t seed,
                  stocktracker::Duration span);
