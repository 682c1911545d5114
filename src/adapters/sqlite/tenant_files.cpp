// TenantFiles: the files of a folder's tenants.
#include "adapters/sqlite/tenant_files.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace stocktracker::inline v0::sqlite {

Result<std::shared_ptr<File>> TenantFiles::take(const TenantId& tenant, bool make) {
  const std::shared_ptr<Slot> slot = slot_of(tenant);
  const std::lock_guard lock(slot->mutex);
  if (auto file = slot->file.lock(); file && file->is_there()) {
    keep(tenant, file);
    return file;
  }
  forget(tenant);
  SqliteOptions options = each_;
  options.path = path_of(tenant);
  struct stat status {};
  if (!make && ::stat(options.path.c_str(), &status) != 0) {
    if (errno != ENOENT) {
      return Error(Errc::io_failed, options.path + " cannot be reached: " + std::strerror(errno)).during("open");
    }
    if (::stat(folder_.c_str(), &status) == 0) return missing(tenant);
    // The control file is missing, not only this tenant's.
    return Error(Errc::io_failed, folder_ + " is missing; check that its disk is mounted").during("open");
  }
  STK_TRY(auto file, File::open(std::move(options), make ? Connection::Use::write : Connection::Use::write_existing,
                                tenant.text()));
  slot->file = file;
  keep(tenant, file);
  return file;
}

void TenantFiles::forget(const TenantId& tenant) {
  const std::lock_guard lock(mutex_);
  kept_.remove_if([&](const Kept& kept) { return kept.tenant == tenant; });
}

std::shared_ptr<TenantFiles::Slot> TenantFiles::slot_of(const TenantId& tenant) {
  const std::lock_guard lock(mutex_);
  // Removes slots of files that are closed and not being opened.
  if (slots_.size() > 2 * most_ + 64) {
    std::erase_if(slots_,
                  [](const auto& entry) { return entry.second.use_count() == 1 && entry.second->file.expired(); });
  }
  auto& slot = slots_[tenant];
  if (!slot) slot = std::make_shared<Slot>();
  return slot;
}

void TenantFiles::keep(const TenantId& tenant, std::shared_ptr<File> file) {
  std::shared_ptr<File> closed;  // destroyed outside the lock: closing may write the log back
  const std::lock_guard lock(mutex_);
  const auto known = std::find_if(kept_.begin(), kept_.end(), [&](const Kept& kept) { return kept.tenant == tenant; });
  if (known != kept_.end()) {
    known->file = std::move(file);
    kept_.splice(kept_.begin(), kept_, known);
    return;
  }
  kept_.push_front({tenant, std::move(file)});
  if (kept_.size() > most_) {
    closed = std::move(kept_.back().file);
    kept_.pop_back();
  }
}

Error TenantFiles::missing(const TenantId& tenant) {
  return Error(Errc::not_found, "there is no tenant " + tenant.text()).about("tenant");
}

Result<void> TenantDatabase::transact(const CallContext& context, TransactMode mode,
                                      FunctionRef<Result<void>(Transaction&)> body) {
  if (!file_->is_there()) {
    struct stat status {};
    if (::stat(file_->options().path.c_str(), &status) != 0) return TenantFiles::missing(tenant_);
    return Error(Errc::store_busy, "the tenant's data were replaced at the same time; repeat the call").may_retry();
  }
  return file_->transact(Plane::tenant, context, mode, body);
}

}  // namespace stocktracker::inline v0::sqlite
