// Registration: a user and a tenant, made once, whoever calls and wherever a process ends.
#include <algorithm>
#include <thread>

#include "tests/support/people.hpp"
#include "tests/support/stepped_storage.hpp"

namespace st = stocktracker;

namespace {

st::Result<st::Registration> sign_up(const st::Engine& engine, const std::string& name, const std::string& tenant) {
  auto users = engine.users();
  return users.register_owner(People::address(name), {.name = name}, tenant);
}

}  // namespace

TEST_CASE("registration makes an active user who owns a new tenant") {
  People people;
  const auto engine = people.open();
  const auto made = sign_up(engine, "anna", "Anna's shop").value();
  CHECK(made.is_new);
  CHECK(engine.users().find(People::address("anna")).value().state == st::UserState::active);
  CHECK(engine.tenants().find("Anna's shop").value().state == st::TenantState::active);
  const auto memberships = engine.users().memberships(made.user).value();
  REQUIRE(memberships.size() == 1);
  CHECK(memberships[0].tenant == made.tenant);
  CHECK(memberships[0].role == st::Role::owner);
  CHECK(engine.settings().get({.tenant = made.tenant}));
  // Again, with the address in another case.
  const auto again =
      engine.users().register_owner(st::EmailAddress::parse("ANNA@example.com").value(), {.name = "A"}, "Anna's shop");
  CHECK_FALSE(again.value().is_new);
  CHECK(again.value().user == made.user);
  CHECK(again.value().tenant == made.tenant);
}

TEST_CASE("a registration is refused by the field that is invalid or taken, and makes nothing") {
  People people;
  const auto engine = people.open();
  REQUIRE(sign_up(engine, "anna", "shop"));
  CHECK(ending(sign_up(engine, "anna", "another shop")) == "already_exists email");
  CHECK(ending(sign_up(engine, "boris", "shop")) == "already_exists tenant");
  CHECK(ending(sign_up(engine, "boris", " ")) == "invalid_argument tenant");
  CHECK(ending(engine.users().register_owner(People::address("boris"), {.name = "\n"}, "b")) ==
        "invalid_argument name");
  CHECK(ending(engine.users().find(People::address("boris"))) == "not_found email");
  CHECK(engine.tenants().list().collect().value().size() == 1);
  CHECK(engine.users().list().collect().value().size() == 1);
  // A user who is there is no registration, also where the tenant has that name.
  People::user(engine, "clara");
  CHECK(ending(sign_up(engine, "clara", "shop")) == "already_exists email");
  CHECK(ending(sign_up(engine, "clara", "new shop")) == "already_exists email");
}

TEST_CASE("a registration that ended at any step is finished when it is repeated, or by recovery") {
  int unfinished = 0;
  for (const bool repeated : {true, false}) {
    for (int steps = 0; steps < 12; ++steps) {
      INFO("steps " << steps << (repeated ? ", repeated" : ", recovered"));
      People people;
      const auto stepped = std::make_shared<SteppedStorage>(people.storage());
      {
        const auto engine = people.over(stepped);
        stepped->steps = 0;
        stepped->before = [&](int step) -> st::Result<void> {
          if (step >= steps) return st::Errc::io_failed;
          return st::success();
        };
        unfinished += sign_up(engine, "anna", "shop") ? 0 : 1;
        stepped->before = {};
      }
      const auto next = people.open();  // recovers
      const bool begun = next.users().find(People::address("anna")).has_value();
      if (repeated || !begun) {
        const auto made = sign_up(next, "anna", "shop");
        REQUIRE(made);
        CHECK(made.value().is_new == !begun);
      }
      CHECK(next.users().list().collect().value().size() == 1);
      const auto tenants = next.tenants().list().collect().value();
      REQUIRE(tenants.size() == 1);
      CHECK(tenants[0].state == st::TenantState::active);
      const auto user = next.users().find(People::address("anna")).value().id;
      CHECK(next.users().memberships(user).value().size() == 1);
      CHECK(next.members().get(user, {.tenant = tenants[0].id}).value().role == st::Role::owner);
      CHECK(next.settings().get({.tenant = tenants[0].id}));
    }
  }
  CHECK(unfinished >= 6);
  CHECK(unfinished < 24);
}

TEST_CASE("a registration is finished by the same process when it is repeated") {
  for (int steps = 1; steps < 8; ++steps) {
    INFO("steps " << steps);
    People people;
    const auto stepped = std::make_shared<SteppedStorage>(people.storage());
    const auto engine = people.over(stepped);
    stepped->steps = 0;
    stepped->before = [&](int step) -> st::Result<void> {
      if (step == steps) return st::Errc::io_failed;
      return st::success();
    };
    const auto first = sign_up(engine, "anna", "shop");
    stepped->before = {};
    const auto second = sign_up(engine, "anna", "shop");
    REQUIRE(second);
    CHECK(engine.tenants().find("shop").value().state == st::TenantState::active);
    CHECK(engine.users().memberships(second.value().user).value().size() == 1);
    CHECK(engine.users().list().collect().value().size() == 1);
  }
}

TEST_CASE("another process that registers the same address at any step gets the same user and tenant") {
  for (int at = 0; at < 12; ++at) {
    INFO("step " << at);
    People people;
    const auto other = people.open();
    const auto stepped = std::make_shared<SteppedStorage>(people.storage());
    const auto engine = people.over(stepped);
    std::optional<st::Registration> of_other;
    stepped->steps = 0;
    stepped->before = [&](int step) -> st::Result<void> {
      if (step == at) of_other = sign_up(other, "anna", "shop").value();
      return st::success();
    };
    const auto made = sign_up(engine, "anna", "shop");
    stepped->before = {};
    REQUIRE(made);
    if (!of_other) break;
    CHECK(of_other->user == made.value().user);
    CHECK(of_other->tenant == made.value().tenant);
    CHECK(of_other->is_new != made.value().is_new);
    CHECK(engine.users().list().collect().value().size() == 1);
    CHECK(engine.tenants().list().collect().value().size() == 1);
  }
}

TEST_CASE("of two who register at once with one address, or one tenant's name, one registers") {
  People people;
  const auto first = people.open();
  const auto second = people.open();
  for (int round = 0; round < 8; ++round) {
    const std::string number = std::to_string(round);
    std::optional<st::Result<st::Registration>> of_second;
    std::thread same([&] { of_second = sign_up(second, "anna" + number, "shop" + number); });
    const auto of_first = sign_up(first, "anna" + number, "shop" + number);
    same.join();
    REQUIRE(of_first);
    REQUIRE(*of_second);
    CHECK(of_first.value().user == of_second->value().user);
    CHECK(of_first.value().tenant == of_second->value().tenant);
    CHECK(of_first.value().is_new != of_second->value().is_new);

    std::string ended;
    std::thread other([&] { ended = ending(sign_up(second, "boris" + number, "stall" + number)); });
    const std::string mine = ending(sign_up(first, "clara" + number, "stall" + number));
    other.join();
    CHECK((mine == "done") != (ended == "done"));
    CHECK((mine == "done" ? ended : mine) == "already_exists tenant");
  }
  CHECK(first.tenants().list().collect().value().size() == 16);
  CHECK(first.users().list().collect().value().size() == 16);
}
