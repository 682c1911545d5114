// Identifiers: version 7, texts, order.
#include <stocktracker/core/ids.hpp>

#include "tests/support/catch.hpp"

namespace st = stocktracker;

TEST_CASE("an identifier of version 7 contains the time, the version, the variant and the random bits") {
  const auto at = st::Instant::from_micros(0x017F22E279B0LL * 1000 + 999);
  // The example of RFC 9562, appendix A.6.
  CHECK(st::Uuid::v7(at, 0xCC3, 0x18C4DC0C0C07398FULL).text() == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  CHECK(st::Uuid::v7(at, ~0ULL, ~0ULL).text() == "017f22e2-79b0-7fff-bfff-ffffffffffff");
  CHECK(st::Uuid::v7(at, ~0ULL, ~0ULL) < st::Uuid::v7(at + std::chrono::milliseconds(1), 0, 0));
  CHECK(st::Uuid::v7(st::Instant::from_micros(-5), 0, 0).text() == "00000000-0000-7000-8000-000000000000");
}

TEST_CASE("an identifier survives the way through text") {
  const char* text = "017F22E2-79B0-7CC3-98C4-DC0C0C07398F";
  CHECK(st::Uuid::parse(text).value().text() == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  for (const char* bad :
       {"", "017f22e2", "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017f22e2-79b0-7cc3-98c4-dc0c0c07398ff",
        "017f22e2+79b0-7cc3-98c4-dc0c0c07398f", "g17f22e2-79b0-7cc3-98c4-dc0c0c07398f"}) {
    CHECK_FALSE(st::Uuid::parse(bad));
  }
  CHECK(st::Uuid().is_nil());
  CHECK(st::AccountId::parse(text).value().text() == st::Uuid::parse(text).value().text());
  CHECK_FALSE(st::kDefaultTenant.is_nil());
}

TEST_CASE("identifiers of times that the format does not hold stand at its ends: their order never turns round") {
  const auto id = [](st::Instant at) { return st::Uuid::v7(at, 0, 0).text(); };
  CHECK(id(st::Instant::earliest()) == "00000000-0000-7000-8000-000000000000");
  CHECK(id(st::Instant::from_seconds(-1)) == "00000000-0000-7000-8000-000000000000");
  CHECK(id(st::Instant::from_seconds(1)) == "00000000-03e8-7000-8000-000000000000");
  // The last millisecond of 48 bits, and all that come after it.
  constexpr std::int64_t kLast = 0xFFFF'FFFF'FFFF;
  CHECK(id(st::Instant::from_micros(kLast * 1'000)) == "ffffffff-ffff-7000-8000-000000000000");
  CHECK(id(st::Instant::from_micros((kLast + 1) * 1'000)) == "ffffffff-ffff-7000-8000-000000000000");
  CHECK(id(st::Instant::latest()) == "ffffffff-ffff-7000-8000-000000000000");
}
