// A seeded week of an account under random faults, and what must hold whatever happens.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

struct WeekReport {
  std::uint64_t seed = 0;
  int runs = 0;
  std::int64_t ended[7] = {};  // outcomes of sources, by SourceState
  std::int64_t held = 0;
  std::string fault;  // the first promise that was broken; empty: none
};

[[nodiscard]] WeekReport run_week(std::uint64_t seed);
