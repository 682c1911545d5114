// The seeds of a property test: its own few, $STK_SEEDS_TIMES as many, or the one that a failure printed ($STK_SEED).
#pragma once

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "tests/support/catch.hpp"

// Digits alone: strtoull would read "-1", and what is too large, as the largest number.
inline std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

inline std::optional<std::uint64_t> number_from(const char* name) {
  const char* const asked = std::getenv(name);
  if (asked == nullptr || *asked == '\0') return std::nullopt;
  const auto number = number_in(asked);
  INFO(name << "=" << asked);
  REQUIRE(number.has_value());  // what is no number replays nothing
  return number;
}

// The last seed of `times` as many; none where their number would overflow, and nothing would be tried.
inline std::optional<std::uint64_t> last_of(std::uint64_t first, std::uint64_t last, std::uint64_t times) {
  constexpr std::uint64_t kMost = 1'000'000'000;
  const std::uint64_t few = last - first + 1;
  if (times < 1 || few < 1 || few > kMost || times > kMost / few || first > UINT64_MAX - few * times)
    return std::nullopt;
  return first + few * times - 1;
}

// `first` to `last`; with $STK_SEEDS_TIMES as many more behind them; with $STK_SEED only that one. A failure prints
// what to set, where the loop says INFO(replay(seed)).
inline std::vector<std::uint64_t> seeds_to_try(std::uint64_t first, std::uint64_t last) {
  REQUIRE(first <= last);
  if (const auto only = number_from("STK_SEED")) return {*only};
  if (const auto times = number_from("STK_SEEDS_TIMES")) {
    const auto more = last_of(first, last, *times);
    REQUIRE(more.has_value());  // 1 times, or more, and no more seeds than memory holds
    last = *more;
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
