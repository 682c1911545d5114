/// KeyRotation: implements the service Keys on the store itself.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <stocktracker/ports/audit_sink.hpp>
#include <stocktracker/tenant/keys.hpp>

#include "tenant/key_records.hpp"
#include "tenant/tenant_sealer.hpp"
#include "tenant/tenants_core.hpp"

namespace stocktracker::inline v0 {

/// Every change compares with what was read before: nothing is encrypted inside a transaction, and a row that another
/// process writes meanwhile is not overwritten.
class KeyRotation {
 public:
  struct Parts {
    std::shared_ptr<TenantsCore> tenants;
    std::shared_ptr<KeyProvider> keys;          ///< null: nothing is sealed here
    std::shared_ptr<Sealer> master;             ///< a sealer with these keys
    std::shared_ptr<TenantSealer> data_sealer;  ///< null in a single-tenant store
    std::shared_ptr<AuditSink> audit;           ///< may be null
  };
  explicit KeyRotation(Parts parts) noexcept : parts_(std::move(parts)) {}

  [[nodiscard]] Clock& clock() const noexcept { return parts_.tenants->clock(); }
  [[nodiscard]] Result<EnteredCall> begin(const CallContext& given) const { return parts_.tenants->begin(given); }
  [[nodiscard]] Result<KeyStatus> status(const CallContext& context) const;
  [[nodiscard]] Result<KeyRotationReport> rotate_master(const KeyRotationOptions& options, const CallContext& context);
  [[nodiscard]] Result<KeyRotationReport> rotate_data(const KeyRotationOptions& options, const CallContext& context);
  [[nodiscard]] Result<KeyRotationReport> discard_unused(const CallContext& context);

 private:
  [[nodiscard]] bool many() const noexcept { return parts_.data_sealer != nullptr; }
  [[nodiscard]] Storage& storage() const noexcept { return parts_.tenants->storage(); }
  [[nodiscard]] Result<void> need_keys() const;
  [[nodiscard]] Result<void> need_data_keys() const;
  [[nodiscard]] Result<bool> is_sealed_by(std::string_view sealed, std::string_view key) const;

  /// In a single-tenant store: those of the default tenant.
  [[nodiscard]] Result<std::vector<SealedPart>> own_parts(const CallContext& context) const;
  /// Number of rows that are sealed by another master key than `current`.
  [[nodiscard]] Result<std::int64_t> count_older(const std::string& current, const CallContext& context) const;
  [[nodiscard]] Result<void> reseal_data_keys(KeyRotationReport& report, const CallContext& context);
  /// The credentials of one plane that are sealed by another key than `current`, account by account.
  [[nodiscard]] Result<void> reseal_parts(Database& plane, const TenantId& tenant, Sealer& sealer,
                                          const std::string& current, KeyRotationReport& report,
                                          const CallContext& context);

  [[nodiscard]] Result<void> for_each_tenant(const CallContext& context, KeyRotationReport& report,
                                             FunctionRef<Result<void>(const Tenant&)> action);
  [[nodiscard]] Result<void> rotate_tenant(const Tenant& tenant, const KeyRotationOptions& options,
                                           KeyRotationReport& report, const CallContext& context);
  [[nodiscard]] Result<void> add_key(const Tenant& tenant, std::int64_t number, KeyRotationReport& report,
                                     const CallContext& context);
  [[nodiscard]] Result<void> discard_of_tenant(const Tenant& tenant, KeyRotationReport& report,
                                               const CallContext& context);
  void record(const char* action, const std::string& subject, const CallContext& context) const;

  const Parts parts_;
};

/// How long a replaced data key is kept although nothing refers to it: a process may be sealing with it, and notices
/// the newer key within half a minute.
inline constexpr Duration kKeepRetired = std::chrono::hours(1);

}  // namespace stocktracker::inline v0
