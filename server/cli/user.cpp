// `user`: manages the users of a store, across its tenants.
#include <optional>
#include <string>

#include <stocktracker/analytics/period.hpp>

#include "server/app/open_store.hpp"
#include "server/app/users.hpp"
#include "server/cli/command.hpp"
#include "server/cli/end_list.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/terminal.hpp"
#include "server/render/user.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct UserOptions {
  NetworkOptions network;  // only its keys: a registration makes a tenant
  std::string action;      // create, list, show, change, disable, enable, register
  std::string user;        // an address; of an existing user, or the id
  std::optional<std::string> name;
  std::optional<std::string> locale;
  std::optional<std::string> zone;
  std::string state;
  std::string tenant;  // the new one's name
  bool json = false;
};

// Before a store is opened or created. The library checks the form of a zone's name only; that it exists does not
// depend on the time.
st::Result<void> take_profile(st::UserProfile& profile, const UserOptions& options) {
  if (options.name) profile.name = *options.name;
  if (options.locale) profile.locale = *options.locale;
  if (options.zone) profile.zone = *options.zone;
  STK_TRY(profile.validate());
  if (options.zone) {
    STK_TRY(st::zone_offset(profile.zone, st::Instant()));
  }
  return st::success();
}

// By default a new user has the name that stands before the @.
st::Result<st::UserProfile> new_profile(const st::EmailAddress& address, const UserOptions& options) {
  st::UserProfile profile{.name = address.text().substr(0, address.text().find('@'))};
  STK_TRY(take_profile(profile, options));
  return profile;
}

void print(const st::User& user, bool json) {
  if (json) {
    standard_output().append(to_json(user) + "\n");
  } else {
    emitf(stdout, "%s  %s  %s  %s\n", user.id.text().c_str(), to_string(user.state), shown(user.address.text()).c_str(),
          shown(user.profile.name).c_str());
  }
}

st::Result<void> list(const Session& session, const UserOptions& options) {
  STK_TRY(const auto engine, open_for_reading(session));
  st::UserQuery query;
  for (const auto state :
       {st::UserState::invited, st::UserState::active, st::UserState::locked, st::UserState::disabled}) {
    if (options.state == to_string(state)) query.state = state;
  }
  auto users = engine.users().list(query, session.context);
  TextTable table = user_table();
  JsonArray array(standard_output());
  bool any = false;
  while (auto next = users.next()) {
    STK_TRY(const st::User& user, *next);
    any = true;
    if (options.json) {
      array.next() += to_json(user);
    } else {
      table.add(user_row(user));
    }
  }
  end_list(options.json ? &array : nullptr, table, any,
           options.state.empty()
               ? "no users yet; create one: stocktracker user create ADDRESS " + shown(options_of_store(session))
               : "no " + options.state + " users");
  return st::success();
}

st::Result<void> show(const Session& session, const UserOptions& options) {
  STK_TRY(const auto engine, open_for_reading(session));
  STK_TRY(const auto user, user_named(engine, options.user, session));
  STK_TRY(const auto tenants, tenants_of(engine, user.id, session));
  if (options.json) {
    standard_output().append(to_json(user, tenants) + "\n");
    return st::success();
  }
  standard_output().append(user_text(user));
  TextTable table = membership_table();
  for (const NamedMembership& tenant : tenants) table.add(membership_row(tenant));
  if (!tenants.empty()) standard_output().append("\n");
  end_list(nullptr, table, !tenants.empty(), "a member of no tenant");
  return st::success();
}

st::Result<void> register_owner(const Session& session, const UserOptions& options) {
  STK_TRY(const auto address, st::EmailAddress::parse(options.user));
  STK_TRY(const auto profile, new_profile(address, options));
  STK_TRY(auto engine, open_for_work(session, options.network, true));
  STK_TRY(const auto made, engine.users().register_owner(address, profile, options.tenant, session.context));
  if (options.json) {
    standard_output().append(to_json(made) + "\n");
  } else {
    emitf(stdout, "%s %s the owner of tenant %s  %s\n", shown(address.text()).c_str(),
          made.is_new ? "is" : "was registered before, and is", made.tenant.text().c_str(),
          shown(options.tenant).c_str());
  }
  return st::success();
}

st::Result<void> change(const Session& session, const UserOptions& options) {
  if (options.action == "create") {
    STK_TRY(const auto address, st::EmailAddress::parse(options.user));
    STK_TRY(const auto profile, new_profile(address, options));
    STK_TRY(auto engine, open_for_change(session));
    STK_TRY(const auto user, engine.users().create(address, profile, st::UserState::invited, session.context));
    print(user, options.json);
    return st::success();
  }
  STK_TRY(auto engine, open_for_change(session));
  STK_TRY(auto user, user_named(engine, options.user, session));
  if (options.action == "change") {
    STK_TRY(take_profile(user.profile, options));
    STK_TRY(user, engine.users().change(user.id, user.profile, session.context));
  } else {
    const auto state = options.action == "disable" ? st::UserState::disabled : st::UserState::active;
    STK_TRY(user, engine.users().set_state(user.id, state, session.context));
  }
  print(user, options.json);
  return st::success();
}

class UserCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& session) override {
    auto* command = app.add_subcommand("user", "Manage the users of a store, across its tenants");
    command->require_subcommand(1);
    const auto add = [&](const std::string& action, const std::string& what) {
      auto* one = command->add_subcommand(action, what);
      add_store(*one, session);
      one->add_flag("--json", options_.json, action == "list" ? "A JSON array" : "A JSON object");
      one->callback([this, action, &session] {
        options_.action = action;
        session.tenant.clear();  // the parser reads the environment for options of other commands as well
      });
      return one;
    };
    const auto about = [&](CLI::App* one, const std::string& what) {
      one->add_option("user", options_.user, what)->required();
      return one;
    };
    const std::string address = "The e-mail address";
    const std::string user = "By e-mail address or user id";
    add_profile(about(add("create", "Create a user, who is invited"), address));
    add("list", "List the users")
        ->add_option("--state", options_.state, "invited, active, locked or disabled; default: all")
        ->check(CLI::IsMember({"invited", "active", "locked", "disabled"}));
    about(add("show", "Show a user, and the tenants that the user is a member of"), user);
    add_profile(about(add("change", "Change name, locale or time zone"), user));
    about(add("disable", "Do not let a user sign in any more; not possible for the last owner of a tenant"), user);
    about(add("enable", "Let an invited, locked or disabled user sign in"), user);
    auto* registers =
        about(add("register", "Create an active user and a tenant that the user owns; may be repeated"), address);
    add_profile(registers);
    registers->add_option("--tenant", options_.tenant, "The name of the new tenant")->required();
    add_keys(*registers, options_.network.keys);
    return command;
  }

  ExitCode run(const Session& session) const override {
    if (options_.action == "change" && !options_.name && !options_.locale && !options_.zone) {
      emitf(stderr, "stocktracker: nothing to change; give --name, --locale or --zone\n");
      return kUsage;
    }
    const auto done = options_.action == "list"       ? list(session, options_)
                      : options_.action == "show"     ? show(session, options_)
                      : options_.action == "register" ? register_owner(session, options_)
                                                      : change(session, options_);
    return done ? kOk : report(done.error());
  }

 private:
  void add_profile(CLI::App* one) {
    // A function also gets an empty text, so that the library refuses it.
    const auto add = [one](const std::string& option, std::optional<std::string>& value, const std::string& what) {
      one->add_option_function<std::string>(
          option, [&value](const std::string& text) { value = text; }, what);
    };
    const bool is_new = one->get_name() != "change";
    add("--name", options_.name, is_new ? "What others see; default: what stands before the @" : "What others see");
    add("--locale", options_.locale, is_new ? "Language, e.g. en or pt-BR; default: ru" : "Language, e.g. en or pt-BR");
    add("--zone", options_.zone,
        is_new ? "Time zone, e.g. Europe/Berlin; default: Europe/Moscow" : "Time zone, e.g. Europe/Berlin");
  }

  UserOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_user() { return std::make_unique<UserCommand>(); }

}  // namespace server
