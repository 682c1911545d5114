#include <cstdio>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "commands.hpp"
#include "terminal.hpp"
#include "text_table.hpp"

namespace server {
namespace {

namespace st = stocktracker;

std::string to_json(const st::Tenant& tenant) {
  std::string out;
  st::JsonWriter json(out);
  const std::string id = tenant.id.text();
  const std::string created = st::to_rfc3339(tenant.created_at);
  json.begin_object().field("id", std::string_view(id)).field("name", std::string_view(tenant.name));
  json.field("state", std::string_view(to_string(tenant.state))).field("created_at", std::string_view(created));
  if (!tenant.reason.empty()) json.field("reason", std::string_view(tenant.reason));
  json.end_object();
  return out;
}

void print(const st::Tenant& tenant, bool json) {
  if (json) {
    emitf(stdout, "%s\n", to_json(tenant).c_str());
  } else {
    emitf(stdout, "%s  %s  %s\n", tenant.id.text().c_str(), to_string(tenant.state), shown(tenant.name).c_str());
  }
}

st::Result<void> list(const Session& session, const TenantCommand& options) {
  STK_TRY(const auto engine, open_for_reading(session));
  auto tenants = engine.tenants().list({.deleted = options.all}, session.context);
  TextTable table({{"id", TextTable::Align::left, 36},
                   {"name", TextTable::Align::left},
                   {"state", TextTable::Align::left},
                   {"since", TextTable::Align::left},
                   {"reason", TextTable::Align::left}});
  std::string json;
  while (auto next = tenants.next()) {
    STK_TRY(const st::Tenant& tenant, *next);
    if (options.json) {
      json += (json.empty() ? "\n" : ",\n") + to_json(tenant);
    } else {
      table.add({tenant.id.text(), tenant.name, to_string(tenant.state), st::to_table_text(tenant.created_at),
                 tenant.reason});
    }
  }
  if (options.json) {
    emitf(stdout, "[%s\n]\n", json.c_str());
  } else {
    table.print(stdout);
  }
  return st::success();
}

st::Result<void> change(const Session& session, const TenantCommand& options) {
  const bool creates = options.action == "create";
  STK_TRY(auto engine, open_for_work(session, options.network, creates));
  auto tenants = engine.tenants();
  if (creates) {
    STK_TRY(const auto tenant, tenants.create(options.name, session.context));
    print(tenant, options.json);
    return st::success();
  }
  if (options.action == "import") {
    STK_TRY(const auto tenant, engine.import_tenant(options.file, options.name, session.context));
    print(tenant, options.json);
    return st::success();
  }
  STK_TRY(auto tenant, tenants.find(options.name, session.context));
  if (options.action == "export") {
    st::CallContext context = session.context;
    context.tenant = tenant.id;
    STK_TRY(engine.export_tenant(options.file, context));
  } else if (options.action == "delete") {
    STK_TRY(tenants.remove(tenant.id, session.context));
    STK_TRY(tenant, tenants.find(tenant.id.text(), session.context));
  } else if (options.action == "suspend") {
    STK_TRY(tenant, tenants.suspend(tenant.id, session.context));
  } else {
    STK_TRY(tenant, tenants.resume(tenant.id, session.context));
  }
  print(tenant, options.json);
  return st::success();
}

}  // namespace

ExitCode run_tenant(const Session& session, const TenantCommand& options) {
  if (options.action == "delete" && !options.yes) {
    emitf(stderr,
          "stocktracker: deleting destroys %s's data and key permanently; backups of the whole store that were "
          "made before keep them; "
          "repeat it with --yes\n",
          shown(options.name).c_str());
    return kUsage;
  }
  const auto done = options.action == "list" ? list(session, options) : change(session, options);
  return done ? kOk : report(done.error());
}

}  // namespace server
