/// Creates a tenant from a file, completely or not at all.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/sqlite/private_folder.hpp"
#include "assembly/engine_parts.hpp"
#include "assembly/tenant_file.hpp"

namespace stocktracker::inline v0 {

class TenantImport {
 public:
  /// Both must outlive the import.
  TenantImport(const Engine::Parts& parts, const CallContext& context) noexcept : parts_(parts), context_(context) {}

  /// See Engine::import_tenant.
  [[nodiscard]] Result<Tenant> run(const std::string& file, std::string_view name);

 private:
  /// Reads the tenant's id from the file; the store of one seller is converted to a file of a new tenant.
  [[nodiscard]] Result<void> read_owner(const std::string& file);
  [[nodiscard]] Result<void> fill_plane();
  [[nodiscard]] Result<void> settle_plane();
  void undo() noexcept;
  /// A context for steps that must run even if the caller's time has ended.
  [[nodiscard]] CallContext quiet() const;

  const Engine::Parts& parts_;
  const CallContext& context_;
  TenantId tenant_;
  std::string file_;
  std::optional<sqlite::PrivateFolder> converted_;  // the folder of the converted file, if there is one
  std::string attempt_;                             // identifies this import among others of the same tenant
};

}  // namespace stocktracker::inline v0
