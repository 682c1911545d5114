/// @file
/// One type per kind of identifier: the compiler refuses a tenant's id where an account's is expected.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include <stocktracker/core/uuid.hpp>

namespace stocktracker::inline v0 {

/// @code
/// STK_TRY(const auto id, st::AccountId::parse(text));
/// STK_TRY(const auto found, engine.accounts().get(id));  // a TenantId would not compile here
/// @endcode
template <class Tag>
class UuidId {
 public:
  constexpr UuidId() noexcept = default;
  constexpr explicit UuidId(Uuid uuid) noexcept : uuid_(uuid) {}
  [[nodiscard]] static Result<UuidId> parse(std::string_view text) {
    STK_TRY(auto uuid, Uuid::parse(text));
    return UuidId(uuid);
  }

  [[nodiscard]] constexpr const Uuid& uuid() const noexcept { return uuid_; }
  [[nodiscard]] std::string text() const { return uuid_.text(); }
  [[nodiscard]] constexpr bool is_nil() const noexcept { return uuid_.is_nil(); }

  friend constexpr auto operator<=>(const UuidId&, const UuidId&) noexcept = default;

 private:
  Uuid uuid_;
};

using TenantId = UuidId<struct TenantTag>;
using UserId = UuidId<struct UserTag>;
using AccountId = UuidId<struct AccountTag>;
using RunId = UuidId<struct RunTag>;
using EventId = UuidId<struct EventTag>;

/// The tenant of a store that was opened for a single seller.
inline constexpr TenantId kDefaultTenant{Uuid({0x01, 0x93, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 0x01})};

}  // namespace stocktracker::inline v0
