/// Pool: keeps up to a number of connections. For the order of callers see fair_turns.hpp.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/fair_turns.hpp"

namespace stocktracker::inline v0::postgres {

class Pool {
 public:
  explicit Pool(PostgresOptions options)
      : options_(std::move(options)), turns_(options_.connections, options_.take_timeout) {}

  /// A connection that is returned at the end of its scope. `fresh`: it was opened for this lease.
  class Lease {
   public:
    Lease(Pool& pool, const TenantId& tenant, std::unique_ptr<Connection> connection, bool fresh) noexcept
        : pool_(&pool), tenant_(tenant), connection_(std::move(connection)), fresh_(fresh) {}
    Lease(Lease&& other) noexcept
        : pool_(other.pool_), tenant_(other.tenant_), connection_(std::move(other.connection_)), fresh_(other.fresh_) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_) pool_->give_back(std::move(connection_), tenant_);
    }
    [[nodiscard]] Connection& operator*() const noexcept { return *connection_; }
    [[nodiscard]] Connection* operator->() const noexcept { return connection_.get(); }
    [[nodiscard]] bool fresh() const noexcept { return fresh_; }

   private:
    Pool* pool_;
    TenantId tenant_;
    std::unique_ptr<Connection> connection_;
    bool fresh_;
  };

  /// Waits for a free connection until the context ends, at most `take_timeout`: then Errc::overloaded. `tenant`: the
  /// user; nil for work of no tenant.
  [[nodiscard]] Result<Lease> take(const TenantId& tenant, const CallContext& context);
  /// Opens this many connections at once.
  [[nodiscard]] Result<void> warm(int connections, const CallContext& context);
  [[nodiscard]] const PostgresOptions& options() const noexcept { return options_; }

 private:
  void give_back(std::unique_ptr<Connection> connection, const TenantId& tenant) noexcept;
  [[nodiscard]] std::unique_ptr<Connection> take_idle();
  [[nodiscard]] Result<std::unique_ptr<Connection>> open(const CallContext& context);
  /// Changes the number of connections that are open or being opened, and returns it.
  int count_open(int change) noexcept;

  const PostgresOptions options_;
  StatementBook book_;
  Turns turns_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;  // most recently used last
  int open_ = 0;
};

}  // namespace stocktracker::inline v0::postgres
