// What marketplaces do on bad days, by a seed: faults of the world, and answers that are well formed and empty.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/testing/faults.hpp>

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool one_in(std::int64_t n) { return between(1, n) == 1; }
  template <class List>
  const auto& any(const List& list) {
    return list[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(std::size(list)) - 1))];
  }

 private:
  std::mt19937_64 random_;
};

[[nodiscard]] stocktracker::testing::Fault random_fault(Dice& dice, const std::vector<stocktracker::Channel>& channels);

// A marketplace answers 200 with a list that has lost all its rows, or all but the first.
struct Lie {
  stocktracker::Channel channel;
  std::string_view path;  // a part of it
  std::string_view list;  // the member; empty: the body itself
  bool catalogue = false;
};
[[nodiscard]] const Lie& random_lie(Dice& dice, const std::vector<stocktracker::Channel>& channels);
// The body with `keep` rows of that list.
[[nodiscard]] std::string emptied(std::string body, std::string_view list, std::size_t keep);
