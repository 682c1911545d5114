// The payload of a token: claims to JSON and back.
#pragma once

#include <string>
#include <string_view>

#include <stocktracker/identity/web_token.hpp>

namespace stocktracker::inline v0::identity {

/// A fault of a token, without its text.
[[nodiscard]] Error invalid_token(const char* why);

/// The reader of JSON skips one, and no issuer writes one (RFC 8259, section 8.1).
[[nodiscard]] inline bool has_byte_order_mark(std::string_view json) { return json.starts_with("\xEF\xBB\xBF"); }

[[nodiscard]] Result<void> check_claims(const TokenClaims& claims);
/// In this order: iss, aud, sub, jti, iat, nbf, exp, texts.
[[nodiscard]] std::string write_claims(const TokenClaims& claims);

}  // namespace stocktracker::inline v0::identity

namespace stocktracker::inline v0 {

/// Reads the payload of a token whose signature is its key's.
struct TokenReader {
  /// Every claim that is there has its type; `aud` is a text or an array of texts. `payload` is base64url. The audience
  /// is the expected one if the token is for it, and empty if it is not.
  [[nodiscard]] static Result<VerifiedToken> read(std::string_view payload, std::string_view audience);

 private:
  static bool read_own_form(std::string_view json, VerifiedToken& token);
  static Result<VerifiedToken> read_any(std::string_view json, std::string_view audience);
};

}  // namespace stocktracker::inline v0
