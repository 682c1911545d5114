#include <cstdio>

#include <stocktracker/adapters/openssl.hpp>
#include <stocktracker/core/json_writer.hpp>

#include "commands.hpp"
#include "terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

// Accounts that name an address which is not allowed ask nothing until somebody acts. Of many tenants: of the one
// named.
void add_denied_addresses(const st::Engine& engine, const Session& session, std::vector<st::StorageFinding>& findings) {
  const auto accounts = engine.accounts().list(session.context).collect();
  if (!accounts) return;  // no tenant is chosen, or the store's own findings say why it cannot be read
  for (const st::Account& account : accounts.value()) {
    const auto health = engine.accounts().health(account.id, session.context);
    if (!health || !health.value().reason || health.value().reason->code != "base_url") continue;
    for (const auto& parameter : health.value().reason->parameters)
      findings.push_back({"account", false, parameter.value});
  }
}

// A store that does not even open is what a doctor is for: the refusal is a finding.
st::Result<std::vector<st::StorageFinding>> examine(const Session& session, const DoctorOptions& options) {
  std::vector<st::StorageFinding> findings;
  const auto engine = open_for_reading(session);
  if (engine) {
    STK_TRY(findings, engine.value().doctor(session.context));
    add_denied_addresses(engine.value(), session, findings);
  } else if (engine.error().kind() == st::ErrorKind::not_found) {
    return engine.error();
  } else {
    findings.push_back({"open", false, engine.error().text()});
  }
  if (!options.keys.file.empty() || !options.keys.command.empty()) {
    st::OpenOptions open;
    STK_TRY(choose_keys(open, session, options.keys));
    const auto keys = open.keys ? st::Result<std::shared_ptr<st::KeyProvider>>(open.keys)
                                : st::make_key_file({.path = options.keys.file});
    const auto current = keys ? keys.value()->current() : st::Result<st::SealingKey>(keys.error());
    findings.push_back({options.keys.file.empty() ? "key command" : "key file", current.has_value(),
                        current ? "current key " + current.value().id : current.error().text()});
  }
  return findings;
}

void print_json(const std::vector<st::StorageFinding>& findings) {
  std::string out;
  st::JsonWriter json(out);
  json.begin_array();
  for (const auto& finding : findings) {
    json.begin_object().field("subject", std::string_view(finding.subject)).field("ok", finding.ok);
    json.field("detail", std::string_view(finding.detail)).end_object();
  }
  json.end_array();
  emit(stdout, out + "\n");
}

}  // namespace

ExitCode run_doctor(const Session& session, const DoctorOptions& options) {
  const auto findings = examine(session, options);
  if (!findings) return report(findings.error());
  bool healthy = true;
  for (const auto& finding : findings.value()) {
    healthy = healthy && finding.ok;
    if (!options.json) {
      emitf(stdout, "%-10s %-7s %s\n", finding.subject.c_str(), finding.ok ? "ok" : "FAULT",
            shown(finding.detail).c_str());
    }
  }
  if (options.json) print_json(findings.value());
  return healthy ? kOk : kDamaged;
}

}  // namespace server
