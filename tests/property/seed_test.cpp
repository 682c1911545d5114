// What STK_SEED and STK_SEEDS_TIMES are taken for: a wrong number must not run a property over no seed at all.
#include "tests/support/seed.hpp"

TEST_CASE("a seed is digits alone, and what is larger than any seed is none") {
  CHECK(number_in("0") == 0);
  CHECK(number_in("18446744073709551615") == UINT64_MAX);
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "0x1", "ten", "18446744073709551616"}) {
    INFO(text);
    CHECK_FALSE(number_in(text).has_value());
  }
}

TEST_CASE("so many times as many seeds are all of them, or refused") {
  CHECK(last_of(1, 10, 1) == 10);
  CHECK(last_of(1, 10, 100) == 1'000);
  CHECK(last_of(5, 5, 3) == 7);
  CHECK(last_of(UINT64_MAX - 9, UINT64_MAX - 5, 1) == UINT64_MAX - 5);
  CHECK_FALSE(last_of(1, 10, 0).has_value());
  CHECK_FALSE(last_of(1, 16, std::uint64_t{1} << 60).has_value());  // 2^64: none at all
  CHECK_FALSE(last_of(1, 10, UINT64_MAX).has_value());
  CHECK_FALSE(last_of(0, UINT64_MAX, 1).has_value());
  CHECK_FALSE(last_of(UINT64_MAX - 9, UINT64_MAX - 5, 3).has_value());
}
