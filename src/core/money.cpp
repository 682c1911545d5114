#include <stocktracker/core/money.hpp>

#include <algorithm>

namespace stocktracker::inline v0 {
namespace {

struct CurrencyRow {
  std::string_view code;
  int number;
  int digits;
};

// ISO 4217: code, number, minor digits.
constexpr std::array kCurrencies{
    CurrencyRow{"AED", 784, 2}, CurrencyRow{"AMD", 51, 2},  CurrencyRow{"AZN", 944, 2}, CurrencyRow{"BHD", 48, 3},
    CurrencyRow{"BYN", 933, 2}, CurrencyRow{"CHF", 756, 2}, CurrencyRow{"CNY", 156, 2}, CurrencyRow{"EUR", 978, 2},
    CurrencyRow{"GBP", 826, 2}, CurrencyRow{"GEL", 981, 2}, CurrencyRow{"HKD", 344, 2}, CurrencyRow{"ILS", 376, 2},
    CurrencyRow{"INR", 356, 2}, CurrencyRow{"JPY", 392, 0}, CurrencyRow{"KGS", 417, 2}, CurrencyRow{"KRW", 410, 0},
    CurrencyRow{"KWD", 414, 3}, CurrencyRow{"KZT", 398, 2}, CurrencyRow{"MDL", 498, 2}, CurrencyRow{"RUB", 643, 2},
    CurrencyRow{"TJS", 972, 2}, CurrencyRow{"TMT", 934, 2}, CurrencyRow{"TRY", 949, 2}, CurrencyRow{"UAH", 980, 2},
    CurrencyRow{"USD", 840, 2}, CurrencyRow{"UZS", 860, 2}, CurrencyRow{"VND", 704, 0},
};

Error bad_amount(std::string_view why) {
  return Error(Errc::invalid_text, "not an amount of money: " + std::string(why));
}

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
  const std::string_view whole = decimal.substr(0, point);
  const std::string_view fraction = point == std::string_view::npos ? std::string_view() : decimal.substr(point + 1);
  if (whole.empty() || (point != std::string_view::npos && fraction.empty())) return bad_amount("digits are missing");

  std::int64_t minor = 0;
  const auto push = [&](char c) {
    return !__builtin_mul_overflow(minor, std::int64_t{10}, &minor) &&
           !__builtin_sub_overflow(minor, std::int64_t{c - '0'}, &minor);  // downwards: INT64_MIN fits
  };
  const auto digits = static_cast<std::size_t>(currency.minor_digits());
  for (const char c : whole) {
    if (c < '0' || c > '9') return bad_amount("only digits and one point are allowed");
    if (!push(c)) return Errc::out_of_range;
  }
  for (std::size_t i = 0; i < std::max(digits, fraction.size()); ++i) {
    const char c = i < fraction.size() ? fraction[i] : '0';
    if (c < '0' || c > '9') return bad_amount("only digits and one point are allowed");
    if (i >= digits) {
      if (c != '0') return bad_amount("more digits than the currency has");
    } else if (!push(c)) {
      return Errc::out_of_range;
    }
  }
  if (!negative && __builtin_sub_overflow(std::int64_t{0}, minor, &minor)) return Errc::out_of_range;
  return Money(minor, currency);
}

Result<Money> Money::plus(const Money& other) const {
  if (currency_ != other.currency_) return Error(Errc::invalid_argument, "amounts of two currencies do not add up");
  std::int64_t sum = 0;
  if (__builtin_add_overflow(minor_, other.minor_, &sum)) return Errc::out_of_range;
  return Money(sum, currency_);
}

Result<Money> Money::minus(const Money& other) const {
  if (currency_ != other.currency_) return Error(Errc::invalid_argument, "amounts of two currencies do not add up");
  std::int64_t difference = 0;
  if (__builtin_sub_overflow(minor_, other.minor_, &difference)) return Errc::out_of_range;
  return Money(difference, currency_);
}

Result<Money> Money::times(std::int64_t factor) const {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(minor_, factor, &product)) return Errc::out_of_range;
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
  const Wide whole = minor_ < 0 ? -static_cast<Wide>(minor_) : static_cast<Wide>(minor_);
  std::vector<Money> parts;
  std::vector<Part> order;
  Wide given = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Wide product = whole * weights[i];
    const Wide share = product / total;
    given += share;
    parts.emplace_back(sign * static_cast<std::int64_t>(share), currency_);
    order.push_back({i, product % total});
  }
  std::stable_sort(order.begin(), order.end(), [](const Part& a, const Part& b) { return a.remainder > b.remainder; });
  for (std::size_t i = 0; given < whole; ++i, ++given) parts[order[i].index].minor_ += sign;
  return parts;
}

std::string Money::text() const {
  const auto digits = static_cast<std::size_t>(currency_.minor_digits());
  // Negating as unsigned: INT64_MIN has no positive twin.
  std::string text =
      std::to_string(minor_ < 0 ? 0 - static_cast<std::uint64_t>(minor_) : static_cast<std::uint64_t>(minor_));
  if (text.size() <= digits) text.insert(0, digits + 1 - text.size(), '0');
  if (digits != 0) text.insert(text.size() - digits, 1, '.');
  if (minor_ < 0) text.insert(0, 1, '-');
  return text.append(1, ' ').append(currency_.code());
}

}  // namespace stocktracker::inline v0
