/// @file
/// What the store holds sealed: the tenants' keys in the control plane, credentials in a tenant's plane.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <stocktracker/core/ids.hpp>
#include <stocktracker/core/time.hpp>
#include <stocktracker/ports/database.hpp>
#include <stocktracker/ports/key_provider.hpp>

namespace stocktracker::inline v0 {

struct DataKeyRow {
  TenantId tenant;
  std::int64_t number = 0;
  std::string sealed;
  Instant created_at;
  std::optional<Instant> retired_at{};
};

struct SealedPart {
  std::string account;
  std::string name;
  std::string sealed;
  /// The row of its SealContext.
  [[nodiscard]] std::string row() const { return account + "/" + name; }
};

/// By tenant and number; of all tenants for the nil id.
[[nodiscard]] Result<std::vector<DataKeyRow>> read_data_keys(Database& control, const TenantId& tenant,
                                                             const CallContext& context);
/// Writes the key sealed anew unless the row changed since it was read; whether it did.
[[nodiscard]] Result<bool> replace_data_key(Database& control, const DataKeyRow& row, std::string_view sealed,
                                            const CallContext& context);
/// Adds the key and retires the tenant's older ones. False when somebody else has added that number.
/// Errc::not_found, tenant_quarantined: the tenant's state allows no new key.
[[nodiscard]] Result<bool> add_data_key(Database& control, const DataKeyRow& row, const CallContext& context);
/// How many of the tenant's keys were deleted: 1, or 0 when it was not retired before that instant.
[[nodiscard]] Result<std::int64_t> delete_data_key(Database& control, const TenantId& tenant, std::int64_t number,
                                                   Instant retired_before, const CallContext& context);

/// By account and name. TransactMode::write waits for a writer that is at work.
[[nodiscard]] Result<std::vector<SealedPart>> read_sealed_parts(Database& plane, TransactMode mode,
                                                                const CallContext& context);
/// One transaction; each part unless it changed since it was read. How many were written.
struct ResealedPart {
  SealedPart before;
  std::string sealed;
};
[[nodiscard]] Result<std::int64_t> replace_parts(Database& plane, const std::vector<ResealedPart>& parts,
                                                 const CallContext& context);

}  // namespace stocktracker::inline v0
