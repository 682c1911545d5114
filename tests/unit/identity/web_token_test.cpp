// Tokens: what is signed is verified, and every published attack on JWS is refused.
#include <random>

#include <stocktracker/adapters/openssl.hpp>
#include <stocktracker/core/json_reader.hpp>
#include <stocktracker/identity/web_token.hpp>

#include "core/base64url.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/seed.hpp"

using namespace std::chrono_literals;
namespace st = stocktracker;

namespace {

const st::Instant kNow = st::Instant::from_seconds(1'795'000'000);

const st::Crypto& crypto() {
  static const auto made = st::make_crypto();
  return *made;
}

st::Secret hs_secret() { return st::Secret(std::string(32, 'k')); }

st::TokenKey hs_key(std::string id = "hs", st::TokenKeyState state = st::TokenKeyState::active) {
  return st::TokenKey::hs256(crypto(), std::move(id), hs_secret(), state).value();
}

std::shared_ptr<const st::SigningKey> signing_key(st::SignatureAlgorithm algorithm) {
  static const auto rsa = crypto().make_signing_key(st::SignatureAlgorithm::rs256).value();
  static const auto p256 = crypto().make_signing_key(st::SignatureAlgorithm::es256).value();
  static const auto ed = crypto().make_signing_key(st::SignatureAlgorithm::ed25519).value();
  return algorithm == st::SignatureAlgorithm::rs256 ? rsa : algorithm == st::SignatureAlgorithm::es256 ? p256 : ed;
}

st::TokenKeys only(st::TokenKey key) { return st::TokenKeys::of({std::move(key)}).value(); }

st::TokenClaims claims() {
  return {.issuer = "shop",
          .audience = "api",
          .subject = "0193aaaa-0000-7000-8000-000000000001",
          .id = "t1",
          .issued_at = kNow,
          .not_before = kNow,
          .expires_at = kNow + 15min,
          .texts = {{"tenant", "0193bbbb-0000-7000-8000-000000000002"}, {"session", "s1"}}};
}

st::TokenExpectation expected(st::Instant now = kNow) { return {.issuer = "shop", .audience = "api", .now = now}; }

/// A token of these JSON texts, signed as HS256 with the secret whatever they say.
std::string hs_token(const std::string& header, const std::string& payload, const st::Secret& secret = hs_secret()) {
  std::string token = st::base64url(header) + "." + st::base64url(payload);
  const auto key = crypto().mac_key(st::HashAlgorithm::sha256, secret).value();
  const st::Digest code = key->code(token).value();
  return token + "." + st::base64url(code.bytes());
}

const std::string kHeader = R"({"alg":"HS256","kid":"hs","typ":"JWT"})";
const std::string kPayload = R"({"iss":"shop","aud":"api","exp":1795000900})";

void check_refused(const st::TokenKeys& keys, const std::string& token) {
  const auto read = keys.verify(token, expected());
  REQUIRE_FALSE(read);
  CHECK(read.error().errc() == st::Errc::token_invalid);
  if (token.size() > 40) CHECK(read.error().to_json().find(token.substr(0, 40)) == std::string::npos);
}

}  // namespace

TEST_CASE("a token that is signed is verified with the same claims, by each algorithm") {
  const auto check = [](const st::TokenKeys& keys) {
    const auto token = keys.sign(claims());
    REQUIRE(token);
    const auto read = keys.verify(token.value(), expected());
    REQUIRE(read);
    CHECK(read.value().issuer() == "shop");
    CHECK(read.value().audience() == "api");
    CHECK(read.value().subject() == claims().subject);
    CHECK(read.value().id() == "t1");
    CHECK(read.value().issued_at() == kNow);
    CHECK(read.value().not_before() == kNow);
    CHECK(read.value().expires_at() == kNow + 15min);
    CHECK(read.value().claims().texts == claims().texts);
    REQUIRE(read.value().find("session"));
    CHECK(*read.value().find("session") == "s1");
    CHECK_FALSE(read.value().find("role"));
  };
  check(only(hs_key()));
  for (const auto algorithm :
       {st::SignatureAlgorithm::rs256, st::SignatureAlgorithm::es256, st::SignatureAlgorithm::ed25519}) {
    CAPTURE(to_string(algorithm));
    check(only(st::TokenKey::signing("k1", signing_key(algorithm)).value()));
  }
}

TEST_CASE("what a verified token says stays where it is when the token moves") {
  const auto keys = only(hs_key());
  auto first = keys.verify(keys.sign(claims()).value(), expected()).value();
  const std::string_view subject = first.subject();
  const st::VerifiedToken second = std::move(first);
  CHECK(subject == claims().subject);
  CHECK(second.subject().data() == subject.data());
  CHECK(*second.find("session") == "s1");
}

TEST_CASE("claims of any text are read as they were signed") {
  for (const std::uint64_t seed : seeds_to_try(1, 50)) {
    INFO(replay(seed));
    std::mt19937_64 random(seed);
    const auto text = [&] {
      constexpr std::string_view kPieces[] = {"a", "\"", "\\", "\n", "é", "я", "😀", "{", ",\"exp\":1", "\x01", " "};
      std::string made;
      for (auto n = random() % 6; n > 0; --n) made += kPieces[random() % std::size(kPieces)];
      return made;
    };
    st::TokenClaims given = claims();
    given.subject = text();
    given.id = text();
    given.texts = {{"x" + text(), text()}, {"y" + text(), text()}};
    const auto keys = only(hs_key());
    const auto token = keys.sign(given);
    REQUIRE(token);
    const auto read = keys.verify(token.value(), expected());
    REQUIRE(read);
    CHECK(read.value().subject() == given.subject);
    CHECK(read.value().id() == given.id);
    CHECK(read.value().claims().texts == given.texts);
  }
}

TEST_CASE("a token is valid from its begin to its end, with the leeway on both sides") {
  const auto keys = only(hs_key());
  const std::string token = keys.sign(claims()).value();
  const auto at = [&](st::Instant now) { return keys.verify(token, expected(now)); };
  CHECK(at(kNow - 30s));
  CHECK(at(kNow - 31s).error().errc() == st::Errc::token_invalid);
  CHECK(at(kNow + 15min + 29s));
  CHECK(at(kNow + 15min + 30s).error().errc() == st::Errc::token_expired);
  CHECK(at(kNow + 24h).error().kind() == st::ErrorKind::unauthenticated);
  st::TokenExpectation strict = expected(kNow - 1s);
  strict.leeway = 0s;
  CHECK_FALSE(keys.verify(token, strict));
  strict.leeway = 6min;
  CHECK(keys.verify(token, strict).error().details().field == "leeway");
  strict.leeway = -1s;
  CHECK(keys.verify(token, strict).error().details().field == "leeway");
  // Times at the ends of their range do not wrap around.
  CHECK(at(st::Instant::from_micros(INT64_MAX)).error().errc() == st::Errc::token_expired);
  CHECK(at(st::Instant::from_micros(INT64_MIN)).error().errc() == st::Errc::token_invalid);
}

TEST_CASE("a token of another issuer or for another audience is refused") {
  const auto keys = only(hs_key());
  const std::string token = keys.sign(claims()).value();
  CHECK_FALSE(keys.verify(token, {.issuer = "shop ", .audience = "api", .now = kNow}));
  CHECK_FALSE(keys.verify(token, {.issuer = "shop", .audience = "ap", .now = kNow}));
  CHECK(keys.verify(token, {.issuer = "shop", .audience = "", .now = kNow}).error().details().field == "audience");
  CHECK(keys.verify(token, {.issuer = "", .audience = "api", .now = kNow}).error().details().field == "issuer");
  // One audience of several is enough.
  const std::string several = R"({"iss":"shop","aud":["web","api"],"exp":1795000900})";
  CHECK(keys.verify(hs_token(kHeader, several), expected()));
  check_refused(keys, hs_token(kHeader, R"({"iss":"shop","aud":["web","apiary"],"exp":1795000900})"));
  check_refused(keys, hs_token(kHeader, R"({"iss":"shop","aud":["api",1],"exp":1795000900})"));
}

TEST_CASE("attack: algorithm none") {
  const auto keys = only(hs_key());
  for (const char* none : {"none", "None", "NONE", "nOnE", ""}) {
    CAPTURE(none);
    const std::string header = std::string(R"({"alg":")") + none + R"(","kid":"hs","typ":"JWT"})";
    check_refused(keys, st::base64url(header) + "." + st::base64url(kPayload) + ".");
    check_refused(keys, hs_token(header, kPayload));
  }
}

TEST_CASE("attack: an RSA key's public text as the secret of HS256") {
  const auto key = signing_key(st::SignatureAlgorithm::rs256);
  const auto keys = only(st::TokenKey::signing("rs", key).value());
  const auto numbers = key->verifying_key().value()->numbers().value();
  const std::string header = R"({"alg":"HS256","kid":"rs","typ":"JWT"})";
  check_refused(keys, hs_token(header, kPayload, st::Secret::copy_of(numbers.modulus)));
  check_refused(keys,
                hs_token(R"({"alg":"RS256","kid":"rs","typ":"JWT"})", kPayload, st::Secret::copy_of(numbers.modulus)));
}

TEST_CASE("attack: a key that the token brings along") {
  const auto keys = only(hs_key());
  for (const char* member : {R"("jwk":{"kty":"oct","k":"a2s"})", R"("jku":"https://attacker.example/keys")",
                             R"("x5u":"https://attacker.example/cert")", R"("x5c":["MII"])"}) {
    CAPTURE(member);
    check_refused(keys, hs_token(R"({"alg":"HS256","kid":"hs",)" + std::string(member) + "}", kPayload));
  }
}

TEST_CASE("attack: critical extensions, unencoded payloads and compression") {
  const auto keys = only(hs_key());
  for (const char* member : {R"("crit":["exp"])", R"("crit":[])", R"("b64":false)", R"("b64":false,"crit":["b64"])",
                             R"("zip":"DEF")", R"("cty":"JWT")"}) {
    CAPTURE(member);
    check_refused(keys, hs_token(R"({"alg":"HS256","kid":"hs",)" + std::string(member) + "}", kPayload));
  }
}

TEST_CASE("attack: an empty, cut or changed signature") {
  const auto keys = only(hs_key());
  const std::string token = keys.sign(claims()).value();
  const std::size_t dot = token.rfind('.');
  check_refused(keys, token.substr(0, dot + 1));
  check_refused(keys, token.substr(0, dot));
  check_refused(keys, token.substr(0, token.size() - 1));
  check_refused(keys, token + "A");
  check_refused(keys, token + ".");
  check_refused(keys, token + ".x");
  for (std::size_t at = 0; at < token.size(); ++at) {
    std::string changed = token;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    check_refused(keys, changed);
  }
}

TEST_CASE("attack: another spelling of the same bytes") {
  const auto keys = only(hs_key());
  const std::string token = hs_token(kHeader, kPayload);
  REQUIRE(keys.verify(token, expected()));
  check_refused(keys, token + "=");
  check_refused(keys, token + " ");
  check_refused(keys, " " + token);
  check_refused(keys, token + "\n");
  check_refused(keys, "Bearer " + token);
  // The last character has unused bits: with one set, it would mean the same bytes.
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const auto twin_of = [&](std::string twin) {
    twin.back() = kAlphabet[kAlphabet.find(twin.back()) ^ 1];
    return twin;
  };
  check_refused(keys, twin_of(token));
  const auto others = only(st::TokenKey::signing("ed", signing_key(st::SignatureAlgorithm::ed25519)).value());
  const std::string of_others = others.sign(claims()).value();
  REQUIRE(others.verify(of_others, expected()));
  check_refused(others, twin_of(of_others));
}

TEST_CASE("attack: the JSON form of JWS, an encrypted token, and texts that are none") {
  const auto keys = only(hs_key());
  check_refused(keys, "");
  check_refused(keys, ".");
  check_refused(keys, "..");
  check_refused(keys, "...");
  check_refused(keys, "a.b.c.d.e");
  check_refused(keys, R"({"payload":"e30","signatures":[]})");
  check_refused(keys, std::string(st::TokenKeys::kLongestToken + 1, 'a'));
  check_refused(keys, std::string("a\0.b.c", 6));
}

TEST_CASE("attack: a duplicate member, in the header and in the claims") {
  const auto keys = only(hs_key());
  check_refused(keys, hs_token(R"({"alg":"HS256","alg":"none","kid":"hs"})", kPayload));
  check_refused(keys, hs_token(kHeader, R"({"iss":"shop","aud":"api","exp":1,"exp":1795000900})"));
  check_refused(keys, hs_token(kHeader, R"({"iss":"evil","iss":"shop","aud":"api","exp":1795000900})"));
  // In the form of the issuer's own tokens, which is read by another reader.
  const std::string own =
      R"({"iss":"shop","aud":"api","sub":"u","jti":"t","iat":1795000000,"nbf":1795000000,"exp":1795000900)";
  CHECK(keys.verify(hs_token(kHeader, own + R"(,"a":"1"})"), expected()));
  check_refused(keys, hs_token(kHeader, own + R"(,"a":"1","a":"2"})"));
  check_refused(keys, hs_token(kHeader, own + R"(,"exp":"9"})"));
}

TEST_CASE("attack: marks, zero bytes and null, which readers of JSON skip, end or take for nothing") {
  const auto keys = only(hs_key());
  const std::string mark = "\xEF\xBB\xBF";
  CHECK(keys.verify(hs_token(R"({"kid":"hs","alg":"HS256"})", kPayload), expected()));
  check_refused(keys, hs_token(mark + kHeader, kPayload));
  check_refused(keys, hs_token(kHeader, mark + kPayload));
  check_refused(keys, hs_token(R"({"alg":"HS256","kid":"hs","typ":null})", kPayload));
  check_refused(keys, hs_token(R"({"alg":"HS256","kid":"hs\u0000"})", kPayload));
  check_refused(keys, hs_token(R"({"alg":"HS256\u0000","kid":"hs"})", kPayload));
  check_refused(keys, hs_token(R"({"alg":"HS256","kid":"hs","typ":"JWT\u0000"})", kPayload));
  check_refused(keys, hs_token(R"({"alg":"HS256","kid":"hs","crit\u0000":[]})", kPayload));
  check_refused(keys, hs_token(kHeader + std::string(1, '\0'), kPayload));
  check_refused(keys, hs_token(kHeader, kPayload + std::string(1, '\0')));
  check_refused(keys, hs_token(kHeader, R"({"iss":"shop\u0000","aud":"api","exp":1795000900})"));
  check_refused(keys, hs_token(kHeader, R"({"iss":"shop","aud":"api\u0000","exp":1795000900})"));
  CHECK_FALSE(st::TokenKey::hs256(crypto(), std::string("hs\0x", 4), hs_secret()));
}

TEST_CASE("claims of a wrong type, or without an end, are refused") {
  const auto keys = only(hs_key());
  for (const char* payload :
       {R"({"iss":"shop","aud":"api"})", R"({"iss":"shop","aud":"api","exp":"1795000900"})",
        R"({"iss":"shop","aud":"api","exp":1795000900.5})", R"({"iss":"shop","aud":"api","exp":1e12})",
        R"({"iss":"shop","aud":"api","exp":99999999999999999999})", R"({"iss":"shop","aud":"api","exp":-1})",
        R"({"iss":"shop","aud":"api","exp":null})", R"({"iss":1,"aud":"api","exp":1795000900})",
        R"({"iss":"shop","exp":1795000900})", R"({"aud":"api","exp":1795000900})",
        R"({"iss":"shop","aud":"api","exp":1795000900,"nbf":"soon"})", R"(["iss"])", "null", "", "{", "\xff",
        R"({"iss":"shop","aud":"api","exp":1795000900}x)"}) {
    CAPTURE(payload);
    check_refused(keys, hs_token(kHeader, payload));
  }
}

TEST_CASE("an unknown key is refused, and so is one of another set") {
  const auto keys = only(hs_key());
  check_refused(keys, hs_token(R"({"alg":"HS256","kid":"other"})", kPayload));
  check_refused(keys, hs_token(R"({"alg":"HS256"})", kPayload));
  check_refused(keys, hs_token(R"({"alg":"HS256","kid":null})", kPayload));
  check_refused(keys, hs_token(R"({"alg":["HS256"],"kid":"hs"})", kPayload));
  check_refused(keys, hs_token(kHeader, kPayload, st::Secret(std::string(32, 'x'))));
}

TEST_CASE("keys rotate without a token that fails: next, active, retiring") {
  using enum st::TokenKeyState;
  const auto set = [](st::TokenKeyState a, st::TokenKeyState b) {
    const st::TokenKey first = st::TokenKey::hs256(crypto(), "a", st::Secret(std::string(32, 'a')), a).value();
    const st::TokenKey second = st::TokenKey::hs256(crypto(), "b", st::Secret(std::string(32, 'b')), b).value();
    return st::TokenKeys::of({first, second}).value();
  };
  const auto before = set(active, next);
  const auto after = set(retiring, active);
  const std::string old = before.sign(claims()).value();
  const std::string fresh = after.sign(claims()).value();
  CHECK(after.verify(old, expected()));
  CHECK(before.verify(fresh, expected()));  // a process that has not seen the rotation yet
  CHECK(set(retiring, next).sign(claims()).error().errc() == st::Errc::key_missing);
}

TEST_CASE("sets and keys that make no sense are refused, and the field is named") {
  CHECK(st::TokenKeys::of({}).error().details().field == "keys");
  CHECK(st::TokenKeys::of({hs_key("a"), hs_key("a", st::TokenKeyState::next)}).error().details().field == "keys");
  CHECK(st::TokenKeys::of({hs_key("a"), hs_key("b")}).error().details().field == "keys");
  std::vector<st::TokenKey> many;
  for (int n = 0; n < 16; ++n) many.push_back(hs_key("k" + std::to_string(n), st::TokenKeyState::next));
  CHECK(st::TokenKeys::of(many));
  many.push_back(hs_key("k16", st::TokenKeyState::next));
  CHECK(st::TokenKeys::of(many).error().details().field == "keys");
  CHECK(st::TokenKey::hs256(crypto(), std::string(64, 'i'), hs_secret()));
  CHECK(st::TokenKey::hs256(crypto(), std::string(65, 'i'), hs_secret()).error().details().field == "id");
  CHECK(st::TokenKey::hs256(crypto(), "a", st::Secret(std::string(64, 'k'))));
  CHECK(st::TokenKey::hs256(crypto(), "a", st::Secret(std::string(31, 'k'))).error().details().field == "secret");
  for (const char* id : {"", "a b", "a\"", "a\\", "é", "\n"}) {
    CHECK(st::TokenKey::hs256(crypto(), id, hs_secret()).error().details().field == "id");
  }
  CHECK(st::TokenKey::hs256(crypto(), "a", st::Secret("short")).error().details().field == "secret");
  CHECK(st::TokenKey::hs256(crypto(), "a", st::Secret(std::string(65, 'k'))).error().details().field == "secret");
  CHECK(st::TokenKey::signing("a", nullptr).error().details().field == "key");
  CHECK(st::TokenKey::verifying("a", nullptr).error().details().field == "key");

  const auto keys = only(hs_key());
  const auto refused = [&](auto change) {
    st::TokenClaims odd = claims();
    change(odd);
    const auto signed_token = keys.sign(odd);
    REQUIRE_FALSE(signed_token);
    return signed_token.error().details().field;
  };
  CHECK(refused([](auto& c) { c.issuer = ""; }) == "issuer");
  CHECK(refused([](auto& c) { c.audience = ""; }) == "audience");
  CHECK(refused([](auto& c) { c.expires_at = c.not_before; }) == "expires_at");
  CHECK(refused([](auto& c) { c.issued_at = st::Instant::from_seconds(-1); }) == "issued_at");
  CHECK(refused([](auto& c) { c.texts = {{"exp", "9"}}; }) == "texts");
  CHECK(refused([](auto& c) { c.texts = {{"a", "1"}, {"a", "2"}}; }) == "texts");
  CHECK(refused([](auto& c) { c.texts = {{"", "1"}}; }) == "texts");
  // Two subjects of such bytes would be one in the token.
  CHECK(refused([](auto& c) { c.subject = "\xFF"; }) == "subject");
  CHECK(refused([](auto& c) { c.issuer = "a\xC3"; }) == "issuer");
  CHECK(refused([](auto& c) { c.texts = {{"a", "\xED\xA0\x80"}}; }) == "texts");
  CHECK(refused([](auto& c) { c.texts = {{"\xFF", "1"}, {"\xFE", "2"}}; }) == "texts");
  CHECK(refused([](auto& c) { c.texts = {{"long", std::string(8'000, 'x')}}; }) == "texts");
}

TEST_CASE("the key set shows public keys of every state, and no secret") {
  const auto rsa = st::TokenKey::signing("r", signing_key(st::SignatureAlgorithm::rs256)).value();
  const auto ed =
      st::TokenKey::signing("e", signing_key(st::SignatureAlgorithm::ed25519), st::TokenKeyState::next).value();
  const auto p256 =
      st::TokenKey::verifying("p", signing_key(st::SignatureAlgorithm::es256)->verifying_key().value()).value();
  const auto keys = st::TokenKeys::of({rsa, ed, p256, hs_key("h", st::TokenKeyState::retiring)}).value();
  const auto text = keys.jwks();
  REQUIRE(text);
  const auto document = st::JsonDocument::parse(text.value());
  REQUIRE(document);
  const st::JsonArray listed = document.value().root().array("keys").value();
  REQUIRE(listed.size() == 3);
  std::vector<std::string> ids;
  for (const st::JsonValue key : listed) {
    ids.emplace_back(key.string("kid").value());
    for (const char* secret : {"d", "p", "q", "dp", "dq", "qi", "k"}) CHECK_FALSE(key.find(secret).value());
  }
  CHECK(ids == std::vector<std::string>{"r", "e", "p"});

  // What is published verifies what was signed.
  const st::JsonValue first = *listed.begin();
  const st::PublicKeyNumbers numbers{st::SignatureAlgorithm::rs256,
                                     st::from_base64url(first.string("n").value()).value(),
                                     st::from_base64url(first.string("e").value()).value(), "", ""};
  const auto foreign = only(st::TokenKey::verifying("r", crypto().verifying_key(numbers).value()).value());
  CHECK(foreign.verify(keys.sign(claims()).value(), expected()));
  CHECK(foreign.sign(claims()).error().errc() == st::Errc::key_missing);
}
