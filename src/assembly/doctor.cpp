// Engine::doctor: findings about the store, and about each tenant that is not sound.
#include <algorithm>
#include <set>

#include <stocktracker/assembly/engine.hpp>
#include <stocktracker/inventory/ledger.hpp>

#include "assembly/engine_parts.hpp"
#include "inventory/doctor_rules.hpp"
#include "inventory/product_model.hpp"

namespace stocktracker::inline v0 {
namespace {

/// The context's tenant, or the complete store.
Result<std::vector<Tenant>> tenants_of(const Engine& engine, const CallContext& context) {
  STK_TRY(auto all, engine.tenants().list({}, context).collect());
  if (!context.tenant.is_nil()) std::erase_if(all, [&](const Tenant& one) { return one.id != context.tenant; });
  return all;
}

bool has_data(const Tenant& tenant) noexcept {
  return tenant.state == TenantState::active || tenant.state == TenantState::suspended;
}

/// A finding about the store itself that makes all other checks impossible.
bool is_fatal(const StorageFinding& finding) {
  if (finding.ok || !finding.tenant.is_nil() || finding.subject == "tenants") return false;
  return !finding.subject.ends_with("journal") && !finding.subject.ends_with("mode");
}

/// Findings about the data of one tenant, or of several.
struct DataCheck {
  LedgerCheck ledger;
  inventory::RowsCheck rows;
};

Result<DataCheck> check_data(const Engine& engine, const Engine::Parts& parts, const CallContext& context) {
  DataCheck check;
  STK_TRY(check.ledger, engine.ledger().verify(context));
  const auto read = [&](Transaction& tx) -> Result<void> {
    STK_TRY(check.rows, inventory::check_rows(tx, Plane::tenant));
    ++check.rows.rules;
    // Rows that contradict each other may have texts that cannot be read.
    if (!check.rows.faults.empty()) return success();
    STK_TRY(check.rows.faults, inventory::check_products(tx));
    check.rows.computable = !check.rows.faults.empty();
    return success();
  };
  STK_TRY(auto database, parts.ports.storage->tenant(context.tenant));
  STK_TRY(database->transact(context, TransactMode::read, read));
  return check;
}

void add(DataCheck& sum, const DataCheck& check, const std::string& tenant_text) {
  sum.ledger.entries += check.ledger.entries;
  sum.ledger.positions += check.ledger.positions;
  sum.ledger.broken += check.ledger.broken;
  sum.rows.rules += check.rows.rules;
  sum.rows.computable = sum.rows.computable || check.rows.computable;
  for (const std::string& fault : check.ledger.faults) sum.ledger.faults.push_back(tenant_text + fault);
  for (const std::string& fault : check.rows.faults) sum.rows.faults.push_back(tenant_text + fault);
}

constexpr std::string_view kRepair =
    "; stored products can be computed again: Listings::recompute_products, or stocktracker doctor --repair";

void add_findings(const DataCheck& sum, const std::string& tenant_text, std::vector<StorageFinding>& findings) {
  const auto listed = [](std::string detail, const std::vector<std::string>& faults) {
    for (const std::string& fault : faults) detail += "; " + fault;
    return detail;
  };
  const LedgerCheck& ledger = sum.ledger;
  findings.push_back({"ledger", ledger.broken == 0,
                      listed(std::to_string(ledger.entries) + " entries of " + std::to_string(ledger.positions) +
                                 " positions" + tenant_text,
                             ledger.faults)});
  std::string rows = listed(std::to_string(sum.rows.rules) + " rules" + tenant_text, sum.rows.faults);
  if (sum.rows.computable) rows += kRepair;
  findings.push_back({"rows", sum.rows.faults.empty(), std::move(rows)});
}

/// Checks every tenant without findings so far; a tenant that cannot be read is a finding of its own.
Result<void> check_all_data(const Engine& engine, const Engine::Parts& parts, const std::vector<Tenant>& tenants,
                            std::vector<StorageFinding>& findings, const CallContext& context) {
  std::set<TenantId> unsound;
  for (const StorageFinding& finding : findings) {
    if (finding.damaged) unsound.insert(finding.tenant);
  }
  DataCheck sum;
  if (context.tenant.is_nil()) {
    const auto read = [&](Transaction& tx) -> Result<void> {
      STK_TRY(sum.rows, inventory::check_rows(tx, Plane::control));
      return success();
    };
    STK_TRY(parts.ports.storage->control().transact(context, TransactMode::read, read));
  }
  std::size_t checked = 0;
  CallContext each = context;
  for (const Tenant& tenant : tenants) {
    if (!has_data(tenant) || unsound.contains(tenant.id)) continue;
    each.tenant = tenant.id;
    const auto check = check_data(engine, parts, each);
    if (check) {
      add(sum, check.value(), "tenant " + tenant.id.text() + ", ");
      ++checked;
      continue;
    }
    STK_TRY(context.check(engine.clock().now()));
    // A tenant that is closed now is a finding, too.
    if (check.error().errc() == Errc::tenant_quarantined) continue;
    findings.push_back({"tenant " + tenant.id.text() + " ledger", false, check.error().text(), tenant.id});
  }
  add_findings(sum, " of " + std::to_string(checked) + " tenants", findings);
  return success();
}

Result<void> check_tenants(const Engine& engine, const Engine::Parts& parts, std::vector<StorageFinding>& findings,
                           const CallContext& context) {
  for (const StorageFinding& finding : findings) {
    if (!finding.damaged) continue;
    static_cast<void>(
        parts.quarantine->close_if_damaged(finding.tenant, Error(Errc::store_corrupt, finding.detail), context));
  }
  STK_TRY(const auto tenants, tenants_of(engine, context));
  STK_TRY(check_all_data(engine, parts, tenants, findings, context));
  STK_TRY(const auto now_are, tenants_of(engine, context));
  for (const Tenant& tenant : now_are) {
    if (tenant.state != TenantState::quarantined) continue;
    findings.push_back(
        {"tenant " + tenant.id.text(), false, Quarantine::closed(tenant.id, tenant.reason).message(), tenant.id});
  }
  return success();
}

}  // namespace

Result<std::vector<StorageFinding>> Engine::doctor(const CallContext& given) const {
  STK_TRY(const auto context, begin_call(parts_->ports.calls, *parts_->ports.clock, given));
  STK_TRY(auto findings, parts_->ports.storage->examine(context));
  // Entries of a file that fails its own check would only repeat that finding.
  const bool usable = std::none_of(findings.begin(), findings.end(), is_fatal);
  if (usable && parts_->quarantine) {
    STK_TRY(check_tenants(*this, *parts_, findings, context));
  } else if (usable) {
    STK_TRY(const auto check, check_data(*this, *parts_, context));
    add_findings(check, "", findings);
  }
  if (parts_->keys) {
    const auto key = parts_->keys->current();
    findings.push_back({"key", key.has_value(), key ? "current key " + key.value().id : key.error().text()});
  }
  if (std::string failures = parts_->telemetry->failures(); !failures.empty()) {
    findings.push_back({"telemetry", false, std::move(failures)});
  }
  return findings;
}

}  // namespace stocktracker::inline v0
