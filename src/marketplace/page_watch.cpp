// PageWatch: ends lists that repeat themselves or never end.
#include "marketplace/page_watch.hpp"

#include <algorithm>

namespace stocktracker::inline v0 {

bool HashSet::insert(std::uint64_t hash) {
  if (hash == 0) hash = 1;
  if ((size_ + 1) * 2 > slots_.size()) grow();
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    if (slots_[at] == hash) return false;
    if (slots_[at] != 0) continue;
    slots_[at] = hash;
    ++size_;
    return true;
  }
}

void HashSet::grow() {
  std::vector<std::uint64_t> before(std::max<std::size_t>(64, slots_.size() * 2));
  before.swap(slots_);
  size_ = 0;
  for (const std::uint64_t hash : before) {
    if (hash != 0) insert(hash);
  }
}

Result<void> PageWatch::turn(std::string_view place) {
  if (!place.empty() && !places_.insert(hash64(place))) {
    return Error(Errc::vendor_contradiction, "the list continues at a place that was already read")
        .during(operation_)
        .may_retry();
  }
  idle_pages_ = fresh_ == 0 ? idle_pages_ + 1 : 0;
  fresh_ = 0;
  if (idle_pages_ < kPatience) return success();
  return Error(Errc::vendor_contradiction, "the list continues without new rows").during(operation_).may_retry();
}

void PageWatch::restart() {
  rows_ = {};
  places_ = {};
  fresh_ = 0;
  idle_pages_ = 0;
}

}  // namespace stocktracker::inline v0
