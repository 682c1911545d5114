// Which seeds a property is tried with: a run of them, or the one that STK_SEED names, to see a failure again.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/support/catch.hpp"

/// `first` to `last`, at least one.
inline std::vector<std::uint64_t> seeds_to_try(std::uint64_t first, std::uint64_t last) {
  REQUIRE(first <= last);
  if (const char* given = std::getenv("STK_SEED"); given != nullptr && *given != '\0') return {std::stoull(given)};
  std::vector<std::uint64_t> seeds;
  for (std::uint64_t seed = first; seed <= last; ++seed) seeds.push_back(seed);
  return seeds;
}

/// What a failure says of the seed, and how it is seen again.
inline std::string replayed_by(std::uint64_t seed) { return "STK_SEED=" + std::to_string(seed) + " sees it again"; }
