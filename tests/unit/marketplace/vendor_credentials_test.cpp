// What the credentials of all channels share.
#include "marketplace/vendor_credentials.hpp"

#include "tests/support/catch.hpp"

namespace st = stocktracker;

namespace {

st::Credentials credentials(std::initializer_list<std::pair<const char*, std::string>> parts) {
  st::Credentials made;
  for (const auto& [name, value] : parts) made.parts.push_back({name, st::Secret::copy_of(value)});
  return made;
}

std::string part(const st::Credentials& of, std::string_view name) {
  const st::Secret* found = of.find(name);
  return found == nullptr ? std::string() : std::string(found->reveal());
}

}  // namespace

TEST_CASE("the address in the credentials loses the slashes at its end") {
  CHECK_FALSE(st::base_url_of(credentials({{"token", "t"}})));
  CHECK(st::base_url_of(credentials({{"base_url", "https://api.example"}})) == "https://api.example");
  CHECK(st::base_url_of(credentials({{"base_url", "https://api.example/v1//"}})) == "https://api.example/v1");
  CHECK(st::base_url_of(credentials({{"base_url", "//"}})) == "");
}

TEST_CASE("named parts that are not given again stay, all others are the fresh ones") {
  const auto merged = st::keep_parts(credentials({{"token", "old"}, {"base_url", "https://held"}, {"client", "1"}}),
                                     credentials({{"token", "new"}}), {"base_url", "token"});
  CHECK(part(merged, "token") == "new");
  CHECK(part(merged, "base_url") == "https://held");
  CHECK(merged.find("client") == nullptr);
  CHECK(merged.parts.size() == 2);
  const auto replaced = st::keep_parts(credentials({{"base_url", "https://held"}}),
                                       credentials({{"base_url", "https://fresh"}}), {"base_url"});
  CHECK(part(replaced, "base_url") == "https://fresh");
  CHECK(replaced.parts.size() == 1);
  CHECK(st::keep_parts(credentials({{"a", "1"}}), credentials({}), {}).parts.empty());
}

TEST_CASE("a part that goes into a header is there, visible and of a sane length, or is refused by name") {
  const auto good = credentials({{"key", "0f-AZ~!"}});
  REQUIRE(st::header_part(good, "key", "Api-Key"));
  CHECK(st::header_part(good, "key", "Api-Key").value()->reveal() == "0f-AZ~!");
  for (const auto& none : {credentials({}), credentials({{"key", ""}}), credentials({{"other", "x"}})}) {
    const auto missing = st::header_part(none, "key", "Api-Key");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().errc() == st::Errc::credentials_missing);
    CHECK(missing.error().details().field == "key");
    CHECK(missing.error().message().find("Api-Key") != std::string::npos);
  }
  for (const std::string& bad : {std::string("a b"), std::string("a\r\nX: y"), std::string("a\0b", 3),
                                 std::string("\xD0\xAF"), std::string("\x7f"), std::string(1'025, 'x')}) {
    const auto refused = st::header_part(credentials({{"key", bad}}), "key", "Api-Key");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().errc() == st::Errc::invalid_argument);
    CHECK(refused.error().details().field == "key");
    CHECK(refused.error().text().find(bad) == std::string::npos);  // a secret is never shown
  }
  CHECK(st::header_part(credentials({{"key", std::string(1'024, 'x')}}), "key", "Api-Key"));
  CHECK_FALSE(st::header_part(credentials({{"key", "12345"}}), "key", "Api-Key", 4));
}

TEST_CASE("an API is asked over https, or over http on this machine") {
  for (const char* good : {"https://api.example", "https://api.example:8443/v1", "http://127.0.0.1",
                           "http://127.0.0.1:80", "http://localhost/x", "http://[::1]:8080"}) {
    CAPTURE(good);
    CHECK(st::is_api_address(good));
  }
  for (const char* bad : {"", "api.example", "https://", "http://api.example", "http://127.0.0.1.example.com",
                          "http://localhost.example", "https://user:password@api.example", "https://api.example?x=1",
                          "https://api.example#x", "https://api example", "ftp://127.0.0.1", "file:///etc/passwd"}) {
    CAPTURE(bad);
    CHECK_FALSE(st::is_api_address(bad));
  }
}
