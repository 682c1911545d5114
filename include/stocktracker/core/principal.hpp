/// @file
/// Principal: who acts in a tenant, and what they may do there. The program decides identities and roles; services
/// check permissions.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include <stocktracker/abi.hpp>

namespace stocktracker::inline v0 {

/// One permission per right that a service checks. The names are stable: roles, tokens and audit records store them.
enum class Permission : unsigned char {
  stock_read,        ///< offers, positions, totals, ledger, prices, listings, health of stock
  orders_read,       ///< order lines
  accounts_read,     ///< accounts, their health, what their credentials report, limits
  accounts_change,   ///< connect, rename or disconnect an account, replace its credentials
  sync_read,         ///< runs and their sources
  sync_run,          ///< synchronise
  catalogue_change,  ///< decide which offers are the same product, set thresholds of offers
  settings_read,
  settings_change,
  ledger_retain,  ///< remove old ledger entries (Ledger::retain)
  sync_release,   ///< free the account of a run that has ended without saying so, or end it (Sync::release)
  events_read,    ///< events of the tenant
};
/// The name of the enumerator: "stock_read".
[[nodiscard]] STK_API const char* to_string(Permission permission) noexcept;

/// A set of permissions; a value.
///
/// @code
/// constexpr st::Permissions viewer{st::Permission::stock_read, st::Permission::orders_read};
/// constexpr auto operator_of_shop = viewer.with(st::Permission::sync_run).with(st::Permission::sync_read);
/// static_assert(!operator_of_shop.has(st::Permission::accounts_change));
/// @endcode
class Permissions {
 public:
  constexpr Permissions() noexcept = default;
  constexpr Permissions(std::initializer_list<Permission> given) noexcept {
    for (const Permission permission : given) bits_ |= bit(permission);
  }
  [[nodiscard]] static constexpr Permissions all() noexcept {
    Permissions every;
    every.bits_ = ~std::uint64_t{0};
    return every;
  }
  [[nodiscard]] constexpr bool has(Permission permission) const noexcept { return (bits_ & bit(permission)) != 0; }
  [[nodiscard]] constexpr Permissions with(Permission permission) const noexcept {
    Permissions more = *this;
    more.bits_ |= bit(permission);
    return more;
  }
  [[nodiscard]] constexpr Permissions without(Permission permission) const noexcept {
    Permissions fewer = *this;
    fewer.bits_ &= ~bit(permission);
    return fewer;
  }
  friend constexpr bool operator==(const Permissions&, const Permissions&) noexcept = default;

 private:
  static constexpr std::uint64_t bit(Permission permission) noexcept {
    return std::uint64_t{1} << static_cast<unsigned>(permission);
  }
  std::uint64_t bits_ = 0;
};

/// @code
/// const st::Principal report{.actor = "report", .permissions = {st::Permission::stock_read}};
/// STK_TRY(const auto handle, engine.as(tenant.id, report));
/// @endcode
struct Principal {
  /// The acting user or job, for run records and the audit: a user id, "scheduler", "bot". Never a secret.
  std::string actor;
  Permissions permissions{};
};

}  // namespace stocktracker::inline v0
