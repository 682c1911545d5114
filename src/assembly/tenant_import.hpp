/// @file
/// A tenant from a file: all of it, or nothing of it.
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
  /// Both must outlive it.
  TenantImport(const Engine::Parts& parts, const CallContext& context) noexcept : parts_(parts), context_(context) {}

  /// See Engine::import_tenant.
  [[nodiscard]] Result<Tenant> run(const std::string& file, std::string_view name);

 private:
  /// Names the tenant; the store of one seller becomes a file of a new one.
  [[nodiscard]] Result<void> read_owner(const std::string& file);
  [[nodiscard]] Result<void> fill_plane();
  [[nodiscard]] Result<void> settle_plane();
  void undo() noexcept;
  /// For what the end of the import must not end.
  [[nodiscard]] CallContext quiet() const;

  const Engine::Parts& parts_;
  const CallContext& context_;
  TenantId tenant_;
  std::string file_;
  std::optional<sqlite::PrivateFolder> converted_;  // where that file is, if it is ours
  std::string attempt_;                             // names this import among others of the same tenant
};

}  // namespace stocktracker::inline v0
