// Decides which errors mean damaged data.
#include "ports/damage.hpp"

namespace stocktracker::inline v0 {
namespace {

/// PostgreSQL's XX000 is any internal error of the server; only these two name damaged rows and indexes.
bool is_corruption(const ErrorDetails& details) noexcept {
  return details.vendor != "postgresql" || details.vendor_code == "XX001" || details.vendor_code == "XX002";
}

}  // namespace

bool is_damage(const Error& error) noexcept {
  const ErrorDetails& details = error.details();
  switch (error.errc()) {
    case Errc::store_corrupt:
      return is_corruption(details);
    case Errc::store_migration:
      return true;
    case Errc::store_unreadable:
      // With a vendor's code the file could not be opened: permissions, too many open files. Without one the driver has
      // checked the file: it belongs to another tenant, or is not a file.
      return details.vendor_code.empty();
    case Errc::store_rolled_back:
      return details.cause != nullptr && is_damage(*details.cause);
    default:
      return false;
  }
}

bool is_of_one_tenant(const Error& error) noexcept {
  switch (error.errc()) {
    case Errc::store_unreadable:
    case Errc::store_busy:
    case Errc::store_newer:
    case Errc::store_older:
    case Errc::store_sql:
    case Errc::store_constraint:
    case Errc::invalid_text:
    case Errc::out_of_range:
      return true;
    case Errc::io_failed:
      return error.details().vendor_code == "266";  // SQLITE_IOERR_READ: a sector under this file
    default:
      return is_damage(error);
  }
}

}  // namespace stocktracker::inline v0
