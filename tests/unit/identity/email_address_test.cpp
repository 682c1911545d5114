// E-mail addresses: HTML's rule, lengths, international domains, and what is never quoted.
#include <stocktracker/identity/email_address.hpp>

#include "tests/support/catch.hpp"

namespace st = stocktracker;

namespace {

std::string parsed(std::string_view text) {
  const auto address = st::EmailAddress::parse(text);
  return address ? address.value().text() : "refused";
}

}  // namespace

TEST_CASE("an address keeps the part before the @ and has its domain in small letters") {
  CHECK(parsed("ivan@example.com") == "ivan@example.com");
  CHECK(parsed("Ivan.Petrov+wb@Example.COM") == "Ivan.Petrov+wb@example.com");
  CHECK(parsed(" \tivan@example.com\r\n") == "ivan@example.com");
  CHECK(parsed("!#$%&'*+/=?^_`{|}~-.@x") == "!#$%&'*+/=?^_`{|}~-.@x");
  CHECK(parsed("a@localhost") == "a@localhost");
  CHECK(parsed("a..b.@example.com") == "a..b.@example.com");  // HTML's rule takes dots anywhere
  CHECK(parsed("a@1.2.3.4") == "a@1.2.3.4");
}

TEST_CASE("an international domain is kept as punycode, in any spelling") {
  CHECK(parsed("ivan@пример.рф") == "ivan@xn--e1afmkfd.xn--p1ai");
  CHECK(parsed("ivan@ПРИМЕР.рф") == "ivan@xn--e1afmkfd.xn--p1ai");
  CHECK(parsed("a@bücher.example") == "a@xn--bcher-kva.example");
  CHECK(parsed("a@bu\xCC\x88"
               "cher.example") == "a@xn--bcher-kva.example");      // u and a combining diaeresis
  CHECK(parsed("a@straße.example") == "a@xn--strae-oqa.example");  // not strasse: IDNA 2008
  CHECK(st::EmailAddress::parse("a@пример.рф").value() == st::EmailAddress::parse("A@XN--E1AFMKFD.xn--p1ai").value());
}

TEST_CASE("two spellings of one address have one key") {
  CHECK(st::EmailAddress::parse("Ivan@Example.com").value().key() == "ivan@example.com");
  CHECK(st::EmailAddress::parse("Ivan@Example.com").value() == st::EmailAddress::parse("iVAN@example.COM").value());
  CHECK_FALSE(st::EmailAddress::parse("ivan@example.com").value() ==
              st::EmailAddress::parse("ivan@example.org").value());
}

TEST_CASE("what is no address is refused with its field, and not quoted") {
  for (const char* text : {"",
                           " ",
                           "ivan",
                           "@example.com",
                           "ivan@",
                           "ivan@.com",
                           "ivan@example.",
                           "ivan@example..com",
                           "ivan@-a.com",
                           "ivan@a-.com",
                           "ivan@a_b.com",
                           "ivan@a b.com",
                           "a b@example.com",
                           "\"a b\"@example.com",
                           "a(b)@example.com",
                           "a@b@example.com",
                           "иван@example.com",
                           "ivan@[127.0.0.1]",
                           "ivan@exa\nmple.com",
                           "<ivan@example.com>",
                           "ivan@example.com,b@example.com",
                           "ivan@\xC3",
                           "ivan@\xF0\x9F\x98\x80..com",
                           "a\\@example.com"}) {
    CAPTURE(text);
    const auto address = st::EmailAddress::parse(text);
    REQUIRE_FALSE(address);
    CHECK(address.error().errc() == st::Errc::invalid_argument);
    CHECK(address.error().details().field == "email");
    CHECK(address.error().to_json().find("example") == std::string::npos);
  }
  CHECK_FALSE(st::EmailAddress::parse(std::string_view("a\0@example.com", 14)));
  CHECK_FALSE(st::EmailAddress::parse(std::string_view("a@exam\0ple.com", 14)));
  CHECK_FALSE(st::EmailAddress::parse(std::string_view("a@при\0мер.рф", 21)));
}

TEST_CASE("an address has at most 64 bytes before the @ and 254 in all, and labels of 63") {
  const std::string label(63, 'd');
  const std::string local(64, 'l');
  CHECK(st::EmailAddress::parse(local + "@example.com"));
  CHECK_FALSE(st::EmailAddress::parse(local + "l@example.com"));
  CHECK(st::EmailAddress::parse("a@" + label + ".com"));
  CHECK_FALSE(st::EmailAddress::parse("a@" + label + "d.com"));
  const std::string longest = local + "@" + label + "." + label + "." + std::string(61, 'd');
  REQUIRE(longest.size() == 254);
  CHECK(st::EmailAddress::parse(longest));
  CHECK_FALSE(st::EmailAddress::parse(longest + "d"));
  CHECK_FALSE(st::EmailAddress::parse("a@" + std::string(100'000, 'd')));
  std::string wide = "a@";
  for (int n = 0; n < 1'000; ++n) wide += "ж";
  CHECK_FALSE(st::EmailAddress::parse(wide));
}

TEST_CASE("a masked address shows its first character and its domain") {
  CHECK(st::EmailAddress::parse("Ivan@example.com").value().masked() == "I***@example.com");
  CHECK(st::EmailAddress::parse("i@example.com").value().masked() == "i***@example.com");
}
