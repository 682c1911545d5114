// Fernet: the specification's vectors where they lie beside the checkout, tokens of Python's cryptography where it is
// installed, and a few of our own always.
#include <cstdio>
#include <fstream>
#include <sstream>

#include <stocktracker/adapters/fernet.hpp>
#include <stocktracker/core/time_text.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/revealed.hpp"
#include "tests/support/skip.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

constexpr const char* kKey = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";
constexpr const char* kOtherKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
// "hello", made at 499162800 (1985-10-26T08:20:00Z).
constexpr const char* kHello =
    "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==";
const st::Instant kMade = st::Instant::from_seconds(499'162'800);

st::Result<st::Secret> open(const std::string& token, const std::string& key = kKey,
                            const st::FernetOptions& options = {}) {
  return st::open_fernet(token, st::Secret::copy_of(key), options);
}

std::optional<std::string> vectors(const std::string& file) {
  std::ifstream stream("../shared/specs/fernet/" + file);
  if (!stream) {
    skipped("no specification beside the checkout");
    return std::nullopt;
  }
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

struct Vector {
  std::string token, now, secret, src, desc;
};

// The texts of the objects of an array; numbers and nested arrays are not needed.
std::vector<Vector> parse(const std::string& json) {
  std::vector<Vector> all;
  for (std::size_t at = json.find('{'); at != std::string::npos; at = json.find('{', at + 1)) {
    const std::string object = json.substr(at, json.find('}', at) - at);
    const auto field = [&](const std::string& name) {
      const std::size_t key = object.find('"' + name + '"');
      if (key == std::string::npos) return std::string();
      const std::size_t from = object.find('"', object.find(':', key)) + 1;
      return object.substr(from, object.find('"', from) - from);
    };
    all.push_back({field("token"), field("now"), field("secret"), field("src"), field("desc")});
  }
  return all;
}

st::FernetOptions within_a_minute(const std::string& now) {
  return {.ttl = 60s, .now = st::parse_rfc3339(now).value()};
}

}  // namespace

TEST_CASE("fernet: the specification's tokens open") {
  CHECK(revealed(open(kHello).value()) == "hello");
  for (const char* file : {"generate.json", "verify.json"}) {
    const auto text = vectors(file);
    if (!text) continue;
    const auto all = parse(*text);
    CHECK_FALSE(all.empty());
    for (const Vector& vector : all) {
      CHECK(revealed(open(vector.token, vector.secret, within_a_minute(vector.now)).value()) == vector.src);
    }
  }
}

TEST_CASE("fernet: the specification's invalid tokens are refused, each for its reason") {
  const auto text = vectors("invalid.json");
  if (!text) return;
  const auto all = parse(*text);
  CHECK(all.size() >= 8);
  for (const Vector& vector : all) {
    INFO(vector.desc);
    const auto opened = open(vector.token, vector.secret, within_a_minute(vector.now));
    REQUIRE_FALSE(opened);
    const st::Errc code = opened.error().errc();
    if (vector.desc.find("TTL") != std::string::npos || vector.desc.find("skew") != std::string::npos) {
      CHECK(code == st::Errc::invalid_argument);
    } else if (vector.desc.find("padding error") != std::string::npos || vector.desc == "incorrect mac") {
      CHECK(code == st::Errc::seal_broken);
    } else {
      CHECK(code == st::Errc::invalid_text);
    }
    CHECK(opened.error().to_json().find(vector.token.substr(0, 12)) == std::string::npos);
    CHECK(opened.error().to_json().find(vector.secret.substr(0, 12)) == std::string::npos);
  }
}

TEST_CASE("fernet: a token that was changed anywhere does not open") {
  const std::string token = kHello;
  for (std::size_t at = 0; at < token.size(); ++at) {
    for (const char with : {'A', 'B', '=', '+', '/', ' ', '\0', '\x80'}) {
      if (token[at] == with) continue;
      std::string changed = token;
      changed[at] = with;
      CAPTURE(at, with);
      CHECK_FALSE(open(changed));
    }
    CHECK_FALSE(open(token.substr(0, at)));
  }
  // Spellings that another decoder would take for the same bytes.
  for (const std::string& spelling :
       {token.substr(0, token.size() - 2), token.substr(0, token.size() - 3) + "B==", token + "\n", " " + token,
        token + "====", token.substr(0, 40) + "\n" + token.substr(40)}) {
    CHECK(open(spelling).error().errc() == st::Errc::invalid_text);
  }
  std::string later = token;
  later[1] = 'Q';  // version 0x81: whatever its signature covers, nobody here knows its form
  CHECK(open(later).error().errc() == st::Errc::invalid_text);
  CHECK(open("").error().errc() == st::Errc::invalid_text);
  CHECK(open(std::string(std::size_t{3} << 20, 'A')).error().errc() == st::Errc::invalid_text);
}

TEST_CASE("fernet: each of several keys is tried, and a malformed one is refused") {
  std::vector<st::Secret> keys;
  keys.push_back(st::Secret::copy_of(kOtherKey));
  CHECK(st::open_fernet(kHello, keys).error().errc() == st::Errc::seal_broken);
  keys.push_back(st::Secret::copy_of(kKey));
  CHECK(revealed(st::open_fernet(kHello, keys).value()) == "hello");
  CHECK(st::open_fernet(kHello, std::span<const st::Secret>()).error().errc() == st::Errc::invalid_argument);
  const std::string key = kKey;
  for (const std::string& bad : {std::string(), key.substr(0, 43), key + "AAAA",
                                 key.substr(0, 40) + "AA==", key.substr(0, 22) + "A=", key.substr(0, 20) + "AA==",
                                 key.substr(0, 42) + "==", key.substr(0, 42) + "5=", "+" + key.substr(1), key + "\n"}) {
    const auto opened = open(kHello, bad);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().errc() == st::Errc::key_malformed);
    CHECK(opened.error().to_json().find(key.substr(1, 19)) == std::string::npos);
  }
}

TEST_CASE("fernet: without a ttl any age is good, with one the token's time counts") {
  const auto at = [](st::Duration age) { return open(kHello, kKey, {.ttl = 60s, .now = kMade + age}); };
  CHECK(at(60s));
  CHECK(at(61s).error().details().field == "ttl");
  CHECK(at(-60s));
  CHECK(at(-61s).error().details().field == "ttl");
  CHECK(open(kHello, kKey, {.now = kMade + 24h * 365 * 40}));
  CHECK(open(kHello, kKey, {.ttl = 60s}).error().details().field == "now");
  // The wrong key is reported before the age: the time of a token that nobody vouches for means nothing.
  CHECK(open(kHello, kOtherKey, {.ttl = 60s, .now = kMade + 24h}).error().errc() == st::Errc::seal_broken);
}

TEST_CASE("fernet: tokens of Python's cryptography open") {
  // Key, token and text in hexadecimal, a line each; sizes around the block.
  const char* command =
      "python3 -c 'from cryptography.fernet import Fernet\nimport os\n"
      "for n in list(range(0, 50)) + [1000, 70000]:\n"
      " k = Fernet.generate_key(); t = os.urandom(n)\n"
      " print(k.decode(), Fernet(k).encrypt(t).decode(), t.hex() or \"-\")' 2>/dev/null";
  std::FILE* pipe = ::popen(command, "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  char bytes[4096];
  for (std::size_t size = 0; (size = std::fread(bytes, 1, sizeof bytes, pipe)) > 0;) output.append(bytes, size);
  if (::pclose(pipe) != 0) {
    return skipped("Python's cryptography is not installed");
  }
  std::istringstream lines(output);
  int opened = 0;
  for (std::string key, token, hex; lines >> key >> token >> hex; ++opened) {
    const std::string text = revealed(open(token, key).value());
    std::string shown;
    for (const char c : text) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      shown += kDigits[static_cast<unsigned char>(c) >> 4];
      shown += kDigits[static_cast<unsigned char>(c) & 0x0F];
    }
    CHECK((shown.empty() ? "-" : shown) == hex);
  }
  CHECK(opened == 52);
}
