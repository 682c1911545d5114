// Signed tokens: any text is refused or read; what is read is signed and read again with the same claims.
#include <cstdlib>

#include <stocktracker/adapters/openssl.hpp>
#include <stocktracker/identity/web_token.hpp>

#include "core/base64url.hpp"

namespace st = stocktracker;

namespace {

const st::TokenKeys& keys() {
  static const auto crypto = st::make_crypto();
  static const st::TokenKeys made = [] {
    const auto key = st::TokenKey::hs256(*crypto, "k", st::Secret(std::string(32, 'k'))).value();
    return st::TokenKeys::of({key}).value();
  }();
  return made;
}

void check(const std::string& token) {
  const st::Instant now = st::Instant::from_seconds(1'795'000'000);
  const auto read = keys().verify(token, {.issuer = "i", .audience = "a", .now = now});
  if (!read) return;
  const st::TokenClaims claims = read.value().claims();
  const auto again = keys().sign(claims);
  if (!again) return;  // a claim that no token of ours has: an end before the begin, say
  const auto second = keys().verify(again.value(), {.issuer = "i", .audience = "a", .now = now});
  if (!second || second.value().subject() != claims.subject || second.value().id() != claims.id ||
      second.value().claims().texts != claims.texts || second.value().expires_at() != claims.expires_at) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check(text);
  // As the claims of a token that is signed: the readers behind the signature.
  static const auto mac =
      st::make_crypto()->mac_key(st::HashAlgorithm::sha256, st::Secret(std::string(32, 'k'))).value();
  std::string token = st::base64url(R"({"alg":"HS256","kid":"k","typ":"JWT"})") + "." + st::base64url(text);
  const st::Digest code = mac->code(token).value();
  token += "." + st::base64url(code.bytes());
  check(token);
  // As its header.
  check(st::base64url(text) + token.substr(token.find('.')));
  return 0;
}
