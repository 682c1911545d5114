// What the library keeps of a user's password.
#include "identity/user_records.hpp"

#include "tests/support/people.hpp"

namespace st = stocktracker;

TEST_CASE("a password's hash is stored beside the user, and is gone when it is removed") {
  People people;
  auto engine = people.open();
  const auto anna = People::user(engine, "anna");
  const auto storage = people.storage();
  const auto read = [&](const st::UserId& user) -> st::Result<std::optional<std::string>> {
    std::optional<std::string> hash;
    STK_TRY(storage->control().transact({}, st::TransactMode::read, [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(hash, st::read_password_hash(tx, user));
      return st::success();
    }));
    return hash;
  };
  const auto write = [&](const st::UserId& user, const std::optional<std::string>& hash) {
    return storage->control().transact({}, st::TransactMode::write,
                                       [&](st::Transaction& tx) { return st::write_password_hash(tx, user, hash); });
  };
  CHECK(read(anna).value() == std::nullopt);
  REQUIRE(write(anna, "$2b$12$abc"));
  CHECK(read(anna).value() == "$2b$12$abc");
  REQUIRE(engine.users().change(anna, {.name = "Anna"}));
  CHECK(read(anna).value() == "$2b$12$abc");
  REQUIRE(write(anna, std::nullopt));
  CHECK(read(anna).value() == std::nullopt);
  CHECK(ending(read(st::UserId())) == "not_found user");
  CHECK(ending(write(st::UserId(), "x")) == "not_found user");
}
