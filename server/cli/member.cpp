// `member`: lists and changes the members of a tenant.
#include <string>

#include <stocktracker/identity/members.hpp>

#include "server/app/open_store.hpp"
#include "server/app/users.hpp"
#include "server/cli/command.hpp"
#include "server/cli/end_list.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/member.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct MemberOptions {
  std::string action;  // list, add, role, remove, transfer
  std::string user;    // address or id
  std::string from;
  std::string to;
  std::string role;
  bool json = false;
};

st::Result<void> list(const Session& session, const MemberOptions& options) {
  STK_TRY(const auto engine, open_for_reading(session));
  STK_TRY(const auto members, engine.members().list({}, session.context).collect());
  TextTable table = member_table();
  JsonArray array(standard_output());
  for (const st::Member& member : members) {
    if (options.json) {
      array.next() += to_json(member);
    } else {
      table.add(member_row(member));
    }
  }
  end_list(options.json ? &array : nullptr, table, !members.empty(),
           "no members yet; add the first one: stocktracker member add ADDRESS --role owner " +
               shown(options_of_store(session)));
  return st::success();
}

void print(const st::Member& member, bool json) {
  if (json) {
    standard_output().append(to_json(member) + "\n");
  } else {
    emitf(stdout, "%s is %s\n", shown(member.address.text()).c_str(), role_text(member.role).c_str());
  }
}

// The library cannot know that there is no other member yet.
st::Error first_must_own(st::Error error, st::Role role) {
  const bool of_role = error.errc() == st::Errc::invalid_argument && error.details().field == "role";
  if (!of_role || role == st::Role::owner) return error;
  return st::Error(st::Errc::invalid_argument, "the first member of a tenant is an owner; add --role owner")
      .about("role");
}

st::Result<void> transfer(const Session& session, const MemberOptions& options) {
  STK_TRY(auto engine, open_for_change(session));
  STK_TRY(const auto from, user_named(engine, options.from, session, "from"));
  STK_TRY(const auto to, user_named(engine, options.to, session, "to"));
  auto members = engine.members();
  if (auto done = members.transfer(from.id, to.id, session.context); !done) {
    return about_member(about_member(std::move(done).error(), "from", options.from), "to", options.to);
  }
  STK_TRY(const auto before, members.get(from.id, session.context));
  STK_TRY(const auto after, members.get(to.id, session.context));
  if (!options.json) {
    print(after, false);
    print(before, false);
    return st::success();
  }
  JsonArray array(standard_output());
  array.next() += to_json(before);
  array.next() += to_json(after);
  array.end();
  return st::success();
}

st::Result<void> change(const Session& session, const MemberOptions& options) {
  STK_TRY(auto engine, open_for_change(session));
  STK_TRY(const auto user, user_named(engine, options.user, session));
  auto members = engine.members();
  const auto named = [&](st::Error error) { return about_member(std::move(error), "user", options.user); };
  if (options.action == "remove") {
    auto member = members.get(user.id, session.context);
    if (!member) return named(std::move(member).error());
    if (auto done = members.remove(user.id, session.context); !done) return named(std::move(done).error());
    if (options.json) {
      print(member.value(), true);
    } else {
      emitf(stdout, "%s is not a member any more; the user stays\n", shown(user.address.text()).c_str());
    }
    return st::success();
  }
  const st::Role role = st::role_named(options.role).value_or(st::Role::viewer);  // the parser has checked it
  const bool adds = options.action == "add";
  auto member =
      adds ? members.add(user.id, role, session.context) : members.change_role(user.id, role, session.context);
  if (!member && adds) return first_must_own(named(std::move(member).error()), role);
  if (!member) return named(std::move(member).error());
  print(member.value(), options.json);
  return st::success();
}

class MemberCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& session) override {
    auto* command = app.add_subcommand("member", "Manage the members of a tenant and their roles");
    command->require_subcommand(1);
    const auto add = [&](const std::string& action, const std::string& what, const std::string& json) {
      auto* one = command->add_subcommand(action, what);
      add_db(*one, session);
      one->add_flag("--json", options_.json, json);
      one->callback([this, action] { options_.action = action; });
      return one;
    };
    const auto about = [&](CLI::App* one) {
      one->add_option("user", options_.user, "By e-mail address or user id")->required();
      return one;
    };
    const std::string roles = "viewer, user, admin or owner; stocktracker permissions lists what each may do";
    add("list", "List the members", "A JSON array");
    about(add("add", "Make a user a member; the first one is an owner", "The member as JSON"))
        ->add_option("--role", options_.role, roles)
        ->check(is_role())
        ->required();
    about(add("role", "Give a member another role", "The member as JSON"))
        ->add_option("role", options_.role, roles)
        ->check(is_role())
        ->required();
    about(add("remove", "Remove a member; the user stays", "The former member as JSON"));
    auto* transfer = add("transfer", "Make another member the owner, and the former owner an admin", "Both as JSON");
    transfer->add_option("from", options_.from, "The owner, by e-mail address or user id")->required();
    transfer->add_option("to", options_.to, "The next owner, by e-mail address or user id")->required();
    return command;
  }

  ExitCode run(const Session& session) const override {
    const auto done = options_.action == "list"       ? list(session, options_)
                      : options_.action == "transfer" ? transfer(session, options_)
                                                      : change(session, options_);
    return done ? kOk : report(done.error());
  }

 private:
  MemberOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_member() { return std::make_unique<MemberCommand>(); }

}  // namespace server
