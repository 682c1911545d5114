/// File: one file of a store with its writer and readers, as a database of either plane.
#pragma once

#include <sys/types.h>

#include <memory>
#include <vector>

#include <stocktracker/ports/database.hpp>

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/reader_pool.hpp"
#include "adapters/sqlite/writer.hpp"

namespace stocktracker::inline v0::sqlite {

class File {
 public:
  /// Opens and migrates; a file that is opened for reading is only checked. `owner`: the tenant that the file must
  /// belong to, and which a new file gets; empty for a file that is not one tenant's of many.
  [[nodiscard]] static Result<std::shared_ptr<File>> open(SqliteOptions options,
                                                          Connection::Use use = Connection::Use::write,
                                                          const std::string& owner = {});
  explicit File(SqliteOptions options) : options_(std::move(options)), readers_(options_) {}

  [[nodiscard]] const SqliteOptions& options() const noexcept { return options_; }
  [[nodiscard]] bool in_memory() const noexcept { return options_.path == ":memory:"; }
  /// True if the name still leads to the file that was opened.
  [[nodiscard]] bool is_there() const noexcept;
  [[nodiscard]] Result<void> transact(Plane plane, const CallContext& context, TransactMode mode,
                                      FunctionRef<Result<void>(Transaction&)> body);

 private:
  const SqliteOptions options_;
  std::shared_ptr<void> noted_;     // as open, see file.cpp; after the connections were closed it is no longer so
  std::unique_ptr<Writer> writer_;  // null: opened for reading
  ReaderPool readers_;
  ino_t inode_ = 0;
};

/// One plane of a file. Thread-safe.
class FileDatabase final : public Database {
 public:
  FileDatabase(std::shared_ptr<File> file, Plane plane) noexcept : file_(std::move(file)), plane_(plane) {}
  Plane plane() const noexcept override { return plane_; }
  Result<void> transact(const CallContext& context, TransactMode mode,
                        FunctionRef<Result<void>(Transaction&)> body) override {
    return file_->transact(plane_, context, mode, body);
  }

 private:
  std::shared_ptr<File> file_;
  Plane plane_;
};

/// Writes the committed data from the log into the file, and flushes it to disk.
[[nodiscard]] Result<void> carry_log_over(const SqliteOptions& options);

/// Checks integrity, schema, journal and permissions of the file; and its owner, unless that is empty.
[[nodiscard]] Result<std::vector<StorageFinding>> examine_file(const SqliteOptions& options, const std::string& owner,
                                                               const CallContext& context);

}  // namespace stocktracker::inline v0::sqlite
