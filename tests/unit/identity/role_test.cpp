// Names of roles.
#include <stocktracker/identity/role.hpp>

#include "tests/support/catch.hpp"

namespace st = stocktracker;

TEST_CASE("a role is found by its name alone") {
  for (const st::Role role : st::kRoles) CHECK(st::role_named(st::to_string(role)) == role);
  for (const char* text : {"", "Owner", "owner ", "unknown", "operator"}) CHECK_FALSE(st::role_named(text));
}
