#include <stocktracker/core/money.hpp>

#include <numeric>

#include "tests/support/catch.hpp"

namespace st = stocktracker;

namespace {

st::Money rub(std::int64_t minor) { return {minor, st::Currency::rub()}; }
st::Errc refused(std::string_view text) { return st::Money::parse(text, st::Currency::rub()).error().errc(); }

}  // namespace

TEST_CASE("money is read exactly from decimal text") {
  CHECK(st::Money::parse("1299.9", st::Currency::rub()).value() == rub(129990));
  CHECK(st::Money::parse("0.05", st::Currency::rub()).value() == rub(5));
  CHECK(st::Money::parse("-0.01", st::Currency::rub()).value() == rub(-1));
  CHECK(st::Money::parse("10.500", st::Currency::rub()).value() == rub(1050));
  CHECK(st::Money::parse("92233720368547758.07", st::Currency::rub()).value() == rub(INT64_MAX));
  CHECK(st::Money::parse("-92233720368547758.08", st::Currency::rub()).value() == rub(INT64_MIN));
  CHECK(st::Money::parse("7", st::Currency::parse("JPY").value()).value().minor() == 7);
  CHECK(st::Money::parse("1.5", st::Currency::parse("KWD").value()).value().minor() == 1500);
}

TEST_CASE("what is not an exact amount is refused") {
  for (const char* text : {"", "-", ".", "1.", ".5", "1,5", "1e3", " 1", "1 ", "+1", "0.005", "1.2.3", "--1", "0x1"}) {
    CAPTURE(text);
    CHECK(refused(text) == st::Errc::invalid_text);
  }
  CHECK(refused("92233720368547758.08") == st::Errc::out_of_range);
  CHECK(st::Money::parse("1.5", st::Currency::parse("JPY").value()).error().errc() == st::Errc::invalid_text);
}

TEST_CASE("currencies") {
  CHECK(st::Currency::from_number(643).value() == st::Currency::rub());
  CHECK(st::Currency::from_number(51).value() == st::Currency::parse("AMD").value());
  CHECK_FALSE(st::Currency::from_number(1));
  for (const char* code : {"", "RU", "RUBL", "rub", "R1B"}) CHECK_FALSE(st::Currency::parse(code));
  CHECK(st::Currency::parse("XYZ").value().minor_digits() == 2);
}

TEST_CASE("arithmetic is checked") {
  CHECK(rub(1).plus(rub(2)).value() == rub(3));
  CHECK(rub(INT64_MAX).plus(rub(1)).error().errc() == st::Errc::out_of_range);
  CHECK(rub(INT64_MIN).minus(rub(1)).error().errc() == st::Errc::out_of_range);
  CHECK(rub(INT64_MAX).times(2).error().errc() == st::Errc::out_of_range);
  CHECK(rub(1).plus({1, st::Currency::usd()}).error().errc() == st::Errc::invalid_argument);
  CHECK(rub(-5).text() == "-0.05 RUB");
  CHECK(rub(INT64_MIN).text() == "-92233720368547758.08 RUB");
  CHECK(st::Money(7, st::Currency::parse("JPY").value()).text() == "7 JPY");
}

TEST_CASE("a split loses nothing") {
  const std::vector<std::int64_t> thirds{1, 1, 1};
  const auto parts = rub(100).split(thirds).value();
  CHECK(parts == std::vector<st::Money>{rub(34), rub(33), rub(33)});
  const std::vector<std::int64_t> uneven{0, 7, 2};
  CHECK(rub(-10).split(uneven).value() == std::vector<st::Money>{rub(0), rub(-8), rub(-2)});
  CHECK_FALSE(rub(1).split({}));
  const std::vector<std::int64_t> zeros{0, 0};
  CHECK_FALSE(rub(1).split(zeros));
  const std::vector<std::int64_t> negative{1, -1};
  CHECK_FALSE(rub(1).split(negative));
  const std::vector<std::int64_t> huge{INT64_MAX, INT64_MAX, 1};
  std::int64_t sum = 0;
  const auto large = rub(INT64_MAX).split(huge).value();
  for (const auto& part : large) sum += part.minor();
  CHECK(sum == INT64_MAX);
}
