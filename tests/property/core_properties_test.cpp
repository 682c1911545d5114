// Properties of values: texts that are written and read again, parts that add up.
#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/money.hpp>
#include <stocktracker/core/time_text.hpp>
#include <stocktracker/testing/seeded_random.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/seed.hpp"

namespace st = stocktracker;
using st::testing::SeededRandom;

TEST_CASE("instants survive the way through text") {
  for (const std::uint64_t seed : seeds_to_try(1, 2000)) {
    INFO(replay(seed));
    SeededRandom random(seed);
    // Years 1 to 9999.
    const auto at = st::Instant::from_micros(-62'135'596'800'000'000 +
                                             static_cast<std::int64_t>(random.below(315'537'897'599'000'000ULL)));
    REQUIRE(st::parse_rfc3339(st::to_rfc3339(at)).value() == at);
  }
}

TEST_CASE("parts of a split add up to the complete amount, and each is within one unit of its share") {
  for (const std::uint64_t seed : seeds_to_try(1, 2000)) {
    INFO(replay(seed));
    SeededRandom random(seed);
    std::vector<std::int64_t> weights(1 + random.below(9));
    std::int64_t total = 0;
    for (auto& weight : weights) total += weight = static_cast<std::int64_t>(random.below(1000));
    if (total == 0) weights[0] = total = 1;
    const auto amount = static_cast<std::int64_t>(random.below(2'000'000)) - 1'000'000;
    const auto parts = st::Money(amount, st::Currency::rub()).split(weights).value();
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      sum += parts[i].minor();
      const std::int64_t off = parts[i].minor() * total - amount * weights[i];
      REQUIRE((off > -total && off < total));
    }
    REQUIRE(sum == amount);
  }
}

TEST_CASE("any bytes become a JSON text without control characters or broken UTF-8") {
  for (const std::uint64_t seed : seeds_to_try(1, 2000)) {
    INFO(replay(seed));
    SeededRandom random(seed);
    std::string bytes(random.below(40), '\0');
    for (char& byte : bytes) byte = static_cast<char>(random.next());
    std::string out;
    st::JsonWriter(out).string(bytes);
    for (std::size_t i = 0; i < out.size(); ++i) {
      const auto lead = static_cast<unsigned char>(out[i]);
      REQUIRE(lead >= 0x20);
      const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
      REQUIRE((lead < 0x80 || lead >= 0xC2));
      for (int k = 0; k < more; ++k) REQUIRE((static_cast<unsigned char>(out[++i]) & 0xC0) == 0x80);
    }
  }
}
