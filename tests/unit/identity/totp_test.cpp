// The second factor: published vectors, a step works once, and what other programs compute and read.
#include <stocktracker/identity/totp.hpp>

#include <cstdio>
#include <sstream>
#include <tuple>

#include <stocktracker/adapters/openssl.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/revealed.hpp"
#include "tests/support/skip.hpp"

using namespace std::chrono_literals;
namespace st = stocktracker;

namespace {

// The key of the vectors of RFC 4226 and RFC 6238.
st::TotpKey published_key() { return st::TotpKey::of(st::Secret(std::string("12345678901234567890"))).value(); }

st::Instant at(std::int64_t seconds) { return st::Instant::from_seconds(seconds); }

std::optional<std::int64_t> step_of(std::string_view code, st::Instant now,
                                    std::optional<std::int64_t> last = std::nullopt) {
  return published_key().verify(code, now, last).value();
}

}  // namespace

TEST_CASE("totp: the vectors of RFC 6238 for SHA-1, and of RFC 4226, are computed and verified") {
  // The last six of the eight digits in appendix B.
  const std::pair<std::int64_t, const char*> vectors[] = {{59, "287082"},
                                                          {1'111'111'109, "081804"},
                                                          {1'111'111'111, "050471"},
                                                          {1'234'567'890, "005924"},
                                                          {2'000'000'000, "279037"},
                                                          {20'000'000'000, "353130"}};
  for (const auto& [seconds, code] : vectors) {
    CAPTURE(seconds);
    CHECK(revealed(published_key().code(at(seconds)).value()) == code);
    CHECK(step_of(code, at(seconds)) == seconds / 30);
  }
  // Appendix D of RFC 4226: the counters 0 to 9 are the first ten steps.
  const char* codes[] = {"755224", "287082", "359152", "969429", "338314",
                         "254676", "287922", "162583", "399871", "520489"};
  for (int step = 0; step < 10; ++step) CHECK(revealed(published_key().code(at(step * 30)).value()) == codes[step]);
}

TEST_CASE("totp: a code is accepted in its own step and in those beside it, and in no other") {
  const std::string code = revealed(published_key().code(at(3'000)).value());  // step 100
  for (std::int64_t seconds = 2'910; seconds < 3'120; ++seconds) {
    CAPTURE(seconds);
    const bool near = seconds >= 2'970 && seconds < 3'060;
    CHECK(step_of(code, at(seconds)) == (near ? std::optional<std::int64_t>(100) : std::nullopt));
  }
}

TEST_CASE("totp: a step works once, and no older one works after it") {
  const st::TotpKey key = published_key();
  const std::string before = revealed(key.code(at(2'970)).value());
  const std::string code = revealed(key.code(at(3'000)).value());
  const std::string after = revealed(key.code(at(3'030)).value());
  const auto used = step_of(code, at(3'000));
  REQUIRE(used == 100);
  CHECK_FALSE(step_of(code, at(3'000), used));
  CHECK_FALSE(step_of(code, at(3'059), used));
  CHECK_FALSE(step_of(before, at(3'000), used));
  CHECK(step_of(after, at(3'000), used) == 101);
  CHECK_FALSE(step_of(code, at(3'000), 101));
}

TEST_CASE("totp: a code that two steps near each other have works once") {
  // The first such steps of the published key.
  const std::tuple<std::int64_t, std::int64_t, const char*> twins[] = {{153'567, 153'569, "468457"},
                                                                       {910'737, 910'738, "911617"}};
  for (const auto& [first, second, code] : twins) {
    CAPTURE(code);
    CHECK(revealed(published_key().code(at(first * 30)).value()) == code);
    CHECK(revealed(published_key().code(at(second * 30)).value()) == code);
    const st::Instant now = at((second - 1) * 30);
    CHECK(step_of(code, now) == second);
    CHECK_FALSE(step_of(code, now, second));
    CHECK(step_of(code, now, first) == second);
  }
}

TEST_CASE("totp: what is not six digits is nobody's code") {
  const std::string code = revealed(published_key().code(at(59)).value());
  CHECK(step_of(code.substr(0, 3) + " " + code.substr(3), at(59)) == 1);
  for (const std::string& bad :
       {std::string(), code.substr(0, 5), code + "0", " " + code, code + " ", code.substr(0, 3) + "  " + code.substr(3),
        code.substr(0, 3) + "-" + code.substr(3), code + std::string(1, '\0'), std::string("２８７０８２"),
        std::string(1'000'000, '1'), std::string("-87082"), std::string("000000")}) {
    CAPTURE(bad.substr(0, 20));
    CHECK_FALSE(step_of(bad, at(59)));
  }
  CHECK_FALSE(step_of(code, at(-1)));
  CHECK_FALSE(step_of(code, st::Instant::latest()));
  CHECK_FALSE(step_of(code, st::Instant::earliest()));
  CHECK(published_key().code(at(-1)).error().details().field == "at");
}

TEST_CASE("totp: keys of a wrong size are refused, and a fresh key is like no other") {
  for (const std::size_t size : {0U, 1U, 15U, 65U, 1'000U}) {
    const auto refused = st::TotpKey::of(st::Secret(std::string(size, 'k')));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().errc() == st::Errc::invalid_argument);
    CHECK(refused.error().details().field == "key");
  }
  const auto crypto = st::make_crypto();
  const auto one = st::TotpKey::make(*crypto).value();
  const auto other = st::TotpKey::make(*crypto).value();
  CHECK(one.bytes().reveal().size() == st::TotpKey::kBytes);
  CHECK_FALSE(one.bytes().equals(other.bytes()));
}

TEST_CASE("totp: the address for authenticator programs names issuer, account and key, and nothing breaks out of it") {
  const st::TotpKey key = published_key();
  CHECK(revealed(key.uri("Shop & Co", "anna@shop.example").value()) ==
        "otpauth://totp/Shop%20%26%20Co:anna%40shop.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        "&issuer=Shop%20%26%20Co&algorithm=SHA1&digits=6&period=30");
  CHECK(revealed(key.text().value()) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  for (const std::string& bad : {std::string(), std::string("a:b"), std::string(121, 'x')}) {
    CHECK(key.uri(bad, "anna").error().details().field == "issuer");
    CHECK(key.uri("shop", bad).error().details().field == "account");
  }
  const auto odd = st::TotpKey::of(st::Secret(std::string(17, '\xFF'))).value();
  CHECK(revealed(odd.text().value()).find('=') == std::string::npos);
}

TEST_CASE("totp: oathtool computes the same codes from the text of the key") {
  if (std::system("command -v oathtool >/dev/null 2>&1") != 0) return skipped("oathtool is not installed");
  std::uint64_t state = 7;
  std::string command = "for given in";
  std::vector<std::string> expected;
  for (int i = 0; i < 60; ++i) {
    std::string bytes;
    for (int size = 16 + i % 49; size > 0; --size) {
      state = state * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
      bytes += static_cast<char>(state >> 56);
    }
    const auto key = st::TotpKey::of(st::Secret(std::move(bytes))).value();
    const std::int64_t seconds = static_cast<std::int64_t>(state >> 20) % 4'000'000'000;
    command += " " + revealed(key.text().value()) + ":" + std::to_string(seconds);
    expected.push_back(revealed(key.code(at(seconds)).value()));
  }
  command += "; do oathtool --totp -b -d 6 -N \"@${given#*:}\" \"${given%%:*}\"; done 2>&1";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  char bytes[4096];
  for (std::size_t size = 0; (size = std::fread(bytes, 1, sizeof bytes, pipe)) > 0;) output.append(bytes, size);
  CHECK(::pclose(pipe) == 0);
  std::istringstream lines(output);
  std::vector<std::string> computed;
  for (std::string line; std::getline(lines, line);) computed.push_back(line);
  CHECK(computed == expected);
}
