// The seed of a property test: $STK_SEED where it is set, so that what a failure printed is tried again, otherwise its
// own.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/support/catch.hpp"

// `first` to `last`, or only the one that is asked for. A failure prints what to set, where the loop says
// INFO(replay(seed)).
inline std::vector<std::uint64_t> seeds_to_try(std::uint64_t first, std::uint64_t last) {
  REQUIRE(first <= last);
  if (const char* const asked = std::getenv("STK_SEED"); asked != nullptr && *asked != '\0') {
    char* end = nullptr;
    const std::uint64_t seed = std::strtoull(asked, &end, 10);
    REQUIRE((end != asked && *end == '\0'));  // a seed that is no number replays nothing
    return {seed};
  }
  std::vector<std::uint64_t> seeds;
  for (std::uint64_t seed = first; seed <= last; ++seed) seeds.push_back(seed);
  return seeds;
}

inline bool replaying() {
  const char* const asked = std::getenv("STK_SEED");
  return asked != nullptr && *asked != '\0';
}

inline std::string replay(std::uint64_t seed) { return "again with STK_SEED=" + std::to_string(seed); }
