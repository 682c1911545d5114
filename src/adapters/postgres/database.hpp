/// Database: one plane through the pool; begins, commits, and repeats what the server asks to repeat.
#pragma once

#include <memory>
#include <string>

#include "adapters/postgres/pool.hpp"

namespace stocktracker::inline v0::postgres {

class PostgresDatabase final : public Database {
 public:
  /// `tenant` is nil for the control plane.
  PostgresDatabase(std::shared_ptr<Pool> pool, Plane plane, const TenantId& tenant) noexcept
      : pool_(std::move(pool)), plane_(plane), tenant_(tenant) {}
  Plane plane() const noexcept override { return plane_; }
  Result<void> transact(const CallContext& context, TransactMode mode,
                        FunctionRef<Result<void>(Transaction&)> body) override;

 private:
  /// `slow`: the server ended the transaction because the body was idle for too long. `unanswered`: COMMIT was sent,
  /// and its answer was lost.
  enum class Ending : unsigned char { final, again, slow, unanswered };
  struct Attempt {
    Result<void> result = success();
    Ending ending = Ending::final;
    std::string connection{};  ///< unanswered: the mark of this connection shows the outcome
    std::int64_t number = 0;
  };
  [[nodiscard]] Attempt attempt_on(const Pool::Lease& lease, const CallContext& context, TransactMode mode,
                                   FunctionRef<Result<void>(Transaction&)> body) const;
  [[nodiscard]] Attempt attempt(const CallContext& context, TransactMode mode,
                                FunctionRef<Result<void>(Transaction&)> body) const;
  [[nodiscard]] Result<void> begin(Connection& connection, const CallContext& context, TransactMode mode) const;
  [[nodiscard]] Attempt commit(Connection& connection, const CallContext& context, bool wrote) const;
  [[nodiscard]] Attempt ask_whether_committed(Attempt unanswered, const CallContext& context) const;
  /// The user of the connection: this tenant; in the control plane the call's tenant.
  [[nodiscard]] const TenantId& user(const CallContext& context) const noexcept {
    return tenant_.is_nil() ? context.tenant : tenant_;
  }

  std::shared_ptr<Pool> pool_;
  Plane plane_;
  TenantId tenant_;
};

}  // namespace stocktracker::inline v0::postgres
