/// Read connections of a file: each reads one consistent snapshot while the writer works.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include <stocktracker/ports/database.hpp>

#include "adapters/sqlite/connection.hpp"

namespace stocktracker::inline v0::sqlite {

/// Thread-safe. Connections are opened when first needed and kept.
class ReaderPool {
 public:
  /// `options` must outlive the pool.
  explicit ReaderPool(const SqliteOptions& options) : options_(options) {
    idle_.reserve(static_cast<std::size_t>(options.readers));
  }

  [[nodiscard]] Result<void> transact(Plane plane, const CallContext& context,
                                      FunctionRef<Result<void>(Transaction&)> body);

 private:
  [[nodiscard]] Result<std::unique_ptr<Connection>> take(const CallContext& context);
  void give_back(std::unique_ptr<Connection> connection) noexcept;

  const SqliteOptions& options_;
  std::mutex mutex_;
  std::condition_variable_any returned_;
  std::vector<std::unique_ptr<Connection>> idle_;
  int open_ = 0;
};

}  // namespace stocktracker::inline v0::sqlite
