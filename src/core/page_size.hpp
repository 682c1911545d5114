/// The largest page of a listing.
#pragma once

#include <stocktracker/core/problems.hpp>

namespace stocktracker::inline v0 {

/// Adds what is wrong with the member `page_size` of a query.
inline void require_page_size(Problems& problems, int page_size) {
  problems.require(page_size >= 1 && page_size <= 10'000, "page_size", "must be between 1 and 10000");
}

}  // namespace stocktracker::inline v0
