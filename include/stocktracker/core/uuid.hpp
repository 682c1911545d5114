/// @file
/// 128-bit identifiers, version 7 of RFC 9562: they sort by the millisecond of their creation.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include <stocktracker/core/result.hpp>
#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0 {

/// @code
/// STK_TRY(const auto id, st::Uuid::parse("01930000-0000-7000-8000-000000000001"));
/// std::puts(id.text().c_str());
/// @endcode
class STK_API Uuid {
 public:
  constexpr Uuid() noexcept = default;
  constexpr explicit Uuid(std::array<std::uint8_t, 16> bytes) noexcept : bytes_(bytes) {}

  /// Version 7 from an instant and 74 random bits (12 of `random_a`, 62 of `random_b` are used).
  [[nodiscard]] static Uuid v7(Instant at, std::uint64_t random_a, std::uint64_t random_b) noexcept;
  /// 36 characters, either case; anything else is Errc::invalid_text.
  [[nodiscard]] static Result<Uuid> parse(std::string_view text);

  [[nodiscard]] std::string text() const;
  [[nodiscard]] constexpr const std::array<std::uint8_t, 16>& bytes() const noexcept { return bytes_; }
  [[nodiscard]] constexpr bool is_nil() const noexcept { return bytes_ == std::array<std::uint8_t, 16>{}; }

  friend constexpr auto operator<=>(const Uuid&, const Uuid&) noexcept = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

}  // namespace stocktracker::inline v0
