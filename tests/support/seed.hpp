// The seed of a property test: $STK_SEED where it is set, so that what a failure printed is tried again, otherwise its
// own.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>

#include "tests/support/catch.hpp"

// The seeds that a loop goes through, first and last: only the one that is asked for, where one is. A failure prints
// what to set, as far as the loop says INFO(replay(seed)).
inline std::pair<std::uint64_t, std::uint64_t> seeds(std::uint64_t first, std::uint64_t last) {
  const char* const asked = std::getenv("STK_SEED");
  if (asked == nullptr || *asked == '\0') return {first, last};
  char* end = nullptr;
  const std::uint64_t seed = std::strtoull(asked, &end, 10);
  REQUIRE((end != asked && *end == '\0'));  // a seed that is no number replays nothing
  return {seed, seed};
}

inline bool replaying() {
  const char* const asked = std::getenv("STK_SEED");
  return asked != nullptr && *asked != '\0';
}

inline std::string replay(std::uint64_t seed) { return "again with STK_SEED=" + std::to_string(seed); }
