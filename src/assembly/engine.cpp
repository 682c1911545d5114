#include <stocktracker/assembly/engine.hpp>

#include "assembly/engine_parts.hpp"

namespace stocktracker::inline v0 {

Accounts Engine::accounts() const { return Accounts(parts_->accounts); }
Sync Engine::sync() const { return Sync(parts_->sync); }
Stock Engine::stock() const { return Stock(parts_->inventory); }
Ledger Engine::ledger() const { return Ledger(parts_->inventory); }
Clock& Engine::clock() const { return *parts_->ports.clock; }

Result<std::vector<StorageFinding>> Engine::doctor(const CallContext& given) const {
  const CallContext context = given.started(parts_->ports.clock->now());
  STK_TRY(auto findings, parts_->ports.storage->examine(context));
  // Entries of a file that fails its own check would only repeat that.
  bool sound = true;
  for (const StorageFinding& finding : findings) sound = sound && (finding.ok || finding.subject == "journal");
  if (sound) {
    STK_TRY(const auto check, ledger().verify(context));
    std::string detail =
        std::to_string(check.entries) + " entries of " + std::to_string(check.positions) + " positions";
    for (const std::string& fault : check.faults) detail += "; " + fault;
    findings.push_back({"ledger", check.broken == 0, std::move(detail)});
  }
  if (parts_->keys) {
    const auto key = parts_->keys->current();
    findings.push_back({"key", key.has_value(), key ? "current key " + key.value().id : key.error().text()});
  }
  return findings;
}

}  // namespace stocktracker::inline v0
