// Members of a tenant: always with an owner, never seen from another tenant.
#include <algorithm>
#include <thread>

#include <stocktracker/testing/audit_log.hpp>

#include "tests/support/people.hpp"

namespace st = stocktracker;

namespace {

// A tenant with an owner, an admin and a viewer, and another one with an owner.
struct Office {
  Office() {
    anna = user("anna");
    boris = user("boris");
    clara = user("clara");
    dmitri = user("dmitri");
    REQUIRE(engine.members().add(anna, st::Role::owner, in()));
    REQUIRE(engine.members().add(boris, st::Role::admin, in()));
    REQUIRE(engine.members().add(clara, st::Role::viewer, in()));
    REQUIRE(engine.members().add(dmitri, st::Role::owner, {.tenant = other}));
  }
  // Ids are in the order of creation.
  st::UserId user(const std::string& name) {
    people.clock->advance(std::chrono::milliseconds(1));
    return People::user(engine, name);
  }
  st::TenantId make(const std::string& name) {
    people.clock->advance(std::chrono::milliseconds(1));
    return engine.tenants().create(name).value().id;
  }
  [[nodiscard]] st::CallContext in() const { return {.tenant = tenant}; }
  [[nodiscard]] std::string picture() const {
    std::string text;
    const auto all = engine.members().list({.page_size = 2}, in()).collect().value();
    for (const auto& one : all) text += one.name + " " + to_string(one.role) + ", ";
    return text;
  }

  People people;
  st::Engine engine = people.open();
  st::TenantId tenant = make("office");
  st::TenantId other = make("other");
  st::UserId anna, boris, clara, dmitri;
};

}  // namespace

TEST_CASE("members are added, listed with their users, changed and removed") {
  Office here;
  auto members = here.engine.members();
  CHECK(here.picture() == "anna owner, boris admin, clara viewer, ");
  const auto clara = members.get(here.clara, here.in()).value();
  CHECK(clara.address == People::address("clara"));
  CHECK(clara.state == st::UserState::active);
  CHECK(clara.role == st::Role::viewer);
  CHECK(members.change_role(here.clara, st::Role::user, here.in()).value().role == st::Role::user);
  CHECK(members.change_role(here.clara, st::Role::user, here.in()));
  CHECK(members.get(here.clara, here.in()).value().role == st::Role::user);
  CHECK(ending(members.add(here.clara, st::Role::user, here.in())) == "already_exists user");
  CHECK(ending(members.add(st::UserId(), st::Role::user, here.in())) == "not_found user");
  REQUIRE(members.remove(here.clara, here.in()));
  CHECK(ending(members.remove(here.clara, here.in())) == "not_found user");
  CHECK(here.picture() == "anna owner, boris admin, ");
  CHECK(ending(members.list({.page_size = 0}, here.in()).collect()) == "invalid_argument page_size");
  CHECK(ending(members.get(here.anna)) == "tenant_unset tenant");
  CHECK(ending(members.get(here.anna, {.tenant = st::TenantId(here.anna.uuid())})) == "not_found tenant");
}

TEST_CASE("the last owner of a tenant can neither be removed, nor disabled, nor lose the role") {
  Office here;
  auto members = here.engine.members();
  auto users = here.engine.users();
  const std::string before = here.picture();
  CHECK(ending(members.remove(here.anna, here.in())) == "invalid_argument role");
  CHECK(ending(members.change_role(here.anna, st::Role::admin, here.in())) == "invalid_argument role");
  CHECK(ending(users.set_state(here.anna, st::UserState::disabled)) == "invalid_argument state");
  CHECK(users.get(here.anna).value().state == st::UserState::active);
  CHECK(here.picture() == before);
  // A tenant's first member is an owner.
  const auto empty = here.engine.tenants().create("empty").value().id;
  CHECK(ending(members.add(here.clara, st::Role::admin, {.tenant = empty})) == "invalid_argument role");
  CHECK(members.list({}, {.tenant = empty}).collect().value().empty());
  // Locking is no disabling.
  REQUIRE(users.set_state(here.anna, st::UserState::locked));
  // With another owner each of these is done, and then that one is the last.
  REQUIRE(members.change_role(here.boris, st::Role::owner, here.in()));
  REQUIRE(users.set_state(here.anna, st::UserState::disabled));
  CHECK(ending(members.remove(here.boris, here.in())) == "invalid_argument role");
  CHECK(ending(users.set_state(here.boris, st::UserState::disabled)) == "invalid_argument state");
  REQUIRE(members.remove(here.anna, here.in()));
  CHECK(here.picture() == "boris owner, clara viewer, ");
  // An owner of two tenants is the last one of one of them.
  REQUIRE(members.add(here.dmitri, st::Role::owner, here.in()));
  CHECK(ending(users.set_state(here.dmitri, st::UserState::disabled)) == "invalid_argument state");
  REQUIRE(here.engine.tenants().remove(here.other));
  CHECK(users.set_state(here.dmitri, st::UserState::disabled));
}

TEST_CASE("ownership is transferred in one step, to a member who can have it") {
  Office here;
  auto members = here.engine.members();
  CHECK(ending(members.transfer(here.boris, here.clara, here.in())) == "invalid_argument from");
  CHECK(ending(members.transfer(here.anna, here.anna, here.in())) == "invalid_argument to");
  CHECK(ending(members.transfer(here.anna, here.dmitri, here.in())) == "not_found to");
  CHECK(ending(members.transfer(here.dmitri, here.anna, here.in())) == "not_found from");
  REQUIRE(here.engine.users().set_state(here.clara, st::UserState::disabled));
  CHECK(ending(members.transfer(here.anna, here.clara, here.in())) == "invalid_argument to");
  REQUIRE(members.transfer(here.anna, here.boris, here.in()));
  CHECK(here.picture() == "anna admin, boris owner, clara viewer, ");
}

TEST_CASE("ids of another tenant end every call as ids that do not exist do") {
  Office here;
  const auto handle = here.engine.as(here.tenant, {.actor = "anna", .permissions = st::Permissions::all()}).value();
  const st::UserId unknown(st::Uuid::v7(st::Instant::from_seconds(1), 1, 2));
  for (auto members : {handle.members(), here.engine.members()}) {
    const auto context = here.in();
    const auto all_calls = [&](const st::UserId& user) {
      const auto text = [](const auto& result) { return result ? "done" : result.error().text(); };
      return std::vector<std::string>{
          text(members.get(user, context)), text(members.change_role(user, st::Role::user, context)),
          text(members.remove(user, context)), text(members.transfer(user, here.boris, context)),
          text(members.transfer(here.anna, user, context))};
    };
    CHECK(all_calls(here.dmitri) == all_calls(unknown));
    for (const std::string& one : all_calls(unknown)) CHECK(one.starts_with("not_found"));
  }
  // Which users exist is not learnt through a handle.
  CHECK(handle.members().add(here.dmitri, st::Role::user).error().text() ==
        handle.members().add(unknown, st::Role::user).error().text());
  CHECK(ending(handle.members().add(here.dmitri, st::Role::user)) == "unsupported user");
  CHECK(ending(handle.members().list({}, {.tenant = here.other}).collect()) == "tenant_mismatch tenant");
  CHECK(handle.members().list().collect().value().size() == 3);
  const auto theirs = here.engine.members().list({}, {.tenant = here.other}).collect().value();
  REQUIRE(theirs.size() == 1);
  CHECK(theirs[0].user == here.dmitri);
}

TEST_CASE("a principal needs the permission, and what it does is recorded") {
  Office here;
  const auto log = std::make_shared<st::testing::AuditLog>();
  here.people.audit = log;
  const auto engine = here.people.open();
  const auto reader = engine.as(here.tenant, {.actor = "reader", .permissions = {st::Permission::member_read}}).value();
  CHECK(reader.members().list().collect().value().size() == 3);
  CHECK(ending(reader.members().remove(here.clara)) == "permission_denied permission");
  const auto nobody = engine.as(here.tenant, {.actor = "nobody", .permissions = {}}).value();
  CHECK(ending(nobody.members().list().collect()) == "permission_denied permission");
  CHECK(ending(nobody.members().get(here.anna)) == "permission_denied permission");
  const auto keeper =
      engine.as(here.tenant, {.actor = "keeper", .permissions = {st::Permission::member_change}}).value();
  REQUIRE(keeper.members().change_role(here.clara, st::Role::user));
  const auto records = log->events();
  CHECK(std::any_of(records.begin(), records.end(), [&](const st::AuditEvent& one) {
    return one.action == "member.change_role" && one.actor == "keeper" && one.tenant == here.tenant &&
           one.subject == here.clara.text() + " user";
  }));
}

TEST_CASE("an admin neither makes an owner nor unmakes one") {
  Office here;
  const auto admin =
      here.engine.as(here.tenant, {.actor = "boris", .permissions = st::permissions_of(st::Role::admin)}).value();
  const std::string before = here.picture();
  CHECK(ending(admin.members().change_role(here.boris, st::Role::owner)) == "permission_denied permission");
  CHECK(ending(admin.members().change_role(here.clara, st::Role::owner)) == "permission_denied permission");
  CHECK(ending(admin.members().change_role(here.anna, st::Role::viewer)) == "permission_denied permission");
  CHECK(ending(admin.members().remove(here.anna)) == "permission_denied permission");
  CHECK(ending(admin.members().transfer(here.anna, here.boris)) == "permission_denied permission");
  CHECK(here.picture() == before);
  CHECK(admin.members().change_role(here.anna, st::Role::owner));  // changes nothing
  CHECK(admin.members().change_role(here.clara, st::Role::admin));
  CHECK(admin.members().remove(here.clara));
  const auto owner =
      here.engine.as(here.tenant, {.actor = "anna", .permissions = st::permissions_of(st::Role::owner)}).value();
  CHECK(owner.members().change_role(here.boris, st::Role::owner));
  CHECK(owner.members().remove(here.anna));
}

TEST_CASE("a user's memberships are of that user alone, and end with the tenant") {
  Office here;
  auto users = here.engine.users();
  REQUIRE(here.engine.members().add(here.anna, st::Role::viewer, {.tenant = here.other}));
  const auto annas = users.memberships(here.anna).value();
  REQUIRE(annas.size() == 2);
  CHECK(annas[0].tenant == here.tenant);
  CHECK(annas[0].role == st::Role::owner);
  CHECK(annas[1].tenant == here.other);
  CHECK(annas[1].role == st::Role::viewer);
  CHECK(users.memberships(here.boris).value().size() == 1);
  CHECK(users.memberships(st::UserId()).value().empty());
  REQUIRE(here.engine.tenants().remove(here.tenant));
  CHECK(users.memberships(here.anna).value().size() == 1);
  CHECK(users.memberships(here.boris).value().empty());
  CHECK(ending(here.engine.members().list({}, here.in()).collect()) == "not_found tenant");
  CHECK(users.get(here.boris));
}

TEST_CASE("members of a suspended tenant are read, not changed") {
  Office here;
  auto members = here.engine.members();
  REQUIRE(here.engine.tenants().suspend(here.tenant));
  CHECK(members.list({}, here.in()).collect().value().size() == 3);
  CHECK(ending(members.remove(here.clara, here.in())) == "tenant_suspended tenant");
  CHECK(ending(members.add(here.dmitri, st::Role::user, here.in())) == "tenant_suspended tenant");
  CHECK(ending(members.transfer(here.anna, here.boris, here.in())) == "tenant_suspended tenant");
  REQUIRE(here.engine.tenants().resume(here.tenant));
  CHECK(members.remove(here.clara, here.in()));
}

TEST_CASE("of two owners who remove, demote or disable each other at once, one stays") {
  Office here;
  auto second = here.people.open();
  REQUIRE(here.engine.members().change_role(here.boris, st::Role::owner, here.in()));
  const auto act = [&](st::Engine& engine, const st::UserId& whom, int kind) {
    if (kind == 0) return ending(engine.members().remove(whom, here.in()));
    if (kind == 1) return ending(engine.members().change_role(whom, st::Role::user, here.in()));
    return ending(engine.users().set_state(whom, st::UserState::disabled));
  };
  for (int round = 0; round < 12; ++round) {
    INFO("round " << round);
    std::string of_second;
    std::thread other([&] { of_second = act(second, here.anna, round % 3); });
    const std::string of_first = act(here.engine, here.boris, (round / 3) % 3);
    other.join();
    CHECK((of_first == "done") != (of_second == "done"));
    CHECK((of_first == "done" ? of_second : of_first).starts_with("invalid_argument"));
    // Both are owners again.
    for (const st::UserId& user : {here.anna, here.boris}) {
      REQUIRE(here.engine.users().set_state(user, st::UserState::active));
      if (!here.engine.members().get(user, here.in())) {
        REQUIRE(here.engine.members().add(user, st::Role::owner, here.in()));
      }
      REQUIRE(here.engine.members().change_role(user, st::Role::owner, here.in()));
    }
  }
}

TEST_CASE("the doctor names a member without a user, and nothing where there is none") {
  Office here;
  const auto rows = [&] {
    std::string faults;
    const auto findings = here.engine.doctor().value();
    for (const st::StorageFinding& one : findings) faults += one.ok ? "" : one.detail;
    return faults;
  };
  CHECK(rows() == "");
  static constexpr st::Statement kDelete{"test.delete", "DELETE FROM person WHERE user_id = $1"};
  const std::string clara = here.clara.text();
  const auto write = [&](st::Transaction& tx) -> st::Result<void> {
    STK_TRY(tx.execute(kDelete, {clara}));
    return st::success();
  };
  REQUIRE(here.people.storage()->control().transact({}, st::TransactMode::write, write));
  const std::string named = "member, tenant " + here.tenant.text() + ", user_id " + clara;
  CHECK(rows().find(named + ": there is no such person") != std::string::npos);
}
