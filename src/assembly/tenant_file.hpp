/// @file
/// One tenant's plane as a file: what backups and exports are made of.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0 {

/// Sealed by keys of this installation, told by its relay, held by its processes.
inline constexpr std::array<std::string_view, 3> kNotExported{"credential", "outbox", "lease"};

/// `target` must not be there; it appears whole, or not at all.
[[nodiscard]] Result<void> write_tenant_file(Storage& from, const TenantId& tenant, const std::string& target,
                                             const CallContext& context);

/// Replaces the tenant's plane. A file of an older version is migrated first, as a
/// copy.
[[nodiscard]] Result<void> read_tenant_file(Storage& to, const TenantId& tenant, const std::string& file,
                                            const CallContext& context);

/// The same tenant's file without what is not exported; its bytes do not stay in it.
[[nodiscard]] Result<void> strip_tenant_file(const std::string& file, const TenantId& tenant,
                                             const CallContext& context);

/// The store of one seller as the file of a tenant, for as long as this lives; the store itself is only read.
/// Credentials are left out: another key has sealed them.
class TenantFileOfStore {
 public:
  [[nodiscard]] static Result<std::shared_ptr<TenantFileOfStore>> make(const std::string& store, const TenantId& tenant,
                                                                       const CallContext& context);
  TenantFileOfStore() = default;
  TenantFileOfStore(const TenantFileOfStore&) = delete;
  TenantFileOfStore& operator=(const TenantFileOfStore&) = delete;
  virtual ~TenantFileOfStore() = default;
  [[nodiscard]] virtual std::string path() const = 0;
};

}  // namespace stocktracker::inline v0
