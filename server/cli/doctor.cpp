// `doctor`: checks integrity, schema, ledger and keys of a store; repairs what can be computed from other data.
#include <memory>
#include <vector>

#include <stocktracker/adapters/openssl.hpp>
#include <stocktracker/marketplace/accounts.hpp>

#include "server/app/key_options.hpp"
#include "server/app/open_store.hpp"
#include "server/app/recompute.hpp"
#include "server/cli/command.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/failure.hpp"
#include "server/render/finding.hpp"
#include "server/render/recomputed.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct DoctorOptions {
  KeyOptions keys;
  bool repair = false;
  bool json = false;
};

struct Damage {
  bool store = false;
  std::vector<st::TenantId> tenants{};
};

// Damaged pages hide offers: products computed from the rest would lack them, and writing may damage more.
st::Result<Damage> find_damage(const Session& session) {
  Damage damage;
  const auto engine = open_for_reading(session);
  if (!engine) return damage;  // opening it for changes says why
  STK_TRY(const auto found, engine.value().doctor(session.context));
  for (const st::StorageFinding& one : found) {
    if (one.ok || !one.damaged) continue;
    if (one.tenant.is_nil())
      damage.store = true;
    else
      damage.tenants.push_back(one.tenant);
  }
  return damage;
}

st::Result<Recomputed> recompute(const Session& session, const Damage& damage) {
  STK_TRY(const auto engine, open_for_change(session));
  return recompute_products(engine, session.context, damage.tenants);
}

// Products are computed from offers and decisions. Nothing else in a store can be made from the rest of it. What cannot
// be repaired is a finding beside the others.
st::Result<void> repair(const Session& session, std::vector<st::StorageFinding>& findings) {
  STK_TRY(const auto damage, find_damage(session));
  if (damage.store) {
    findings.push_back({"products", false, "not computed, because the store is damaged; restore a backup"});
    return st::success();
  }
  const auto done = recompute(session, damage);
  if (!done) {
    const st::ErrorKind kind = done.error().kind();
    const bool ended = kind == st::ErrorKind::cancelled || kind == st::ErrorKind::timeout;
    if (ended || kind == st::ErrorKind::not_found) return done.error();
    findings.push_back({"products", false, failure_line(done.error())});
    return st::success();
  }
  findings.push_back({"products", true, recomputed_text(done.value())});
  for (const auto& [tenant, error] : done.value().failed) {
    findings.push_back({"products", false, "tenant " + tenant.text() + ": " + failure_line(error), tenant});
  }
  return st::success();
}

// Accounts with an address that is not allowed send no requests until somebody changes it. In a store of many tenants
// only the named tenant's accounts are checked.
void add_denied_addresses(const st::Engine& engine, const Session& session, std::vector<st::StorageFinding>& findings) {
  const auto accounts = engine.accounts().list(session.context).collect();
  if (!accounts) return;  // no tenant is chosen, or other findings say why the store cannot be read
  for (const st::Account& account : accounts.value()) {
    const auto health = engine.accounts().health(account.id, session.context);
    if (!health || !health.value().reason || health.value().reason->code != "base_url") continue;
    for (const auto& parameter : health.value().reason->parameters)
      findings.push_back({"account", false, parameter.value});
  }
}

// A store that cannot be opened is the doctor's main case: the error becomes a finding.
st::Result<std::vector<st::StorageFinding>> examine(const Session& session, const DoctorOptions& options) {
  std::vector<st::StorageFinding> findings;
  if (options.repair) {
    STK_TRY(repair(session, findings));
  }
  const auto engine = open_for_reading(session);
  if (engine) {
    STK_TRY(const auto found, engine.value().doctor(session.context));
    findings.insert(findings.end(), found.begin(), found.end());
    add_denied_addresses(engine.value(), session, findings);
  } else if (engine.error().kind() == st::ErrorKind::not_found) {
    return engine.error();
  } else {
    findings.push_back({"open", false, failure_line(engine.error())});
  }
  if (!options.keys.file.empty() || !options.keys.command.empty()) {
    st::OpenOptions open;
    auto chosen = choose_keys(open, session, options.keys);
    if (!chosen && chosen.error().kind() == st::ErrorKind::invalid) return std::move(chosen).error();
    const auto keys = !chosen     ? st::Result<std::shared_ptr<st::KeyProvider>>(std::move(chosen).error())
                      : open.keys ? st::Result<std::shared_ptr<st::KeyProvider>>(open.keys)
                                  : st::make_key_file({.path = options.keys.file});
    const auto current = keys ? keys.value()->current() : st::Result<st::SealingKey>(keys.error());
    findings.push_back({options.keys.file.empty() ? "key command" : "key file", current.has_value(),
                        current ? "current key " + current.value().id : failure_line(current.error())});
  }
  return findings;
}

class DoctorCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& session) override {
    auto* command = app.add_subcommand("doctor", "Check integrity, schema, ledger and key");
    add_db(*command, session);
    command->add_option("--key-file", options_.keys.file, "The key file of stored credentials");
    command->add_option("--key-command", options_.keys.command, "The command that prints the keys");
    command->add_option("--key-command-env", options_.keys.command_env, "Environment variables for this command")
        ->delimiter(',');
    command->add_flag(
        "--repair", options_.repair,
        "First compute stored products again, of the chosen tenant or of all; everything else is only read");
    command->add_flag("--json", options_.json, "A JSON array");
    return command;
  }

  ExitCode run(const Session& session) const override {
    const auto findings = examine(session, options_);
    if (!findings) return report(findings.error());
    bool healthy = true;
    for (const auto& finding : findings.value()) {
      healthy = healthy && finding.ok;
      if (!options_.json) standard_output().append(finding_text(finding));
    }
    if (options_.json) standard_output().append(to_json(findings.value()) + "\n");
    return healthy ? kOk : kDamaged;
  }

 private:
  DoctorOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_doctor() { return std::make_unique<DoctorCommand>(); }

}  // namespace server
