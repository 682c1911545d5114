/// @file
/// Tenant: one customer of an installation, walled off from the others below every query.
#pragma once

#include <string>

#include <stocktracker/core/ids.hpp>
#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0 {

/// Creating and deleting take several steps in several places; a process may end between them, and any other goes on.
enum class TenantState : unsigned char {
  creating = 1,  ///< recorded, its plane may not be there yet
  active,
  suspended,  ///< may read, not change: every writing transaction is refused
  deleting,   ///< its key is gone, its plane may still be there
  deleted,    ///< only this record is left, without the name
  /// Its data are damaged: closed, for reading too, until an operator restores them or resumes it. Tenant::reason says
  /// why.
  quarantined,
};
[[nodiscard]] STK_API const char* to_string(TenantState state) noexcept;

struct Tenant {
  TenantId id;
  std::string name;  ///< the operator's word, unique; the id's text once deleted
  TenantState state = TenantState::creating;
  Instant created_at;
  std::string reason{};  ///< why it is quarantined; otherwise empty
};

}  // namespace stocktracker::inline v0
