// Which power cuts are tried: a sample, or as many as STK_POWER_CUTS says, from the seed STK_POWER_SEED on.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/fault/disk_log.hpp"

struct Cuts {
  explicit Cuts(int sample) {
    const char* const asked = std::getenv("STK_POWER_CUTS");
    const char* const first = std::getenv("STK_POWER_SEED");
    images = asked != nullptr ? std::atoi(asked) : sample;
    if (first != nullptr) seed = std::strtoull(first, nullptr, 10);
  }
  // Each third where a cut shows most, the others anywhere.
  [[nodiscard]] static std::size_t place(std::uint64_t of, std::size_t from, const std::vector<std::size_t>& best) {
    if (of % 3 == 0 && !best.empty()) return best[of / 3 % best.size()];
    return from + static_cast<std::size_t>(of * 0x9E3779B97F4A7C15ULL % (disk_log::size() - from + 1));
  }
  [[nodiscard]] static std::string again(std::uint64_t of, std::size_t cut) {
    return "STK_POWER_SEED=" + std::to_string(of) + " STK_POWER_CUTS=1, cut after " + std::to_string(cut) + " of " +
           std::to_string(disk_log::size()) + " changes";
  }
  void report(int done) const {
    if (images > 500 && done % 100 == 0) std::fprintf(stderr, "%d of %d power cuts\n", done, images);
  }

  int images = 0;
  std::uint64_t seed = 1;
};
