/// @file
/// Instant: the only time type of the library. UTC, microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include <stocktracker/core/duration.hpp>
#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0 {

/// @code
/// STK_TRY(const st::Instant opened, st::parse_rfc3339("2026-11-21T09:00:00+03:00"));
/// const st::Instant later = opened + 36h;
/// std::puts(st::to_rfc3339(later).c_str());  // 2026-11-22T18:00:00Z
/// @endcode
class Instant {
 public:
  constexpr Instant() noexcept = default;
  [[nodiscard]] static constexpr Instant from_micros(std::int64_t micros) noexcept { return Instant(micros); }
  /// Saturating, like the arithmetic below.
  [[nodiscard]] static constexpr Instant from_seconds(std::int64_t seconds) noexcept {
    std::int64_t micros = 0;
    if (__builtin_mul_overflow(seconds, std::int64_t{1'000'000}, &micros)) return seconds < 0 ? earliest() : latest();
    return Instant(micros);
  }
  /// Later than every real instant: "no deadline".
  [[nodiscard]] static constexpr Instant latest() noexcept { return Instant(kMax); }
  [[nodiscard]] static constexpr Instant earliest() noexcept { return Instant(kMin); }

  [[nodiscard]] constexpr std::int64_t micros() const noexcept { return micros_; }

  friend constexpr auto operator<=>(Instant, Instant) noexcept = default;
  /// Saturating: an instant never wraps.
  friend constexpr Instant operator+(Instant at, Duration by) noexcept { return Instant(sum(at.micros_, by.count())); }
  friend constexpr Instant operator-(Instant at, Duration by) noexcept {
    return Instant(difference(at.micros_, by.count()));
  }
  friend constexpr Duration operator-(Instant a, Instant b) noexcept {
    return Duration(difference(a.micros_, b.micros_));
  }

 private:
  static constexpr std::int64_t kMax = INT64_MAX;
  static constexpr std::int64_t kMin = INT64_MIN;
  explicit constexpr Instant(std::int64_t micros) noexcept : micros_(micros) {}
  static constexpr std::int64_t sum(std::int64_t a, std::int64_t b) noexcept {
    std::int64_t exact = 0;
    if (__builtin_add_overflow(a, b, &exact)) return b < 0 ? kMin : kMax;
    return exact;
  }
  static constexpr std::int64_t difference(std::int64_t a, std::int64_t b) noexcept {
    std::int64_t exact = 0;
    if (__builtin_sub_overflow(a, b, &exact)) return b < 0 ? kMax : kMin;
    return exact;
  }

  std::int64_t micros_ = 0;
};

/// How long ago something was seen. `text()` is for people: "12 s", "3 min", "2 h 5 min", "4 d 3 h"; never negative.
///
/// @code
/// std::puts(st::Age{clock->now() - account.connected_at}.text().c_str());  // "4 d 3 h"
/// @endcode
struct Age {
  Duration elapsed{0};
  [[nodiscard]] STK_API std::string text() const;
};

}  // namespace stocktracker::inline v0
