/// Comparison that takes as long whatever differs.
#pragma once

#include <cstddef>
#include <string_view>

namespace stocktracker::inline v0 {

/// In constant time for equal sizes: for secrets, and for codes that somebody else sent.
[[nodiscard]] inline bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  volatile unsigned char difference = 0;  // volatile: the loop may not be left early
  for (std::size_t i = 0; i < a.size(); ++i) difference = static_cast<unsigned char>(difference | (a[i] ^ b[i]));
  return difference == 0;
}

}  // namespace stocktracker::inline v0
