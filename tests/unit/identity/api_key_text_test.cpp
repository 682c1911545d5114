// API keys as texts: what is made is read, and any other text is refused without being shown.
#include <stocktracker/identity/api_key_text.hpp>

#include <random>

#include "tests/support/catch.hpp"
#include "tests/support/seed.hpp"

namespace st = stocktracker;

namespace {

constexpr std::size_t kSize = 81;
constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

st::ApiKeyText key(unsigned char id, char secret) {
  std::array<std::uint8_t, 16> bytes{};
  bytes.fill(id);
  return st::ApiKeyText::of(st::Uuid(bytes), st::Secret(std::string(32, secret))).value();
}

void check_refused(const std::string& text) {
  CAPTURE(text);
  const auto read = st::ApiKeyText::parse(st::Secret::copy_of(text));
  REQUIRE_FALSE(read);
  CHECK(read.error().errc() == st::Errc::invalid_text);
  CHECK(read.error().details().field == "key");
  if (text.size() > 20) CHECK(read.error().to_json().find(text.substr(10, 10)) == std::string::npos);
}

}  // namespace

TEST_CASE("a key is read as it was made, for the smallest, the largest and any numbers") {
  const st::Secret least = key(0, '\0').text();
  CHECK(least.reveal().starts_with("stk_live_" + std::string(22, '0') + "_" + std::string(43, '0')));
  for (const auto& made : {std::pair(0, '\0'), std::pair(0xFF, '\xFF'), std::pair(1, 'a')}) {
    const st::ApiKeyText given = key(static_cast<unsigned char>(made.first), made.second);
    const st::Secret text = given.text();
    CHECK(text.reveal().size() == kSize);
    const auto read = st::ApiKeyText::parse(text);
    REQUIRE(read);
    CHECK(read.value().id() == given.id());
    CHECK(read.value().secret().equals(given.secret()));
  }
  for (const std::uint64_t seed : seeds_to_try(1, 50)) {
    INFO(replay(seed));
    std::mt19937_64 random(seed);
    std::array<std::uint8_t, 16> id{};
    for (std::uint8_t& byte : id) byte = static_cast<std::uint8_t>(random());
    std::string secret;
    while (secret.size() < 32) secret += static_cast<char>(random());
    const auto given = st::ApiKeyText::of(st::Uuid(id), st::Secret::copy_of(secret)).value();
    const auto read = st::ApiKeyText::parse(given.text());
    REQUIRE(read);
    CHECK(read.value().id() == st::Uuid(id));
    CHECK(read.value().secret().reveal() == secret);
  }
}

TEST_CASE("one changed, missing or added character is noticed") {
  const st::Secret made = key(7, 's').text();
  const std::string text(made.reveal());
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = kDigits[(kDigits.find(changed[at]) + 1) % kDigits.size()];
    check_refused(changed);
    check_refused(text.substr(0, at) + text.substr(at + 1));
    if (at > 0 && text[at] != text[at - 1]) {
      std::string swapped = text;
      std::swap(swapped[at], swapped[at - 1]);
      check_refused(swapped);
    }
  }
  check_refused(text + "0");
  check_refused(" " + text);
  check_refused(text + "\n");
}

TEST_CASE("a text that is no key is refused, whatever its bytes") {
  check_refused("");
  check_refused("stk_live_");
  check_refused(std::string(kSize, 'z'));
  check_refused("stk_live_" + std::string(kSize - 9, '\0'));
  check_refused(std::string(1'000'000, 'a'));
}

TEST_CASE("numbers that are too large are refused, also with their checksum") {
  // What 62^22 - 1 would be, is more than 128 bits: the checksum of it is that of gzip.
  const auto sum_of = [](const std::string& text) {
    std::uint32_t sum = ~std::uint32_t{0};
    for (const char c : text) {
      sum ^= static_cast<unsigned char>(c);
      for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ ((sum & 1) != 0 ? 0xEDB88320U : 0U);
    }
    sum = ~sum;
    std::string digits(6, '0');
    for (std::size_t at = 6; at-- > 0; sum /= 62) digits[at] = kDigits[sum % 62];
    return digits;
  };
  const std::string zero = "stk_live_" + std::string(22, '0') + "_" + std::string(43, '0');
  CHECK(st::ApiKeyText::parse(st::Secret(zero + sum_of(zero))));
  const std::string id = "stk_live_" + std::string(22, 'z') + "_" + std::string(43, '0');
  check_refused(id + sum_of(id));
  const std::string secret = "stk_live_" + std::string(22, '0') + "_" + std::string(43, 'z');
  check_refused(secret + sum_of(secret));
}

TEST_CASE("a secret of another size is refused") {
  CHECK(st::ApiKeyText::of(st::Uuid(), st::Secret(std::string(31, 's'))).error().details().field == "secret");
  CHECK(st::ApiKeyText::of(st::Uuid(), st::Secret()).error().details().field == "secret");
}
