// Signing and verifying tokens in the compact form of JWS (RFC 7515), and the key set (RFC 7517).
#include <stocktracker/identity/web_token.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include <stocktracker/core/json_reader.hpp>
#include <stocktracker/core/json_writer.hpp>

#include "core/base64url.hpp"
#include "identity/token_claims.hpp"

namespace stocktracker::inline v0 {

/// One of `mac`, `signs` and `verifies` alone, or the last two.
struct TokenKey::Parts {
  std::string id;
  TokenAlgorithm algorithm;
  TokenKeyState state;
  std::string header;  ///< of the tokens that it signs, in base64url
  std::shared_ptr<const MacKey> mac;
  std::shared_ptr<const SigningKey> signs;
  std::shared_ptr<const VerifyingKey> verifies;
};

namespace {

using identity::invalid_token;

constexpr std::size_t kMostKeys = 16;
constexpr std::size_t kLongestId = 64;
constexpr std::size_t kShortestSecret = 32;  // RFC 7518, section 3.2: as long as the digest
constexpr std::size_t kLongestSecret = 64;
constexpr Duration kLongestLeeway = std::chrono::minutes(5);

TokenAlgorithm algorithm_of(SignatureAlgorithm algorithm) noexcept {
  switch (algorithm) {
    case SignatureAlgorithm::rs256:
      return TokenAlgorithm::rs256;
    case SignatureAlgorithm::es256:
      return TokenAlgorithm::es256;
    case SignatureAlgorithm::ed25519:
      return TokenAlgorithm::eddsa;
  }
  return TokenAlgorithm::rs256;
}

Result<void> check_id(const std::string& id) {
  const bool plain = !id.empty() && id.size() <= kLongestId && std::all_of(id.begin(), id.end(), [](char c) {
    return c > ' ' && c <= '~' && c != '"' && c != '\\';
  });
  if (!plain)
    return Error(Errc::invalid_argument, "the id of a key has 1 to 64 printable ASCII characters").about("id");
  return success();
}

std::string header_of(TokenAlgorithm algorithm, const std::string& id) {
  std::string json;
  JsonWriter(json).begin_object().field("alg", to_string(algorithm)).field("kid", id).field("typ", "JWT").end_object();
  return base64url(json);
}

/// The three parts between the dots; nothing if there are more or fewer, or an empty one.
struct Compact {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signed_text;  ///< header and payload, with their dot
};

std::optional<Compact> split(std::string_view token) {
  const std::size_t first = token.find('.');
  const std::size_t second = token.find('.', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return std::nullopt;
  Compact parts{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1),
                token.substr(0, second)};
  if (parts.header.empty() || parts.payload.empty() || parts.signature.empty()) return std::nullopt;
  if (parts.signature.find('.') != std::string_view::npos) return std::nullopt;
  return parts;
}

struct Header {
  std::string algorithm;
  std::string key;
};

/// A header says which key, and nothing that would choose one or change what is signed.
Result<Header> read_header(std::string_view text) {
  const auto json = from_base64url(text);
  if (!json) return invalid_token("the header of the token is not base64url");
  if (identity::has_byte_order_mark(*json)) return invalid_token("the header of the token is not JSON");
  const auto document = JsonDocument::parse(*json, {.max_bytes = TokenKeys::kLongestToken, .max_depth = 4});
  if (!document) return invalid_token("the header of the token is not JSON");
  const JsonValue root = document.value().root();
  if (!root.allow_only({"alg", "kid", "typ"})) return invalid_token("the header of the token has other members");
  const auto algorithm = root.string("alg");
  const auto key = root.string("kid");
  if (!algorithm || !key) return invalid_token("the header of the token does not name an algorithm and a key");
  if (const auto type = root.member("typ")) {
    const auto name = type.value().string();
    if (!name || (name.value() != "JWT" && name.value() != "at+jwt"))
      return invalid_token("the token is of another type");
  }
  return Header{std::string(algorithm.value()), std::string(key.value())};
}

/// The key that the header names, if the token's algorithm is the key's.
Result<const TokenKey::Parts*> key_for(std::string_view header, std::span<const TokenKey::Parts* const> keys) {
  const auto own = std::find_if(keys.begin(), keys.end(), [&](const auto* key) { return key->header == header; });
  if (own != keys.end()) return *own;
  STK_TRY(const Header read, read_header(header));
  for (const TokenKey::Parts* key : keys) {
    if (key->id != read.key) continue;
    if (read.algorithm != to_string(key->algorithm))
      return invalid_token("the token names another algorithm than its key's");
    return key;
  }
  return invalid_token("the token names an unknown key");
}

Result<bool> is_signed(const TokenKey::Parts& key, const Compact& parts) {
  if (key.mac) {
    STK_TRY(const Digest code, key.mac->code(parts.signed_text));
    // There is one spelling of the code: comparing texts spares decoding.
    return Digest(base64url(code.bytes())).matches(parts.signature);
  }
  const auto signature = from_base64url(parts.signature);
  if (!signature) return false;
  return key.verifies->verify(parts.signed_text, *signature);
}

Result<void> check_expected(const VerifiedToken& token, const TokenExpectation& expected) {
  if (token.issuer() != expected.issuer) return invalid_token("the token is another issuer's");
  if (token.audience() != expected.audience || expected.audience.empty())
    return invalid_token("the token is for another audience");
  const Instant latest_begin = expected.now + expected.leeway;
  if (token.not_before() > latest_begin || token.issued_at() > latest_begin)
    return invalid_token("the token is not valid yet");
  if (token.expires_at() <= expected.now - expected.leeway) return Error(Errc::token_expired, "the token has ended");
  return success();
}

Result<void> write_key(JsonWriter& json, const TokenKey::Parts& key) {
  STK_TRY(const PublicKeyNumbers numbers, key.verifies->numbers());
  json.begin_object();
  switch (key.algorithm) {
    case TokenAlgorithm::rs256:
      json.field("kty", "RSA").field("n", base64url(numbers.modulus)).field("e", base64url(numbers.exponent));
      break;
    case TokenAlgorithm::es256:
      json.field("kty", "EC").field("crv", "P-256").field("x", base64url(numbers.x)).field("y", base64url(numbers.y));
      break;
    case TokenAlgorithm::eddsa:
      json.field("kty", "OKP").field("crv", "Ed25519").field("x", base64url(numbers.x));
      break;
    case TokenAlgorithm::hs256:
      break;
  }
  json.field("kid", key.id).field("alg", to_string(key.algorithm)).field("use", "sig").end_object();
  return success();
}

}  // namespace

const char* to_string(TokenAlgorithm algorithm) noexcept {
  switch (algorithm) {
    case TokenAlgorithm::hs256:
      return "HS256";
    case TokenAlgorithm::rs256:
      return "RS256";
    case TokenAlgorithm::es256:
      return "ES256";
    case TokenAlgorithm::eddsa:
      return "EdDSA";
  }
  return "unknown";
}

const char* to_string(TokenKeyState state) noexcept {
  switch (state) {
    case TokenKeyState::next:
      return "next";
    case TokenKeyState::active:
      return "active";
    case TokenKeyState::retiring:
      return "retiring";
  }
  return "unknown";
}

Result<TokenKey> TokenKey::hs256(const Crypto& crypto, std::string id, const Secret& secret, TokenKeyState state) {
  STK_TRY(check_id(id));
  const std::size_t size = secret.reveal().size();
  if (size < kShortestSecret || size > kLongestSecret) {
    return Error(Errc::invalid_argument, "a key of HS256 has 32 to 64 bytes").about("secret");
  }
  STK_TRY(auto mac, crypto.mac_key(HashAlgorithm::sha256, secret));
  std::string header = header_of(TokenAlgorithm::hs256, id);
  return TokenKey(std::make_shared<const Parts>(
      Parts{std::move(id), TokenAlgorithm::hs256, state, std::move(header), std::move(mac), nullptr, nullptr}));
}

Result<TokenKey> TokenKey::signing(std::string id, std::shared_ptr<const SigningKey> key, TokenKeyState state) {
  STK_TRY(check_id(id));
  if (!key) return Error(Errc::invalid_argument, "there is no key").about("key");
  STK_TRY(auto verifies, key->verifying_key());
  const TokenAlgorithm algorithm = algorithm_of(key->algorithm());
  std::string header = header_of(algorithm, id);
  return TokenKey(std::make_shared<const Parts>(
      Parts{std::move(id), algorithm, state, std::move(header), nullptr, std::move(key), std::move(verifies)}));
}

Result<TokenKey> TokenKey::verifying(std::string id, std::shared_ptr<const VerifyingKey> key) {
  STK_TRY(check_id(id));
  if (!key) return Error(Errc::invalid_argument, "there is no key").about("key");
  const TokenAlgorithm algorithm = algorithm_of(key->algorithm());
  std::string header = header_of(algorithm, id);
  return TokenKey(std::make_shared<const Parts>(
      Parts{std::move(id), algorithm, TokenKeyState::next, std::move(header), nullptr, nullptr, std::move(key)}));
}

const std::string& TokenKey::id() const noexcept { return parts_->id; }
TokenAlgorithm TokenKey::algorithm() const noexcept { return parts_->algorithm; }
TokenKeyState TokenKey::state() const noexcept { return parts_->state; }

Result<TokenKeys> TokenKeys::of(std::vector<TokenKey> keys) {
  if (keys.empty() || keys.size() > kMostKeys)
    return Error(Errc::invalid_argument, "a set has 1 to 16 keys").about("keys");
  std::size_t active = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    active += keys[i].state() == TokenKeyState::active ? 1 : 0;
    const auto same = [&](const TokenKey& other) { return other.id() == keys[i].id(); };
    if (std::any_of(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(i), same)) {
      return Error(Errc::invalid_argument, "two keys have one id").about("keys");
    }
  }
  if (active > 1) return Error(Errc::invalid_argument, "one key at most is active").about("keys");
  return TokenKeys(std::move(keys));
}

Result<std::string> TokenKeys::sign(const TokenClaims& claims) const {
  STK_TRY(identity::check_claims(claims));
  const auto active = std::find_if(keys_.begin(), keys_.end(),
                                   [](const TokenKey& key) { return key.state() == TokenKeyState::active; });
  if (active == keys_.end()) return Error(Errc::key_missing, "no key is active, so nothing is signed");
  const TokenKey::Parts& key = *active->parts_;
  const std::string json = identity::write_claims(claims);
  std::string token;
  token.reserve(key.header.size() + json.size() * 4 / 3 + 400);
  token += key.header;
  token += '.';
  append_base64url(token, json);
  if (key.mac) {
    STK_TRY(const Digest code, key.mac->code(token));
    token += '.';
    append_base64url(token, code.bytes());
  } else {
    STK_TRY(const std::string signature, key.signs->sign(token));
    token += '.';
    append_base64url(token, signature);
  }
  if (token.size() > kLongestToken)
    return Error(Errc::invalid_argument, "the token would have more than 8,192 bytes").about("texts");
  return token;
}

Result<VerifiedToken> TokenKeys::verify(std::string_view token, const TokenExpectation& expected) const {
  if (expected.issuer.empty() || expected.audience.empty()) {
    return Error(Errc::invalid_argument, "a verifier expects an issuer and an audience")
        .about(expected.issuer.empty() ? "issuer" : "audience");
  }
  if (expected.leeway < Duration::zero() || expected.leeway > kLongestLeeway) {
    return Error(Errc::invalid_argument, "the leeway is 0 to 5 minutes").about("leeway");
  }
  if (token.size() > kLongestToken) return invalid_token("the token has more than 8,192 bytes");
  const auto parts = split(token);
  if (!parts) return invalid_token("a token has three parts with dots between them");
  std::array<const TokenKey::Parts*, kMostKeys> keys{};
  for (std::size_t i = 0; i < keys_.size(); ++i) keys[i] = keys_[i].parts_.get();
  STK_TRY(const TokenKey::Parts* key, key_for(parts->header, std::span(keys.data(), keys_.size())));
  STK_TRY(const bool own, is_signed(*key, *parts));
  if (!own) return invalid_token("the signature of the token is not its key's");
  STK_TRY(VerifiedToken verified, TokenReader::read(parts->payload, expected.audience));
  STK_TRY(check_expected(verified, expected));
  return verified;
}

Result<std::string> TokenKeys::jwks() const {
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("keys").begin_array();
  for (const TokenKey& key : keys_) {
    if (key.algorithm() == TokenAlgorithm::hs256) continue;
    STK_TRY(write_key(json, *key.parts_));
  }
  json.end_array().end_object();
  return text;
}

}  // namespace stocktracker::inline v0
