// `tenant`: manages the tenants of a store.
#include <string>

#include "server/app/open_store.hpp"
#include "server/cli/command.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/json_array.hpp"
#include "server/render/tenant.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct TenantOptions {
  NetworkOptions network;
  std::string action;  // create, list, suspend, resume, delete, export, import
  std::string name;
  std::string file;
  bool all = false;
  bool yes = false;
  bool json = false;
};

void print(const st::Tenant& tenant, bool json) {
  if (json) {
    standard_output().append(to_json(tenant) + "\n");
  } else {
    emitf(stdout, "%s  %s  %s\n", tenant.id.text().c_str(), to_string(tenant.state), shown(tenant.name).c_str());
  }
}

st::Result<void> list(const Session& session, const TenantOptions& options) {
  STK_TRY(const auto engine, open_for_reading(session));
  auto tenants = engine.tenants().list({.deleted = options.all}, session.context);
  TextTable table = tenant_table();
  JsonArray json(standard_output());
  while (auto next = tenants.next()) {
    STK_TRY(const st::Tenant& tenant, *next);
    if (options.json) {
      json.next() += to_json(tenant);
    } else {
      table.add(tenant_row(tenant));
    }
  }
  if (options.json) {
    json.end();
  } else {
    table.print(standard_output());
  }
  return st::success();
}

st::Result<void> change(const Session& session, const TenantOptions& options) {
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

class TenantCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& session) override {
    auto* command = app.add_subcommand("tenant", "Manage the tenants of a store");
    command->require_subcommand(1);
    const auto add = [&](const std::string& action, const std::string& what, bool named) {
      auto* one = command->add_subcommand(action, what);
      add_db(*one, session);
      one->add_flag("--json", options_.json, "As JSON");
      if (named) {
        one->add_option("name", options_.name, "The tenant's name or id")->required();
        add_keys(*one, options_.network.keys);
      }
      one->callback([this, action] { options_.action = action; });
      return one;
    };
    add("create", "Create a tenant; a missing folder is created, too, if its name ends with /", true);
    add("list", "List all tenants", false)->add_flag("--all", options_.all, "Include deleted tenants");
    add("suspend", "Suspend a tenant: its data can be read, not changed or synchronised", true);
    add("resume", "End a suspension or quarantine", true);
    add("export", "Write a tenant's data to a file, without credentials", true)
        ->add_option("file", options_.file, "The file to create")
        ->required();
    add("import", "Create a tenant from an exported file, a backup of one tenant, or the store of one seller", true)
        ->add_option("file", options_.file, "The file")
        ->required();
    add("delete", "Delete a tenant's data and key permanently", true)
        ->add_flag("--yes", options_.yes, "Confirm the deletion");
    return command;
  }

  ExitCode run(const Session& session) const override {
    if (options_.action == "delete" && !options_.yes) {
      emitf(stderr,
            "stocktracker: tenant delete removes the data and the key of %s permanently; older backups of the complete "
            "store keep them. If you are sure, repeat the command with --yes\n",
            shown(options_.name).c_str());
      return kUsage;
    }
    const auto done = options_.action == "list" ? list(session, options_) : change(session, options_);
    return done ? kOk : report(done.error());
  }

 private:
  TenantOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_tenant() { return std::make_unique<TenantCommand>(); }

}  // namespace server
