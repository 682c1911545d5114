// `key`: shows, rotates and deletes the keys of stored credentials.
#include <string>
#include <vector>

#include "server/app/open_store.hpp"
#include "server/cli/command.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/key.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct KeyCommandOptions {
  KeyOptions keys;
  std::string action;  // status, rotate, discard
  bool data = false;   // tenants' keys, not the master key
  bool fresh = false;
  bool json = false;
};

void print_failures(const std::vector<st::KeyFailure>& failures) {
  for (const st::KeyFailure& failure : failures) {
    report(failure.error, "tenant " + failure.tenant.text());
  }
}

st::Result<ExitCode> show(const Session& session, const KeyCommandOptions& options) {
  STK_TRY(const auto engine, open_with_keys(session, options.keys, true));
  STK_TRY(const auto status, engine.keys().status(session.context));
  if (options.json) {
    standard_output().append(to_json(status) + "\n");
  } else {
    key_status_as_text(status, standard_output());
    print_failures(status.failures);
  }
  return status.failures.empty() ? kOk : exit_code_of(status.failures.front().error);
}

st::Result<ExitCode> change(const Session& session, const KeyCommandOptions& options) {
  STK_TRY(const auto engine, open_with_keys(session, options.keys, false));
  auto keys = engine.keys();
  const st::KeyRotationOptions rotation{.fresh = options.fresh};
  STK_TRY(const auto report, options.action == "discard" ? keys.discard_unused(session.context)
                             : options.data              ? keys.rotate_data(rotation, session.context)
                                                         : keys.rotate_master(rotation, session.context));
  if (options.json) {
    standard_output().append(to_json(report) + "\n");
  } else {
    const KeyChange done = options.action == "discard" ? KeyChange::discard
                           : options.data              ? KeyChange::data
                                                       : KeyChange::master;
    rotation_as_text(report, done, standard_output());
    print_failures(report.failures);
  }
  return report.failures.empty() ? kOk : exit_code_of(report.failures.front().error);
}

class KeyCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& session) override {
    auto* command = app.add_subcommand("key", "Manage the keys of stored credentials");
    command->require_subcommand(1);
    const auto add = [&](const std::string& action, const std::string& what) {
      auto* one = command->add_subcommand(action, what);
      add_db(*one, session);
      add_keys(*one, options_.keys);
      one->add_flag("--json", options_.json, "A JSON object");
      one->callback([this, action] { options_.action = action; });
      return one;
    };
    add("status", "List the keys, and what each has sealed");
    auto* rotate = add("rotate", "Make a new master key and seal everything with it; may be interrupted and repeated");
    rotate->add_flag("--data", options_.data,
                     "Make new keys for the tenants (or for --tenant) instead of a new master key");
    rotate->add_flag("--new", options_.fresh, "Make a new key even if an earlier rotation is unfinished");
    add("discard", "Delete tenants' keys that were replaced more than an hour ago and seal nothing");
    return command;
  }

  ExitCode run(const Session& session) const override {
    const auto done = options_.action == "status" ? show(session, options_) : change(session, options_);
    return done ? done.value() : report(done.error());
  }

 private:
  KeyCommandOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_key() { return std::make_unique<KeyCommand>(); }

}  // namespace server
