// Checked arithmetic, the split by largest remainder, text.
#include <stocktracker/core/money.hpp>

#include <algorithm>

namespace stocktracker::inline v0 {
namespace {

struct CurrencyRow {
  std::string_view code;
  int number;
  int digits;
};

// ISO 4217: code, number, minor digits. Contains every currency without 2 minor digits; of the others, those that
// sellers use.
constexpr CurrencyRow kCurrencies[] = {
    {"AED", 784, 2}, {"AMD", 51, 2},  {"AUD", 36, 2},  {"AZN", 944, 2}, {"BGN", 975, 2}, {"BHD", 48, 3},
    {"BIF", 108, 0}, {"BYN", 933, 2}, {"CAD", 124, 2}, {"CHF", 756, 2}, {"CLF", 990, 4}, {"CLP", 152, 0},
    {"CNY", 156, 2}, {"CZK", 203, 2}, {"DJF", 262, 0}, {"DKK", 208, 2}, {"EGP", 818, 2}, {"EUR", 978, 2},
    {"GBP", 826, 2}, {"GEL", 981, 2}, {"GNF", 324, 0}, {"HKD", 344, 2}, {"HUF", 348, 2}, {"IDR", 360, 2},
    {"ILS", 376, 2}, {"INR", 356, 2}, {"IQD", 368, 3}, {"ISK", 352, 0}, {"JOD", 400, 3}, {"JPY", 392, 0},
    {"KGS", 417, 2}, {"KMF", 174, 0}, {"KRW", 410, 0}, {"KWD", 414, 3}, {"KZT", 398, 2}, {"LYD", 434, 3},
    {"MDL", 498, 2}, {"MNT", 496, 2}, {"NOK", 578, 2}, {"OMR", 512, 3}, {"PLN", 985, 2}, {"PYG", 600, 0},
    {"QAR", 634, 2}, {"RON", 946, 2}, {"RSD", 941, 2}, {"RUB", 643, 2}, {"RWF", 646, 0}, {"SAR", 682, 2},
    {"SEK", 752, 2}, {"SGD", 702, 2}, {"THB", 764, 2}, {"TJS", 972, 2}, {"TMT", 934, 2}, {"TND", 788, 3},
    {"TRY", 949, 2}, {"UAH", 980, 2}, {"UGX", 800, 0}, {"USD", 840, 2}, {"UYI", 940, 0}, {"UYW", 927, 4},
    {"UZS", 860, 2}, {"VND", 704, 0}, {"VUV", 548, 0}, {"XAF", 950, 0}, {"XOF", 952, 0}, {"XPF", 953, 0},
};

Error bad_amount(std::string_view why) {
  return Error(Errc::invalid_text, "not an amount of money: " + std::string(why));
}

Error two_currencies() {
  return Error(Errc::invalid_argument, "amounts of two currencies do not add up").about("currency");
}
Error too_large() { return Error(Errc::out_of_range, "an amount of money exceeds 64 bits of minor units"); }

}  // namespace

Result<Currency> Currency::parse(std::string_view code) {
  const bool letters =
      code.size() == 3 && std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!letters) return Error(Errc::invalid_text, "a currency is three capital letters");
  return Currency({code[0], code[1], code[2]});
}

Result<Currency> Currency::from_number(int number) {
  for (const CurrencyRow& row : kCurrencies) {
    if (row.number == number) return parse(row.code);
  }
  return Error(Errc::invalid_text, "unknown currency number " + std::to_string(number));
}

int Currency::minor_digits() const noexcept {
  for (const CurrencyRow& row : kCurrencies) {
    if (row.code == code()) return row.digits;
  }
  return 2;
}

Result<Money> Money::parse(std::string_view decimal, Currency currency) {
  const bool negative = !decimal.empty() && decimal.front() == '-';
  if (negative) decimal.remove_prefix(1);
  const std::size_t point = decimal.find('.');
  const std::string_view units = decimal.substr(0, point);
  const std::string_view fraction = point == std::string_view::npos ? std::string_view() : decimal.substr(point + 1);
  if (units.empty() || (point != std::string_view::npos && fraction.empty())) return bad_amount("digits are missing");

  std::int64_t minor = 0;
  const auto push = [&](char c) {
    return !__builtin_mul_overflow(minor, std::int64_t{10}, &minor) &&
           !__builtin_sub_overflow(minor, std::int64_t{c - '0'}, &minor);  // downwards: INT64_MIN fits
  };
  const auto digits = static_cast<std::size_t>(currency.minor_digits());
  for (const char c : units) {
    if (c < '0' || c > '9') return bad_amount("only digits and one point are allowed");
    if (!push(c)) return too_large();
  }
  for (std::size_t i = 0; i < std::max(digits, fraction.size()); ++i) {
    const char c = i < fraction.size() ? fraction[i] : '0';
    if (c < '0' || c > '9') return bad_amount("only digits and one point are allowed");
    if (i >= digits) {
      if (c != '0') return bad_amount("more digits than the currency has");
    } else if (!push(c)) {
      return too_large();
    }
  }
  if (!negative && __builtin_sub_overflow(std::int64_t{0}, minor, &minor)) return too_large();
  return Money(minor, currency);
}

Result<Money> Money::plus(const Money& other) const {
  if (currency_ != other.currency_) return two_currencies();
  std::int64_t sum = 0;
  if (__builtin_add_overflow(minor_, other.minor_, &sum)) return too_large();
  return Money(sum, currency_);
}

Result<Money> Money::minus(const Money& other) const {
  if (currency_ != other.currency_) return two_currencies();
  std::int64_t difference = 0;
  if (__builtin_sub_overflow(minor_, other.minor_, &difference)) return too_large();
  return Money(difference, currency_);
}

Result<Money> Money::times(std::int64_t factor) const {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(minor_, factor, &product)) return too_large();
  return Money(product, currency_);
}

Result<std::vector<Money>> Money::split(std::span<const std::int64_t> weights) const {
  __extension__ using Wide = __int128;  // a product of two 64-bit numbers
  Wide total = 0;
  for (const std::int64_t weight : weights) {
    if (weight < 0) return Error(Errc::invalid_argument, "a weight is negative").about("weights");
    total += weight;
  }
  if (total == 0) return Error(Errc::invalid_argument, "the weights are all zero").about("weights");

  struct Part {
    std::size_t index;
    Wide remainder;
  };
  const std::int64_t sign = minor_ < 0 ? -1 : 1;
  const Wide magnitude = minor_ < 0 ? -static_cast<Wide>(minor_) : static_cast<Wide>(minor_);
  std::vector<Money> parts;
  std::vector<Part> order;
  Wide given = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Wide product = magnitude * weights[i];
    const Wide share = product / total;
    given += share;
    parts.emplace_back(static_cast<std::int64_t>(sign * share), currency_);  // signed while wide: INT64_MIN fits
    order.push_back({i, product % total});
  }
  std::stable_sort(order.begin(), order.end(), [](const Part& a, const Part& b) { return a.remainder > b.remainder; });
  for (std::size_t i = 0; given < magnitude; ++i, ++given) parts[order[i].index].minor_ += sign;
  return parts;
}

std::string Money::text() const {
  const auto digits = static_cast<std::size_t>(currency_.minor_digits());
  // Negated as unsigned: INT64_MIN has no positive counterpart.
  std::string text =
      std::to_string(minor_ < 0 ? 0 - static_cast<std::uint64_t>(minor_) : static_cast<std::uint64_t>(minor_));
  if (text.size() <= digits) text.insert(0, digits + 1 - text.size(), '0');
  if (digits != 0) text.insert(text.size() - digits, 1, '.');
  if (minor_ < 0) text.insert(0, 1, '-');
  return text.append(1, ' ').append(currency_.code());
}

}  // namespace stocktracker::inline v0
