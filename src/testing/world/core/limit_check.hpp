// Checks that tables of limits have in common.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <stocktracker/testing/world_limits.hpp>

namespace stocktracker::inline v0::testing::world {

// Whether `count` times `each` is at most 100 years, and both are above zero.
[[nodiscard]] bool within_limit(std::int64_t count, Duration each) noexcept;

// Adds a problem for each entry whose name is unknown, and for each that stands twice. `key_of(entry)` is a pair that
// begins with the entry's name.
template <class Entry, class Key>
void check_names(const std::vector<Entry>& given, const std::vector<Entry>& known, std::string_view field,
                 Problems& problems, Key&& key_of) {
  for (std::size_t n = 0; n < given.size(); ++n) {
    const auto same = [&](const Entry& other) { return key_of(other) == key_of(given[n]); };
    const auto named = [&](const Entry& other) { return key_of(other).first == key_of(given[n]).first; };
    problems.require(std::any_of(known.begin(), known.end(), named), field,
                     "must name only methods of the marketplace: " + std::string(key_of(given[n]).first));
    problems.require(std::none_of(given.begin(), given.begin() + static_cast<std::ptrdiff_t>(n), same), field,
                     "must name each once: " + std::string(key_of(given[n]).first));
  }
}

}  // namespace stocktracker::inline v0::testing::world
