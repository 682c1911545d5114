/// @file
/// Tenant: one customer of an installation. A wall below every query separates tenants.
#pragma once

#include <string>

#include <stocktracker/core/ids.hpp>
#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0 {

/// Creating and deleting take several steps. If a process ends between them, any other process continues.
enum class TenantState : unsigned char {
  creating = 1,  ///< recorded; its plane may not exist yet
  active,
  suspended,  ///< may read, not change: every writing transaction is refused
  deleting,   ///< its key is deleted; its plane may still exist
  deleted,    ///< only this record is left, without the name
  /// Its data are damaged: no access, not even for reading, until an operator restores or resumes it. Tenant::reason
  /// says why.
  quarantined,
};
[[nodiscard]] STK_API const char* to_string(TenantState state) noexcept;

struct Tenant {
  TenantId id;
  std::string name;  ///< chosen by the operator, unique; after deletion the id's text
  TenantState state = TenantState::creating;
  Instant created_at;
  std::string reason{};  ///< why it is quarantined; otherwise empty
};

}  // namespace stocktracker::inline v0
