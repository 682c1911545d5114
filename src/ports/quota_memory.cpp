// QuotaMemory within this process.
#include <stocktracker/ports/quota_memory.hpp>

namespace stocktracker::inline v0 {

QuotaBlock::~QuotaBlock() = default;
QuotaMemory::~QuotaMemory() = default;

}  // namespace stocktracker::inline v0
