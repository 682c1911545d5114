// Passwords with bcrypt: published texts, what is refused, costs.
#include <stocktracker/adapters/bcrypt.hpp>

#include "tests/support/catch.hpp"

namespace st = stocktracker;

namespace {

std::shared_ptr<st::PasswordHasher> quick(int cost = 4) {
  return st::make_bcrypt({.cost = cost, .allow_low_cost = true}).value();
}

bool is_password(std::string_view password, std::string_view stored) {
  return quick()->verify(st::Secret::copy_of(password), stored).value();
}

}  // namespace

TEST_CASE("texts that Solar Designer published are verified") {
  CHECK(is_password("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"));
  CHECK(is_password("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"));
  CHECK(is_password("U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"));
  CHECK(is_password("U*U", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"));
  CHECK(is_password("U*U", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"));
  CHECK_FALSE(is_password("u*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"));
}

TEST_CASE("a password is its own stored text's, with another salt each time") {
  const auto hasher = quick();
  const st::Secret password("correct horse, пароль");
  const std::string one = hasher->hash(password).value();
  const std::string two = hasher->hash(password).value();
  CHECK(one.starts_with("$2b$04$"));
  CHECK(one.size() == 60);
  CHECK(one != two);
  CHECK(hasher->verify(password, one).value());
  CHECK(hasher->verify(password, two).value());
  CHECK_FALSE(hasher->verify(st::Secret("correct horse, парол"), one).value());
}

TEST_CASE("what bcrypt would ignore is refused, and is nobody's password") {
  const auto hasher = quick();
  const std::string longest(72, 'p');
  const std::string stored = hasher->hash(st::Secret::copy_of(longest)).value();
  CHECK(hasher->verify(st::Secret::copy_of(longest), stored).value());
  for (const std::string& odd :
       {longest + "p", longest + "q", std::string("p\0x", 3), std::string(1, '\0'), std::string()}) {
    const auto refused = hasher->hash(st::Secret::copy_of(odd));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().errc() == st::Errc::invalid_argument);
    CHECK(refused.error().details().field == "password");
    CHECK_FALSE(hasher->verify(st::Secret::copy_of(odd), stored).value());
  }
  // "-" is hashed in their place, and must not open anything.
  const std::string dash = hasher->hash(st::Secret("-")).value();
  CHECK_FALSE(hasher->verify(st::Secret::copy_of(longest + "p"), dash).value());
}

TEST_CASE("a stored text that is not bcrypt's is an error, not a refusal") {
  const auto hasher = quick();
  const std::string good = hasher->hash(st::Secret("x")).value();
  for (const std::string& stored :
       {std::string(), std::string("x"), good.substr(1), good + "a", "$1$" + good.substr(3), "$2x$" + good.substr(4),
        "$2b$99$" + good.substr(7), "$2b$17$" + good.substr(7), "$2b$03$" + good.substr(7), "$2b$4a$" + good.substr(7),
        good.substr(0, 59) + ":", good.substr(0, 20) + std::string(1, '\0') + good.substr(21)}) {
    CAPTURE(stored);
    CHECK(hasher->verify(st::Secret("x"), stored).error().errc() == st::Errc::invalid_text);
    CHECK(hasher->is_outdated(stored));
  }
}

TEST_CASE("a stored text of another cost is outdated, and still verified") {
  const std::string stored = quick(4)->hash(st::Secret("x")).value();
  CHECK_FALSE(quick(4)->is_outdated(stored));
  CHECK(quick(5)->is_outdated(stored));
  CHECK(quick(5)->verify(st::Secret("x"), stored).value());
}

TEST_CASE("a cost outside of its range is refused") {
  CHECK(st::make_bcrypt());
  CHECK(st::make_bcrypt({.cost = 9}).error().details().field == "cost");
  CHECK(st::make_bcrypt({.cost = 17}).error().details().field == "cost");
  CHECK(st::make_bcrypt({.cost = 3, .allow_low_cost = true}).error().details().field == "cost");
}
