/// @file
/// Connections that are kept, up to a number.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "adapters/postgres/connection.hpp"

namespace stocktracker::inline v0::postgres {

class Pool {
 public:
  explicit Pool(PostgresOptions options) : options_(std::move(options)) {}

  /// A connection, given back when it goes out of scope. `fresh`: it was opened for this lease.
  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection, bool fresh) noexcept
        : pool_(&pool), connection_(std::move(connection)), fresh_(fresh) {}
    Lease(Lease&& other) noexcept
        : pool_(other.pool_), connection_(std::move(other.connection_)), fresh_(other.fresh_) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_) pool_->give_back(std::move(connection_));
    }
    [[nodiscard]] Connection& operator*() const noexcept { return *connection_; }
    [[nodiscard]] Connection* operator->() const noexcept { return connection_.get(); }
    [[nodiscard]] bool fresh() const noexcept { return fresh_; }

   private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
    bool fresh_;
  };

  /// Waits for a free one until the context ends.
  [[nodiscard]] Result<Lease> take(const CallContext& context);
  /// Opens so many at once.
  [[nodiscard]] Result<void> warm(int connections, const CallContext& context);
  [[nodiscard]] const PostgresOptions& options() const noexcept { return options_; }

 private:
  void give_back(std::unique_ptr<Connection> connection) noexcept;

  [[nodiscard]] Result<std::unique_ptr<Connection>> open(const CallContext& context);

  const PostgresOptions options_;
  StatementBook book_;
  std::mutex mutex_;
  std::condition_variable_any returned_;
  std::vector<std::unique_ptr<Connection>> idle_;  // the last used at the end
  int open_ = 0;
};

}  // namespace stocktracker::inline v0::postgres
