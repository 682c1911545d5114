/// Sealed rows: the tenants' keys in the control plane, credentials in a tenant's plane.
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
  /// The row in its SealContext.
  [[nodiscard]] std::string row() const { return account + "/" + name; }
};

/// Ordered by tenant and number; for the nil id, of all tenants.
[[nodiscard]] Result<std::vector<DataKeyRow>> read_data_keys(Database& control, const TenantId& tenant,
                                                             const CallContext& context);
/// Writes the newly sealed key, unless the row changed since it was read; true if it was written.
[[nodiscard]] Result<bool> replace_data_key(Database& control, const DataKeyRow& row, std::string_view sealed,
                                            const CallContext& context);
/// Adds the key and retires the tenant's older ones. False if another process has added that number. Errc::not_found,
/// tenant_quarantined: the tenant's state permits no new key.
[[nodiscard]] Result<bool> add_data_key(Database& control, const DataKeyRow& row, const CallContext& context);
/// Number of deleted keys: 1, or 0 if the key was not retired before that instant.
[[nodiscard]] Result<std::int64_t> delete_data_key(Database& control, const TenantId& tenant, std::int64_t number,
                                                   Instant retired_before, const CallContext& context);

/// Ordered by account and name. TransactMode::write waits for a writer in progress.
[[nodiscard]] Result<std::vector<SealedPart>> read_sealed_parts(Database& plane, TransactMode mode,
                                                                const CallContext& context);
/// One transaction; writes each part unless it changed since it was read. Returns the number of written parts.
struct ResealedPart {
  SealedPart before;
  std::string sealed;
};
[[nodiscard]] Result<std::int64_t> replace_parts(Database& plane, const std::vector<ResealedPart>& parts,
                                                 const CallContext& context);

}  // namespace stocktracker::inline v0
