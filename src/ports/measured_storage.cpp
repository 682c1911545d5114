// MeasuredStorage: three measurements of each transaction, without an allocation.
#include "ports/measured_storage.hpp"

#include "ports/emit.hpp"
#include "ports/forwarding_storage.hpp"

namespace stocktracker::inline v0 {
namespace {

std::string_view name_of(TransactMode mode) noexcept {
  switch (mode) {
    case TransactMode::read:
      return "read";
    case TransactMode::write:
      return "write";
    case TransactMode::bulk:
      return "bulk";
  }
  return "bulk";
}

struct Meter {
  std::shared_ptr<Clock> clock;
  std::shared_ptr<Telemetry> telemetry;

  Result<void> transact(Database& database, const CallContext& context, TransactMode mode,
                        FunctionRef<Result<void>(Transaction&)> body) const {
    const Instant began = clock->now();
    Instant entered = began;
    std::int64_t runs = 0;
    const auto counted = [&](Transaction& transaction) -> Result<void> {
      if (++runs == 1) entered = clock->now();
      return body(transaction);
    };
    auto done = database.transact(context, mode, counted);
    const Instant ended = clock->now();
    const std::string_view plane = database.plane() == Plane::control ? "control" : "tenant";
    const std::string_view name = name_of(mode);
    // A transaction that never began has waited all the time.
    const Duration wait = (runs == 0 ? ended : entered) - began;
    emit::count<Metric::store_transactions>(*telemetry, 1, plane, name, done ? "ok" : to_string(done.error().kind()));
    emit::observe<Metric::store_transaction_duration>(*telemetry, ended - began, plane, name);
    emit::observe<Metric::store_wait_duration>(*telemetry, wait, plane, name);
    if (runs > 1) emit::count<Metric::store_body_reruns>(*telemetry, runs - 1, plane, name);
    return done;
  }
};

class MeasuredDatabase final : public Database {
 public:
  MeasuredDatabase(std::shared_ptr<Database> database, Meter meter) noexcept
      : database_(std::move(database)), meter_(std::move(meter)) {}

  Result<void> transact(const CallContext& context, TransactMode mode,
                        FunctionRef<Result<void>(Transaction&)> body) override {
    return meter_.transact(*database_, context, mode, body);
  }
  Plane plane() const noexcept override { return database_->plane(); }

 private:
  const std::shared_ptr<Database> database_;
  const Meter meter_;
};

class MeasuredStorage final : public ForwardingStorage {
 public:
  MeasuredStorage(std::shared_ptr<Storage> storage, Meter meter)
      : ForwardingStorage(storage),
        meter_(std::move(meter)),
        control_(std::shared_ptr<Database>(std::move(storage), &next().control()), meter_) {}

  Database& control() override { return control_; }
  Result<std::shared_ptr<Database>> tenant(const TenantId& tenant) override {
    STK_TRY(auto database, next().tenant(tenant));
    return std::make_shared<MeasuredDatabase>(std::move(database), meter_);
  }

 private:
  const Meter meter_;
  MeasuredDatabase control_;
};

}  // namespace

std::shared_ptr<Storage> measured(std::shared_ptr<Storage> storage, std::shared_ptr<Clock> clock,
                                  std::shared_ptr<Telemetry> telemetry) {
  return std::make_shared<MeasuredStorage>(std::move(storage), Meter{std::move(clock), std::move(telemetry)});
}

}  // namespace stocktracker::inline v0
