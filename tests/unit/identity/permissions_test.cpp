// Roles and permissions: each pair, names, and sets.
#include <stocktracker/identity/permissions.hpp>

#include <set>
#include <string>

#include <stocktracker/core/permission_table.hpp>

#include "tests/support/catch.hpp"

namespace st = stocktracker;

namespace {

// v, u, a, o: viewer, user, admin, owner has it; in the order of the table.
constexpr const char* kGolden[] = {
    "stock.read vuao",    "stock.write uao",     "orders.read vuao",      "prices.read vuao",
    "prices.write uao",   "catalogue.read vuao", "catalogue.change uao",  "account.read vuao",
    "account.connect ao", "account.rename ao",   "account.disconnect ao", "sync.read vuao",
    "sync.run uao",       "sync.release ao",     "ledger.retain ao",      "settings.read vuao",
    "settings.change ao", "events.read vuao",    "export.create uao",     "job.read vuao",
    "job.run ao",         "webhook.manage ao",   "notice.manage ao",      "member.read vuao",
    "member.invite ao",   "member.change ao",    "member.remove ao",      "session.revoke ao",
    "apikey.manage ao",   "audit.read ao",       "billing.read o",        "billing.manage o",
    "tenant.rename ao",   "tenant.remove o",     "ownership.transfer o"};

}  // namespace

TEST_CASE("each role has the permissions of the table and no others") {
  REQUIRE(std::size(kGolden) == st::kPermissionCount);
  for (const st::PermissionInfo& row : st::kPermissionTable) {
    std::string line = std::string(row.name) + " ";
    for (const st::Role role : st::kRoles) {
      const bool permitted = st::permits(role, row.permission);
      CHECK(permitted == st::permissions_of(role).has(row.permission));
      if (permitted) line += st::to_string(role)[0];
    }
    CHECK(line == kGolden[static_cast<std::size_t>(row.permission)]);
  }
}

TEST_CASE("each role has what the role before it has, and more; the owner has all") {
  st::Permissions before;
  for (const st::Role role : st::kRoles) {
    CAPTURE(st::to_string(role));
    const st::Permissions now = st::permissions_of(role);
    CHECK(now.covers(before));
    CHECK_FALSE(before.covers(now));
    before = now;
  }
  CHECK(before == st::Permissions::all());
}

TEST_CASE("a permission is added by one role alone") {
  for (const st::PermissionInfo& row : st::kPermissionTable) {
    CAPTURE(row.name);
    int roles = 0;
    for (const st::Permissions& added : st::detail::kAddedByRole) roles += added.has(row.permission) ? 1 : 0;
    CHECK(roles == 1);
  }
}

TEST_CASE("a number that is no role or no permission permits nothing") {
  for (unsigned number = 0; number < 256; ++number) {
    CAPTURE(number);
    const auto permission = static_cast<st::Permission>(number);
    const auto role = static_cast<st::Role>(number);
    if (number >= st::kPermissionCount) {
      CHECK_FALSE(st::permits(st::Role::owner, permission));
      CHECK(st::Permissions{}.with(permission) == st::Permissions{});
      CHECK(st::to_string(permission) == std::string("unknown"));
    }
    if (number >= st::kRoles.size()) CHECK(st::permissions_of(role) == st::Permissions{});
  }
}

TEST_CASE("a permission is found by its name alone, which is its enumerator with a dot") {
  std::set<std::string> names;
  for (const st::PermissionInfo& row : st::kPermissionTable) {
    CHECK(st::to_string(row.permission) == std::string(row.name));
    CHECK(st::permission_named(row.name) == row.permission);
    CHECK(row.permits.ends_with('.'));
    CHECK(names.insert(row.name).second);
  }
  for (const char* text : {"", "stock_read", "Stock.read", "stock.read ", "stock", "unknown"}) {
    CHECK_FALSE(st::permission_named(text));
  }
  CHECK_FALSE(st::permission_named(std::string_view("stock.read\0", 11)));
}

TEST_CASE("sets of permissions hold what they were given") {
  using P = st::Permission;
  constexpr st::Permissions two{P::stock_read, P::sync_run};
  constexpr st::Permissions more = two.with(st::Permissions{P::sync_run, P::audit_read});
  static_assert(more.covers(two) && !two.covers(more) && more.has(P::audit_read));
  CHECK(more.without(P::audit_read) == two);
  CHECK(two.covers({}));
  CHECK_FALSE(st::Permissions{}.covers(two));
  for (const st::PermissionInfo& row : st::kPermissionTable) CHECK(st::Permissions::all().has(row.permission));
}
