// Base64 for URLs: RFC 4648's examples, and one spelling alone for any bytes.
#include "core/base64url.hpp"

#include <random>

#include "tests/support/catch.hpp"
#include "tests/support/seed.hpp"

namespace st = stocktracker;

TEST_CASE("base64url is that of RFC 4648, section 10, without padding") {
  CHECK(st::base64url("") == "");
  CHECK(st::base64url("f") == "Zg");
  CHECK(st::base64url("fo") == "Zm8");
  CHECK(st::base64url("foo") == "Zm9v");
  CHECK(st::base64url("foob") == "Zm9vYg");
  CHECK(st::base64url("fooba") == "Zm9vYmE");
  CHECK(st::base64url("foobar") == "Zm9vYmFy");
  CHECK(st::base64url("\xFB\xFF\xBE") == "-_--");
}

TEST_CASE("base64url reads what it writes, and no other spelling of it") {
  for (const std::uint64_t seed : seeds_to_try(1, 50)) {
    INFO(replay(seed));
    std::mt19937_64 random(seed);
    std::string bytes;
    for (auto n = random() % 70; n > 0; --n) bytes += static_cast<char>(random());
    const std::string text = st::base64url(bytes);
    CHECK(st::from_base64url(text) == bytes);
    CHECK_FALSE(st::from_base64url(text + "="));
    for (std::size_t at = 0; at < text.size(); ++at) {
      for (const char odd : {'+', '/', '=', ' ', '\n', '\0', '\xC3'}) {
        std::string changed = text;
        changed[at] = odd;
        CHECK_FALSE(st::from_base64url(changed));
      }
    }
  }
  CHECK_FALSE(st::from_base64url("A"));
  CHECK_FALSE(st::from_base64url("Zh"));   // "Zg" with an unused bit
  CHECK_FALSE(st::from_base64url("Zm9"));  // "Zm8" with one
  CHECK_FALSE(st::from_base64url("Zm9vY"));
}
