/// @file
/// Money: integer minor units with a currency. No floating point anywhere.
#pragma once

#include <array>
#include <compare>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0 {

/// An ISO 4217 currency, three capital letters. Minor units per ISO 4217 (RUB 2, JPY 0, KWD 3); 2 where not listed.
///
/// @code
/// STK_TRY(const auto tenge, st::Currency::parse("KZT"));
/// STK_TRY(const auto price, st::Money::parse("4990.00", tenge));
/// @endcode
class STK_API Currency {
 public:
  [[nodiscard]] static Result<Currency> parse(std::string_view code);
  /// From the ISO 4217 number, which some marketplaces use: 643 RUB, 840 USD, ...
  [[nodiscard]] static Result<Currency> from_number(int number);
  [[nodiscard]] static constexpr Currency rub() noexcept { return Currency({'R', 'U', 'B'}); }
  [[nodiscard]] static constexpr Currency usd() noexcept { return Currency({'U', 'S', 'D'}); }

  [[nodiscard]] std::string_view code() const& noexcept { return {code_.data(), code_.size()}; }
  std::string_view code() const&& = delete;
  [[nodiscard]] int minor_digits() const noexcept;
  friend constexpr auto operator<=>(const Currency&, const Currency&) noexcept = default;

 private:
  explicit constexpr Currency(std::array<char, 3> code) noexcept : code_(code) {}
  std::array<char, 3> code_;
};

/// @code
/// STK_TRY(const auto price, st::Money::parse("1299.90", st::Currency::rub()));  // 129990 minor units
/// STK_TRY(const auto three, price.times(3));
/// const std::array<std::int64_t, 2> weights{2, 1};
/// STK_TRY(const auto parts, three.split(weights));  // add up to three.minor() exactly
/// @endcode
class STK_API Money {
 public:
  constexpr Money(std::int64_t minor, Currency currency) noexcept : minor_(minor), currency_(currency) {}
  /// Deleted: an amount of money is an integer count of minor units.
  template <std::floating_point T>
  Money(T minor, Currency currency) = delete;
  /// From decimal text, exactly: "1299.9" RUB is 129990 minor units. More fraction digits than the currency has are
  /// Errc::invalid_text unless they are zeros; exponents and thousands separators are refused.
  [[nodiscard]] static Result<Money> parse(std::string_view decimal, Currency currency);

  [[nodiscard]] constexpr std::int64_t minor() const noexcept { return minor_; }
  [[nodiscard]] constexpr Currency currency() const noexcept { return currency_; }

  /// Errc::out_of_range on overflow, Errc::invalid_argument when the currencies differ.
  [[nodiscard]] Result<Money> plus(const Money& other) const;
  [[nodiscard]] Result<Money> minus(const Money& other) const;
  [[nodiscard]] Result<Money> times(std::int64_t factor) const;
  /// Splits by the largest-remainder method: the parts add up to this amount exactly; if remainders are equal, the
  /// earlier part gets the unit. Errc::invalid_argument without weights, with a negative one, or with only zeros.
  [[nodiscard]] Result<std::vector<Money>> split(std::span<const std::int64_t> weights) const;

  /// "1299.90 RUB".
  [[nodiscard]] std::string text() const;
  friend constexpr bool operator==(const Money&, const Money&) noexcept = default;

 private:
  std::int64_t minor_;
  Currency currency_;
};

}  // namespace stocktracker::inline v0
