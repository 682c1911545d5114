// Users, members and permissions in a person's words and as JSON.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/app/users.hpp"
#include "server/render/failure.hpp"
#include "server/render/member.hpp"
#include "server/render/permission.hpp"
#include "server/render/user.hpp"
#include "tests/support/catch.hpp"

namespace {

namespace st = stocktracker;

constexpr const char* kAnna = "01930000-0000-7000-8000-000000000002";
constexpr const char* kShop = "01930000-0000-7000-8000-000000000003";
const st::Instant kThen = st::Instant::from_micros(1'764'000'000'000'000);  // 2025-11-24T16:00:00Z

st::User anna(std::string name = "Anna \"A\"") {
  return {st::UserId::parse(kAnna).value(),
          st::EmailAddress::parse("anna@example.com").value(),
          {.name = std::move(name), .locale = "en", .zone = "Europe/Berlin"},
          st::UserState::locked,
          kThen};
}

std::string text_of(std::optional<st::Role> role) {
  server::StringSink sink;
  server::permissions_as_text(role, sink);
  return sink.text();
}

}  // namespace

TEST_CASE("a user as JSON has every fact, and those of each tenant") {
  const std::string facts = std::string(R"({"id":")") + kAnna +
                            R"(","email":"anna@example.com","name":"Anna \"A\"","locale":"en",)"
                            R"("zone":"Europe/Berlin","state":"locked","created_at":"2025-11-24T16:00:00Z")";
  CHECK(server::to_json(anna()) == facts + "}");
  CHECK(server::to_json(anna(), {}) == facts + R"(,"tenants":[]})");
  const server::NamedMembership shop{{st::TenantId::parse(kShop).value(), st::Role::admin, kThen}, "The shop"};
  CHECK(server::to_json(anna(), {shop}) ==
        facts + R"(,"tenants":[{"tenant":")" + kShop +
            R"(","name":"The shop","role":"admin","since":"2025-11-24T16:00:00Z"}]})");
  CHECK(server::membership_row(shop) == std::vector<std::string>{"The shop", "admin", "2025-11-24 16:00:00Z", kShop});
}

TEST_CASE("a name of a user cannot begin a line of a person's text") {
  const std::string text = server::user_text(anna("Anna\nstate   active"));
  CHECK(std::count(text.begin(), text.end(), '\n') == 7);
  CHECK(text.find("state   locked\n") != std::string::npos);
}

TEST_CASE("a member as JSON and in a row has the role and the state of the user") {
  const st::User user = anna("Anna");
  const st::Member member{user.id, st::Role::admin, kThen, user.address, user.profile.name, user.state};
  CHECK(server::to_json(member) == std::string(R"({"user":")") + kAnna +
                                       R"(","email":"anna@example.com","name":"Anna","role":"admin",)"
                                       R"("state":"locked","since":"2025-11-24T16:00:00Z"})");
  CHECK(server::member_row(member) ==
        std::vector<std::string>{"anna@example.com", "Anna", "admin", "locked", "2025-11-24 16:00:00Z", kAnna});
  CHECK(server::role_text(st::Role::viewer) == "a viewer");
  CHECK(server::role_text(st::Role::user) == "a user");
  CHECK(server::role_text(st::Role::admin) == "an admin");
  CHECK(server::role_text(st::Role::owner) == "an owner");
}

TEST_CASE("the table of permissions has a column for each role, or the rows of one role") {
  const std::string all = text_of(std::nullopt);
  CHECK(all.starts_with("permission"));
  CHECK(all.find("  viewer  user  admin  owner  permits\n") != std::string::npos);
  CHECK(std::count(all.begin(), all.end(), '\n') == static_cast<std::ptrdiff_t>(st::kPermissionTable.size()) + 1);
  CHECK(all.find("…") == std::string::npos);  // no sentence is cut
  const std::string viewer = text_of(st::Role::viewer);
  CHECK(viewer.find("stock.read") != std::string::npos);
  CHECK(viewer.find("stock.write") == std::string::npos);

  server::StringSink sink;
  server::permissions_as_json(st::Role::user, sink);
  CHECK(sink.text().find(R"({"permission":"stock.write","permits":"Publish stock to marketplaces, and undo that.",)"
                         R"("roles":["user","admin","owner"]})") != std::string::npos);
  CHECK(sink.text().find("tenant.remove") == std::string::npos);
}

TEST_CASE("an error about a member names the user as it was given, and which of two it is") {
  const auto text = [](st::Error error, std::string_view argument) {
    return server::failure_text(server::about_member(std::move(error), argument, "anna@example.com"));
  };
  const auto missing = st::Error(st::Errc::not_found, "the tenant has no such member").about("to");
  CHECK(text(missing, "to").reason == "to anna@example.com is not a member of this tenant");
  CHECK(text(missing, "from").reason == "the tenant has no such member");
  const auto no_owner = st::Error(st::Errc::invalid_argument, "is not an owner").about("from");
  CHECK(text(no_owner, "from").reason == "from anna@example.com is not an owner");
  const auto twice = st::Error(st::Errc::already_exists, "the user is a member; change the role").about("user");
  CHECK(text(twice, "user").reason == "user anna@example.com is a member already");
  CHECK(text(twice, "user").next_step == "Use: stocktracker member role ADDRESS ROLE");
}
