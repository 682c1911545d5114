// Users and members in a store of one seller: a file with its default tenant.
#include "tests/support/people.hpp"

namespace st = stocktracker;

namespace {

st::Engine open_file(const std::string& path) {
  return st::open({.path = path, .limits = st::LimitTable{}, .executor = st::make_inline_executor()}).value();
}

}  // namespace

TEST_CASE("in a store of one seller the owner registers once, for the default tenant") {
  const TempFolder folder;
  auto engine = open_file(folder.file("shop.db"));
  const auto made = engine.users().register_owner(People::address("anna"), {.name = "Anna"}, "shop").value();
  CHECK(made.is_new);
  CHECK(made.tenant == st::kDefaultTenant);
  const auto again = engine.users().register_owner(People::address("anna"), {.name = "Anna"}, "shop").value();
  CHECK_FALSE(again.is_new);
  CHECK(again.user == made.user);
  CHECK(ending(engine.users().register_owner(People::address("boris"), {.name = "Boris"}, "shop")) ==
        "already_exists tenant");
  CHECK(ending(engine.users().register_owner(People::address("boris"), {.name = "Boris"}, "")) ==
        "invalid_argument tenant");
  const auto memberships = engine.users().memberships(made.user).value();
  REQUIRE(memberships.size() == 1);
  CHECK(memberships[0].tenant == st::kDefaultTenant);

  const auto boris = People::user(engine, "boris");
  REQUIRE(engine.members().add(boris, st::Role::viewer));
  CHECK(engine.members().list().collect().value().size() == 2);
  CHECK(engine.members().list({}, {.tenant = st::kDefaultTenant}).collect().value().size() == 2);
  CHECK(ending(engine.members().list({}, {.tenant = st::TenantId(boris.uuid())}).collect()) == "not_found tenant");
  CHECK(ending(engine.members().remove(made.user)) == "invalid_argument role");
  const auto handle = engine.as({}, {.actor = "anna", .permissions = st::Permissions::all()}).value();
  CHECK(handle.members().transfer(made.user, boris));
  CHECK(open_file(folder.file("shop.db")).members().get(boris).value().role == st::Role::owner);
}
