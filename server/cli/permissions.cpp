// `permissions`: what each role may do in its tenant.
#include <string>

#include <stocktracker/identity/role.hpp>

#include "server/cli/command.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/permission.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

class PermissionsCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& /*session*/) override {
    auto* command = app.add_subcommand("permissions", "What each role may do in its tenant; no store is opened");
    command->add_option("--role", role_, "Only what this role may do: viewer, user, admin or owner")->check(is_role());
    command->add_flag("--json", json_, "A JSON array");
    return command;
  }

  ExitCode run(const Session& /*session*/) const override {
    const auto role = st::role_named(role_);  // nullopt: all
    if (json_) {
      permissions_as_json(role, standard_output());
    } else {
      permissions_as_text(role, standard_output());
    }
    return kOk;
  }

 private:
  std::string role_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_permissions() { return std::make_unique<PermissionsCommand>(); }

}  // namespace server
