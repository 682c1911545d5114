// Recovery codes: how they look, how they are typed, and whose they are.
#include <stocktracker/identity/recovery_codes.hpp>

#include <set>

#include <stocktracker/adapters/openssl.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/revealed.hpp"

namespace st = stocktracker;

namespace {

const st::Crypto& crypto() {
  static const auto made = st::make_crypto();
  return *made;
}

std::optional<std::string> hash(std::string typed, std::string_view owner = "anna") {
  return st::recovery_code_hash(crypto(), owner, st::Secret(std::move(typed))).value();
}

}  // namespace

TEST_CASE("recovery codes: ten of ten symbols, all different, with the hash of each at its place") {
  std::set<std::string> seen;
  std::set<char> symbols;
  for (int round = 0; round < 20; ++round) {
    const auto codes = st::make_recovery_codes(crypto(), "anna").value();
    REQUIRE(codes.texts.size() == 10);
    REQUIRE(codes.hashes.size() == 10);
    for (std::size_t i = 0; i < 10; ++i) {
      const std::string text = revealed(codes.texts[i]);
      REQUIRE(text.size() == 11);
      CHECK(text[5] == '-');
      CHECK(text.find_first_not_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ-") == std::string::npos);
      CHECK(seen.insert(text).second);
      symbols.insert(text.begin(), text.end());
      CHECK(hash(text) == codes.hashes[i]);
      CHECK(codes.hashes[i].size() == 64);
    }
  }
  CHECK(symbols.size() == 33);  // each symbol, and the hyphen
}

TEST_CASE("recovery codes: case, blanks, hyphens and letters that look like digits do not matter") {
  const auto stored = hash("01ABC-DEFGH");
  REQUIRE(stored);
  for (const char* typed : {"01abcdefgh", "OIABC-DEFGH", "oLabc defgh", " 0-1-a b c d e f g h ", "0labcDEFGH"}) {
    CAPTURE(typed);
    CHECK(hash(typed) == stored);
  }
  CHECK(hash("01ABC-DEFGJ") != stored);
}

TEST_CASE("recovery codes: what is no code is nobody's") {
  for (const std::string& typed :
       {std::string(), std::string("01ABC-DEFG"), std::string("01ABC-DEFGHJ"), std::string("01ABC-DEFGU"),
        std::string("01ABC.DEFGH"), std::string("01ABCDEFG\0", 10), std::string("01ABC-DEFG\xC3\xA9"),
        std::string(1'000'000, '-'), std::string(1'000'000, '0')}) {
    CAPTURE(typed.substr(0, 20));
    CHECK_FALSE(hash(typed));
  }
}

TEST_CASE(
    "recovery codes: a stored hash is its owner's alone, and the published SHA-256 of owner, zero byte and code") {
  CHECK(hash("01ABC-DEFGH", "anna") != hash("01ABC-DEFGH", "boris"));
  CHECK(hash("01ABC-DEFGH", "anna") != hash("01ABC-DEFGH", std::string_view("anna\0", 5)));
  const auto digest = crypto().digest(st::HashAlgorithm::sha256, std::string_view("anna\00001ABCDEFGH", 15)).value();
  CHECK(hash("01ABC-DEFGH", "anna") == digest.hex());
}
