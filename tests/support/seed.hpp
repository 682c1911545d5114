// The seeds of a property test: its own few, $STK_SEEDS_TIMES as many, or the one that a failure printed ($STK_SEED).
#pragma once

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/catch.hpp"

inline std::optional<std::uint64_t> number_from(const char* name) {
  const char* const asked = std::getenv(name);
  if (asked == nullptr || *asked == '\0') return std::nullopt;
  char* end = nullptr;
  const std::uint64_t number = std::strtoull(asked, &end, 10);
  REQUIRE((end != asked && *end == '\0'));  // what is no number replays nothing
  return number;
}

// `first` to `last`; with $STK_SEEDS_TIMES as many more behind them; with $STK_SEED only that one. A failure prints
// what to set, where the loop says INFO(replay(seed)).
inline std::vector<std::uint64_t> seeds_to_try(std::uint64_t first, std::uint64_t last) {
  REQUIRE(first <= last);
  if (const auto only = number_from("STK_SEED")) return {*only};
  if (const auto times = number_from("STK_SEEDS_TIMES")) {
    REQUIRE(*times >= 1);
    last = first + (last - first + 1) * *times - 1;
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
