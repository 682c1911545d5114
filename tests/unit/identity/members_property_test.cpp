// Seeded changes of members by two engines: whatever happens, a tenant with members has an owner who is not disabled.
#include <random>
#include <thread>

#include "tests/support/people.hpp"
#include "tests/support/seed.hpp"

namespace st = stocktracker;

namespace {

constexpr int kUsers = 4;
constexpr int kRounds = 60;

struct Tally {
  int done = 0;
  int refused = 0;
  int other = 0;
  void count(const std::string& ended) {
    const bool known =
        ended.starts_with("invalid_argument") || ended.starts_with("not_found") || ended.starts_with("already_exists");
    ++(ended == "done" ? done : known ? refused : other);
  }
};

void change(st::Engine& engine, const std::vector<st::UserId>& users, const st::TenantId& tenant, std::uint64_t dice,
            Tally& tally) {
  const st::CallContext in{.tenant = tenant};
  const st::UserId& user = users[dice % kUsers];
  const st::UserId& other = users[(dice >> 8) % kUsers];
  const st::Role role = st::kRoles[(dice >> 16) % st::kRoles.size()];
  switch ((dice >> 24) % 6) {
    case 0:
      return tally.count(ending(engine.members().add(user, role, in)));
    case 1:
      return tally.count(ending(engine.members().change_role(user, role, in)));
    case 2:
      return tally.count(ending(engine.members().remove(user, in)));
    case 3:
      return tally.count(ending(engine.members().transfer(user, other, in)));
    case 4:
      return tally.count(ending(engine.users().set_state(user, st::UserState::disabled)));
    default:
      return tally.count(ending(engine.users().set_state(user, st::UserState::active)));
  }
}

int owners_of(const st::Engine& engine, const st::TenantId& tenant) {
  int owners = 0;
  const auto members = engine.members().list({}, {.tenant = tenant}).collect().value();
  for (const auto& one : members) {
    owners += one.role == st::Role::owner && one.state != st::UserState::disabled ? 1 : 0;
  }
  return owners;
}

}  // namespace

TEST_CASE("a tenant with members has an owner after any changes by two engines") {
  for (const std::uint64_t seed : seeds_to_try(1, 3)) {
    INFO(replay(seed));
    People people;
    auto first = people.open();
    auto second = people.open();
    const auto tenant = first.tenants().create("shop").value().id;
    std::vector<st::UserId> users;
    for (int i = 0; i < kUsers; ++i) users.push_back(People::user(first, "user" + std::to_string(i)));
    REQUIRE(first.members().add(users[0], st::Role::owner, {.tenant = tenant}));
    std::mt19937_64 dice(seed);
    Tally of_first;
    Tally of_second;
    for (int round = 0; round < kRounds; ++round) {
      const std::uint64_t one = dice();
      const std::uint64_t two = dice();
      std::thread other([&] { change(second, users, tenant, two, of_second); });
      change(first, users, tenant, one, of_first);
      other.join();
      INFO("round " << round);
      REQUIRE(owners_of(first, tenant) >= 1);
    }
    CHECK(of_first.other + of_second.other == 0);
    CHECK(of_first.done + of_second.done > kRounds / 10);
    CHECK(of_first.refused + of_second.refused > kRounds / 10);
  }
}
