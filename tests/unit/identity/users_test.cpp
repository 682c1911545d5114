// Users: stored, found by their address in any case, changed, listed; each error names its field.
#include <thread>

#include "tests/support/people.hpp"

namespace st = stocktracker;

TEST_CASE("a user is found by id and by the address in any case, and is stored once") {
  People people;
  auto engine = people.open();
  auto users = engine.users();
  const auto address = st::EmailAddress::parse("Anna@Example.com").value();
  const auto anna = users.create(address, {.name = "Анна", .locale = "en", .zone = "Asia/Almaty"}).value();
  CHECK(anna.state == st::UserState::invited);
  const auto again = people.open();
  const auto found = again.users().get(anna.id).value();
  CHECK(found.address.text() == "Anna@example.com");
  CHECK(found.profile == anna.profile);
  CHECK(found.state == anna.state);
  CHECK(found.created_at == anna.created_at);
  const auto other_case = st::EmailAddress::parse("aNNA@example.com").value();
  CHECK(users.find(other_case).value().id == anna.id);
  CHECK(ending(users.create(other_case, {.name = "Another"})) == "already_exists email");
  CHECK(users.list().collect().value().size() == 1);
  CHECK(ending(users.get(st::UserId())) == "not_found user");
  CHECK(ending(users.find(People::address("nobody"))) == "not_found email");
}

TEST_CASE("a user's profile and state change; what is invalid is named") {
  People people;
  auto engine = people.open();
  auto users = engine.users();
  const auto anna = People::user(engine, "anna");
  CHECK(users.change(anna, {.name = "Anna B", .locale = "kk-KZ", .zone = "UTC"}).value().profile.name == "Anna B");
  CHECK(users.get(anna).value().profile.locale == "kk-KZ");
  CHECK(ending(users.change(st::UserId(), {.name = "x"})) == "not_found user");
  CHECK(ending(users.change(anna, {.name = " "})) == "invalid_argument name");
  CHECK(ending(users.change(anna, {.name = std::string(121, 'x')})) == "invalid_argument name");
  CHECK(ending(users.change(anna, {.name = "x", .locale = "russian language"})) == "invalid_argument locale");
  CHECK(ending(users.change(anna, {.name = "x", .zone = "/etc/passwd"})) == "invalid_argument zone");
  CHECK(ending(users.create(People::address("b"), {.name = ""})) == "invalid_argument name");
  CHECK(ending(users.create(People::address("b"), {.name = "b"}, st::UserState::locked)) == "invalid_argument state");

  for (const auto state : {st::UserState::locked, st::UserState::active, st::UserState::disabled,
                           st::UserState::disabled, st::UserState::active}) {
    CHECK(users.set_state(anna, state).value().state == state);
    CHECK(users.get(anna).value().state == state);
  }
  CHECK(ending(users.set_state(anna, st::UserState::invited)) == "invalid_argument state");
  CHECK(ending(users.set_state(st::UserId(), st::UserState::active)) == "not_found user");
}

TEST_CASE("users are listed page by page, in the order of their creation, and by state") {
  People people;
  auto engine = people.open();
  std::vector<st::UserId> made;
  for (int i = 0; i < 7; ++i) {
    made.push_back(People::user(engine, "user" + std::to_string(i)));
    people.clock->advance(std::chrono::milliseconds(5));
  }
  auto users = engine.users();
  REQUIRE(users.set_state(made[2], st::UserState::locked));
  const auto all = users.list({.page_size = 3}).collect().value();
  REQUIRE(all.size() == made.size());
  for (std::size_t i = 0; i < made.size(); ++i) CHECK(all[i].id == made[i]);
  const auto locked = users.list({.state = st::UserState::locked}).collect().value();
  REQUIRE(locked.size() == 1);
  CHECK(locked[0].id == made[2]);
  CHECK(ending(users.list({.page_size = 0}).collect()) == "invalid_argument page_size");
}

TEST_CASE("two engines that create a user at once make one") {
  People people;
  auto first = people.open();
  auto second = people.open();
  for (int round = 0; round < 10; ++round) {
    const auto address = People::address("both" + std::to_string(round));
    std::string of_second;
    std::thread other([&] { of_second = ending(second.users().create(address, {.name = "b"})); });
    const std::string of_first = ending(first.users().create(address, {.name = "a"}));
    other.join();
    CHECK((of_first == "done") != (of_second == "done"));
    CHECK((of_first == "done" ? of_second : of_first) == "already_exists email");
  }
  CHECK(first.users().list().collect().value().size() == 10);
}
