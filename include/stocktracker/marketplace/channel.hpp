/// @file
/// Channel: identifies a marketplace. The set is open, so that connectors of other programs have a name, too.
#pragma once

#include <array>
#include <compare>
#include <string_view>

namespace stocktracker::inline v0 {

/// A short lower-case code, at most 23 characters; the store keeps the code.
///
/// @code
/// constexpr st::Channel corner{"corner_shop"};  // a marketplace of one's own
/// if (account.channel == corner) std::puts(account.label.c_str());
/// @endcode
class Channel {
 public:
  constexpr Channel() noexcept = default;
  /// Longer codes are cut.
  constexpr explicit Channel(std::string_view code) noexcept {
    for (std::size_t i = 0; i < code.size() && i + 1 < code_.size(); ++i) code_[i] = code[i];
  }
  [[nodiscard]] constexpr std::string_view code() const& noexcept { return {code_.data()}; }
  std::string_view code() const&& = delete;
  friend constexpr auto operator<=>(const Channel&, const Channel&) noexcept = default;

  static const Channel wildberries;
  static const Channel ozon;
  static const Channel yandex_market;

 private:
  std::array<char, 24> code_{};
};

inline constexpr Channel Channel::wildberries{"wildberries"};
inline constexpr Channel Channel::ozon{"ozon"};
inline constexpr Channel Channel::yandex_market{"yandex_market"};

}  // namespace stocktracker::inline v0
