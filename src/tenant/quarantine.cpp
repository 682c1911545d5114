// Marks a tenant as damaged, and closes it.
#include "tenant/quarantine.hpp"

#include <string>
#include <vector>

#include "ports/damage.hpp"
#include "tenant/event_log.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr Statement kState{"tenant.state", "SELECT state, reason FROM tenant WHERE tenant_id = $1"};
constexpr Statement kClose{"tenant.quarantine",
                           "UPDATE tenant SET state = 'quarantined', reason = $2 WHERE tenant_id = $1 AND "
                           "state IN ('active', 'suspended')"};

struct State {
  std::string state;  ///< empty: no record
  std::string reason;
};

Result<State> state_of(Database& control, const TenantId& tenant, const CallContext& context) {
  State found;
  const std::string id = tenant.text();
  const auto read = [&](Transaction& tx) -> Result<void> {
    found = {};
    STK_TRY(auto rows, tx.query(kState, {id}));
    STK_TRY(const bool any, rows->next());
    if (any) found = {std::string(rows->text(0)), std::string(rows->text(1))};
    return success();
  };
  STK_TRY(control.transact(context, TransactMode::read, read));
  return found;
}

/// Some other tenants that should have data.
constexpr Statement kNeighbours{"tenant.neighbours",
                                "SELECT tenant_id FROM tenant WHERE state IN ('active', 'suspended') AND tenant_id <> "
                                "$1 ORDER BY tenant_id LIMIT 20"};

/// The deadline of the failed call may have passed; the record must be written nevertheless.
CallContext afterwards(const CallContext& context) {
  CallContext own;
  own.timeout = kPatience;
  own.actor = context.actor;
  own.request_id = context.request_id;
  return own;
}

}  // namespace

CallContext patient(const CallContext& context) {
  CallContext own = context;
  own.timeout = kPatience;  // the store turns it into a deadline on its own clock; the earlier one counts
  return own;
}

Error Quarantine::closed(const TenantId& tenant, std::string_view reason) {
  const std::string id = tenant.text();
  return Error(Errc::tenant_quarantined, "tenant " + id +
                                             " is closed, because its data are damaged: " + std::string(reason) +
                                             ". Restore it from a backup (stocktracker restore "
                                             "--tenant " +
                                             id + " FILE), or resume it when its data are sound again")
      .about("tenant");
}

std::optional<Error> Quarantine::close_if_damaged(const TenantId& tenant, const Error& error,
                                                  const CallContext& given) const {
  if (!is_damage(error) && error.errc() != Errc::not_found) return std::nullopt;
  const CallContext context = afterwards(given);
  const auto known = state_of(storage_->control(), tenant, context);
  if (!known) return std::nullopt;
  if (known.value().state == to_string(TenantState::quarantined)) return closed(tenant, known.value().reason);
  if (known.value().state != to_string(TenantState::active) &&
      known.value().state != to_string(TenantState::suspended)) {
    return std::nullopt;  // being created or removed: its data may be missing
  }
  if (!is_confirmed(tenant, error)) return std::nullopt;
  const bool missing = error.errc() == Errc::not_found;
  if (missing && all_are_missing(tenant, context)) return std::nullopt;
  const std::string reason = missing ? "its data are missing" : reason_of(error);
  const auto moved = close(tenant, reason, context);
  // Not moved in a read-only store, for example: the next process that may write closes the tenant.
  if (!moved) report<LogEntry::tenant_damaged>(tenant, error);
  if (!moved || !moved.value()) return std::nullopt;
  record(tenant, error, context);
  return closed(tenant, reason).because(error).in(given);
}

// Since the error, a creation, a restore or a resumption may have ended and replaced the data.
bool Quarantine::is_confirmed(const TenantId& tenant, const Error& error) const {
  if (error.errc() == Errc::store_corrupt) return true;
  const auto again = storage_->tenant(tenant);
  if (again) return error.errc() == Errc::store_rolled_back;
  return is_damage(again.error()) || again.error().errc() == Errc::not_found;
}

// For example a disk that is not mounted: a temporary fault of the machine.
bool Quarantine::all_are_missing(const TenantId& tenant, const CallContext& context) const {
  std::vector<TenantId> neighbours;
  const std::string id = tenant.text();
  const auto read = [&](Transaction& tx) -> Result<void> {
    neighbours.clear();
    STK_TRY(auto rows, tx.query(kNeighbours, {id}));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      STK_TRY(const auto one, TenantId::parse(rows->text(0)));
      neighbours.push_back(one);
    }
  };
  if (!storage_->control().transact(context, TransactMode::read, read)) return true;
  for (const TenantId& one : neighbours) {
    const auto there = storage_->tenant(one);
    if (there || there.error().errc() != Errc::not_found) return false;
  }
  return !neighbours.empty();
}

Result<bool> Quarantine::close(const TenantId& tenant, std::string_view reason, const CallContext& context) const {
  std::int64_t moved = 0;
  const std::string id = tenant.text();
  const Instant now = clock_->now();
  const auto write = [&](Transaction& tx) -> Result<void> {
    STK_TRY(moved, tx.execute(kClose, {id, reason}));
    return moved == 0 ? Result<void>(success()) : append_control_event(tx, id, kTenantQuarantined, now);
  };
  STK_TRY(storage_->control().transact(context, TransactMode::write, write));
  return moved > 0;
}

void Quarantine::record(const TenantId& tenant, const Error& error, const CallContext& context) const {
  report<LogEntry::tenant_quarantined>(tenant, error);
  if (telemetry_) emit::count<Metric::tenants_quarantined>(*telemetry_, 1);
  if (!audit_) return;
  audit_->record({.at = clock_->now(),
                  .tenant = tenant,
                  .actor = context.actor,
                  .action = "tenant.quarantine",
                  .subject = to_string(error.errc()),
                  .request_id = context.request_id});
}

}  // namespace stocktracker::inline v0
