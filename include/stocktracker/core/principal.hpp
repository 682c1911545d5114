/// @file
/// Principal: who acts in a tenant, and what they may do there. The program decides identities and roles; services
/// check permissions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include <stocktracker/abi.hpp>

namespace stocktracker::inline v0 {

/// One permission per right that a service checks, named after what is done; permission_table.hpp says in a sentence
/// what each permits, identity/permissions.hpp which role has it. Names are stable: keys, tokens and audit records hold
/// them. Numbers are not: nothing stores them.
enum class Permission : unsigned char {
  stock_read,
  stock_write,
  orders_read,
  prices_read,
  prices_write,
  catalogue_read,
  catalogue_change,
  account_read,
  account_connect,
  account_rename,
  account_disconnect,
  sync_read,
  sync_run,
  sync_release,
  ledger_retain,
  settings_read,
  settings_change,
  events_read,
  export_create,
  job_read,
  job_run,
  webhook_manage,
  notice_manage,
  member_read,
  member_invite,
  member_change,
  member_remove,
  session_revoke,
  apikey_manage,
  audit_read,
  billing_read,
  billing_manage,
  tenant_rename,
  tenant_remove,
  ownership_transfer,
};
inline constexpr std::size_t kPermissionCount = static_cast<std::size_t>(Permission::ownership_transfer) + 1;
static_assert(kPermissionCount <= 64, "Permissions keeps one bit for each");

/// The enumerator with a dot after its subject: "stock.read".
[[nodiscard]] STK_API const char* to_string(Permission permission) noexcept;
/// By that name, exactly; nullopt for every other text.
[[nodiscard]] STK_API std::optional<Permission> permission_named(std::string_view name) noexcept;

/// A set of permissions; a value.
///
/// @code
/// constexpr st::Permissions viewer{st::Permission::stock_read, st::Permission::orders_read};
/// constexpr auto operator_of_shop = viewer.with(st::Permission::sync_run).with(st::Permission::sync_read);
/// static_assert(!operator_of_shop.has(st::Permission::account_connect));
/// @endcode
class Permissions {
 public:
  constexpr Permissions() noexcept = default;
  constexpr Permissions(std::initializer_list<Permission> given) noexcept {
    for (const Permission permission : given) bits_ |= bit(permission);
  }
  /// Every permission that this header declares, and no other: a permission of a later version is not among them until
  /// the program is compiled with that version.
  [[nodiscard]] static constexpr Permissions all() noexcept {
    Permissions every;
    every.bits_ = ~std::uint64_t{0} >> (64 - kPermissionCount);
    return every;
  }
  [[nodiscard]] constexpr bool has(Permission permission) const noexcept { return (bits_ & bit(permission)) != 0; }
  [[nodiscard]] constexpr Permissions with(Permission permission) const noexcept {
    Permissions more = *this;
    more.bits_ |= bit(permission);
    return more;
  }
  [[nodiscard]] constexpr Permissions with(const Permissions& others) const noexcept {
    Permissions more = *this;
    more.bits_ |= others.bits_;
    return more;
  }
  [[nodiscard]] constexpr Permissions without(Permission permission) const noexcept {
    Permissions fewer = *this;
    fewer.bits_ &= ~bit(permission);
    return fewer;
  }
  /// Whether it has each of `others`: the permissions of a key must be covered by those of its maker.
  [[nodiscard]] constexpr bool covers(const Permissions& others) const noexcept { return (others.bits_ & ~bits_) == 0; }
  friend constexpr bool operator==(const Permissions&, const Permissions&) noexcept = default;

 private:
  // A number that is no permission (a cast) has no bit: nobody has it.
  static constexpr std::uint64_t bit(Permission permission) noexcept {
    const auto number = static_cast<unsigned>(permission);
    return number < kPermissionCount ? std::uint64_t{1} << number : 0;
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
