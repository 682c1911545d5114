// Money and currencies: exact texts, arithmetic, splits.
#include <stocktracker/core/money.hpp>

#include <map>
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

TEST_CASE("a currency is found by its code or number, and an unknown number or malformed code is refused") {
  CHECK(st::Currency::from_number(643).value() == st::Currency::rub());
  CHECK(st::Currency::from_number(51).value() == st::Currency::parse("AMD").value());
  CHECK_FALSE(st::Currency::from_number(1));
  for (const char* code : {"", "RU", "RUBL", "rub", "R1B"}) CHECK_FALSE(st::Currency::parse(code));
  CHECK(st::Currency::parse("XYZ").value().minor_digits() == 2);
}

TEST_CASE("each currency has the number and the minor digits of ISO 4217: a digit too many is a tenth of the price") {
  const std::map<int, std::map<std::string, int>> digits{
      {0,
       {{"BIF", 108},
        {"CLP", 152},
        {"DJF", 262},
        {"GNF", 324},
        {"ISK", 352},
        {"JPY", 392},
        {"KMF", 174},
        {"KRW", 410},
        {"PYG", 600},
        {"RWF", 646},
        {"UGX", 800},
        {"UYI", 940},
        {"VND", 704},
        {"VUV", 548},
        {"XAF", 950},
        {"XOF", 952},
        {"XPF", 953}}},
      {2, {{"AED", 784}, {"AMD", 51},  {"AUD", 36},  {"AZN", 944}, {"BGN", 975}, {"BYN", 933}, {"CAD", 124},
           {"CHF", 756}, {"CNY", 156}, {"CZK", 203}, {"DKK", 208}, {"EGP", 818}, {"EUR", 978}, {"GBP", 826},
           {"GEL", 981}, {"HKD", 344}, {"HUF", 348}, {"IDR", 360}, {"ILS", 376}, {"INR", 356}, {"KGS", 417},
           {"KZT", 398}, {"MDL", 498}, {"MNT", 496}, {"NOK", 578}, {"PLN", 985}, {"QAR", 634}, {"RON", 946},
           {"RSD", 941}, {"RUB", 643}, {"SAR", 682}, {"SEK", 752}, {"SGD", 702}, {"THB", 764}, {"TJS", 972},
           {"TMT", 934}, {"TRY", 949}, {"UAH", 980}, {"USD", 840}, {"UZS", 860}}},
      {3, {{"BHD", 48}, {"IQD", 368}, {"JOD", 400}, {"KWD", 414}, {"LYD", 434}, {"OMR", 512}, {"TND", 788}}},
      {4, {{"CLF", 990}, {"UYW", 927}}}};
  std::size_t looked_at = 0;
  for (const auto& [minor, currencies] : digits) {
    for (const auto& [code, number] : currencies) {
      CAPTURE(code);
      const auto currency = st::Currency::parse(code).value();
      CHECK(currency.minor_digits() == minor);
      CHECK(st::Currency::from_number(number).value() == currency);
      // One unit of it, written and read.
      std::int64_t one = 1;
      for (int i = 0; i < minor; ++i) one *= 10;
      CHECK(st::Money::parse("1", currency).value().minor() == one);
      const std::string text = st::Money(one, currency).text();
      CHECK(text ==
            "1" + std::string(minor == 0 ? "" : ".") + std::string(static_cast<std::size_t>(minor), '0') + " " + code);
      ++looked_at;
    }
  }
  CHECK(looked_at == 66);
}

TEST_CASE("money is added and multiplied exactly, and an overflow or a second currency is refused") {
  CHECK(rub(5).minus(rub(7)).value() == rub(-2));
  CHECK(rub(5).minus({1, st::Currency::usd()}).error().errc() == st::Errc::invalid_argument);
  CHECK(rub(-5).times(3).value() == rub(-15));
  CHECK(rub(INT64_MIN).plus(rub(-1)).error().errc() == st::Errc::out_of_range);
  CHECK(rub(5) != st::Money(5, st::Currency::usd()));
  CHECK(rub(1).plus(rub(2)).value() == rub(3));
  CHECK(rub(INT64_MAX).plus(rub(1)).error().errc() == st::Errc::out_of_range);
  CHECK(rub(INT64_MIN).minus(rub(1)).error().errc() == st::Errc::out_of_range);
  CHECK(rub(INT64_MAX).times(2).error().errc() == st::Errc::out_of_range);
  CHECK(rub(1).plus({1, st::Currency::usd()}).error().errc() == st::Errc::invalid_argument);
  CHECK(rub(-5).text() == "-0.05 RUB");
  CHECK(rub(45).text() == "0.45 RUB");
  CHECK(rub(0).text() == "0.00 RUB");
  CHECK(rub(145).text() == "1.45 RUB");
  CHECK(rub(INT64_MIN).text() == "-92233720368547758.08 RUB");
  CHECK(st::Money(7, st::Currency::parse("JPY").value()).text() == "7 JPY");
}

TEST_CASE("of parts that are owed the same the first ones get what cannot be divided") {
  const std::vector<std::int64_t> equal(40, 1);
  const auto parts = rub(45).split(equal).value();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    CAPTURE(i);
    CHECK(parts[i] == rub(i < 5 ? 2 : 1));
  }
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
  for (const std::vector<std::int64_t>& negative : {std::vector<std::int64_t>{1, -1}, {3, -1}, {-1, 3}}) {
    CHECK_FALSE(rub(1).split(negative));
  }
  const std::vector<std::int64_t> huge{INT64_MAX, INT64_MAX, 1};
  std::int64_t sum = 0;
  const auto large = rub(INT64_MAX).split(huge).value();
  for (const auto& part : large) sum += part.minor();
  CHECK(sum == INT64_MAX);
}
