/// @file
/// Engine::doctor: findings about the store, and about each tenant that is not sound.
#include <algorithm>
#include <set>

#include <stocktracker/assembly/engine.hpp>

#include "assembly/engine_parts.hpp"

namespace stocktracker::inline v0 {
namespace {

/// The context's tenant, or all of a store for many.
Result<std::vector<Tenant>> tenants_of(const Engine& engine, const CallContext& context) {
  STK_TRY(auto all, engine.tenants().list({}, context).collect());
  if (!context.tenant.is_nil()) std::erase_if(all, [&](const Tenant& one) { return one.id != context.tenant; });
  return all;
}

bool has_data(const Tenant& tenant) noexcept {
  return tenant.state == TenantState::active || tenant.state == TenantState::suspended;
}

/// Of the store itself, so that nothing else can be asked of it.
bool is_fatal(const StorageFinding& finding) {
  if (finding.ok || !finding.tenant.is_nil() || finding.subject == "tenants") return false;
  return !finding.subject.ends_with("journal") && !finding.subject.ends_with("mode");
}

void add(LedgerCheck& sum, LedgerCheck check) {
  sum.entries += check.entries;
  sum.positions += check.positions;
  sum.broken += check.broken;
  for (std::string& fault : check.faults) sum.faults.push_back(std::move(fault));
}

StorageFinding ledger_finding(const LedgerCheck& sum, const std::string& whose) {
  std::string detail = std::to_string(sum.entries) + " entries of " + std::to_string(sum.positions) + " positions";
  detail += whose;
  for (const std::string& fault : sum.faults) detail += "; " + fault;
  return {"ledger", sum.broken == 0, std::move(detail)};
}

/// Of every tenant but those with findings already; one that cannot be read is a finding of its own.
Result<void> check_ledgers(const Engine& engine, const std::vector<Tenant>& tenants,
                           std::vector<StorageFinding>& findings, const CallContext& context) {
  std::set<TenantId> unsound;
  for (const StorageFinding& finding : findings) {
    if (finding.damaged) unsound.insert(finding.tenant);
  }
  LedgerCheck sum;
  std::size_t checked = 0;
  CallContext each = context;
  for (const Tenant& tenant : tenants) {
    if (!has_data(tenant) || unsound.contains(tenant.id)) continue;
    each.tenant = tenant.id;
    auto check = engine.ledger().verify(each);
    if (check) {
      add(sum, std::move(check).value());
      ++checked;
      continue;
    }
    STK_TRY(context.check(engine.clock().now()));
    // A tenant that is closed now gets a finding as such.
    if (check.error().errc() == Errc::tenant_quarantined) continue;
    findings.push_back({"tenant " + tenant.id.text() + " ledger", false, check.error().text(), tenant.id});
  }
  findings.push_back(ledger_finding(sum, " of " + std::to_string(checked) + " tenants"));
  return success();
}

Result<void> check_tenants(const Engine& engine, const Engine::Parts& parts, std::vector<StorageFinding>& findings,
                           const CallContext& context) {
  for (const StorageFinding& finding : findings) {
    if (!finding.damaged) continue;
    static_cast<void>(parts.quarantine->judge(finding.tenant, Error(Errc::store_corrupt, finding.detail), context));
  }
  STK_TRY(const auto tenants, tenants_of(engine, context));
  STK_TRY(check_ledgers(engine, tenants, findings, context));
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
  const CallContext context = given.started(parts_->ports.clock->now());
  STK_TRY(auto findings, parts_->ports.storage->examine(context));
  // Entries of a file that fails its own check would only repeat that.
  const bool usable = std::none_of(findings.begin(), findings.end(), is_fatal);
  if (usable && parts_->quarantine) {
    STK_TRY(check_tenants(*this, *parts_, findings, context));
  } else if (usable) {
    STK_TRY(const auto check, ledger().verify(context));
    findings.push_back(ledger_finding(check, ""));
  }
  if (parts_->keys) {
    const auto key = parts_->keys->current();
    findings.push_back({"key", key.has_value(), key ? "current key " + key.value().id : key.error().text()});
  }
  return findings;
}

}  // namespace stocktracker::inline v0
