// Names of permissions.
#include <stocktracker/core/principal.hpp>

namespace stocktracker::inline v0 {

const char* to_string(Permission permission) noexcept {
  switch (permission) {
    case Permission::stock_read:
      return "stock_read";
    case Permission::orders_read:
      return "orders_read";
    case Permission::accounts_read:
      return "accounts_read";
    case Permission::accounts_change:
      return "accounts_change";
    case Permission::sync_read:
      return "sync_read";
    case Permission::sync_run:
      return "sync_run";
    case Permission::catalogue_change:
      return "catalogue_change";
    case Permission::settings_read:
      return "settings_read";
    case Permission::settings_change:
      return "settings_change";
    case Permission::ledger_retain:
      return "ledger_retain";
    case Permission::sync_release:
      return "sync_release";
    case Permission::events_read:
      return "events_read";
  }
  return "unknown";
}

}  // namespace stocktracker::inline v0
