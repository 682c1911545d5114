/// TenantFiles: the files of a folder's tenants, opened when they are needed; and the plane in one of them.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <stocktracker/ports/database.hpp>

#include "adapters/sqlite/file.hpp"

namespace stocktracker::inline v0::sqlite {

/// The open files of tenants. A file that is in use stays open.
class TenantFiles {
 public:
  TenantFiles(std::string folder, SqliteOptions each, std::size_t most)
      : folder_(std::move(folder)), each_(std::move(each)), most_(most) {}

  // The path is built from the id's own text only.
  [[nodiscard]] std::string path_of(const TenantId& tenant) const { return folder_ + "/" + tenant.text() + ".db"; }
  [[nodiscard]] const std::string& folder() const noexcept { return folder_; }
  [[nodiscard]] const SqliteOptions& options() const noexcept { return each_; }

  /// Errc::not_found if the file does not exist and may not be created.
  [[nodiscard]] Result<std::shared_ptr<File>> take(const TenantId& tenant, bool make);
  void forget(const TenantId& tenant);
  [[nodiscard]] static Error missing(const TenantId& tenant);

 private:
  struct Slot {
    std::mutex mutex;  // one thread opens the file, the others wait
    std::weak_ptr<File> file;
  };
  struct Kept {
    TenantId tenant;
    std::shared_ptr<File> file;
  };

  std::shared_ptr<Slot> slot_of(const TenantId& tenant);
  void keep(const TenantId& tenant, std::shared_ptr<File> file);

  const std::string folder_;
  const SqliteOptions each_;
  const std::size_t most_;
  std::mutex mutex_;
  std::map<TenantId, std::shared_ptr<Slot>> slots_;
  std::list<Kept> kept_;  // most recently used first
};

/// A tenant's plane. After the file was destroyed, by any process, nothing is written to it.
class TenantDatabase final : public Database {
 public:
  TenantDatabase(std::shared_ptr<File> file, const TenantId& tenant) noexcept
      : file_(std::move(file)), tenant_(tenant) {}
  Plane plane() const noexcept override { return Plane::tenant; }
  Result<void> transact(const CallContext& context, TransactMode mode,
                        FunctionRef<Result<void>(Transaction&)> body) override;

 private:
  std::shared_ptr<File> file_;
  TenantId tenant_;
};

}  // namespace stocktracker::inline v0::sqlite
