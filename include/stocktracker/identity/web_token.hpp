/// @file
/// Signed tokens (JWT, RFC 7519) in the compact form of JWS, and the set of keys that signs and verifies them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/time.hpp>
#include <stocktracker/ports/crypto.hpp>

namespace stocktracker::inline v0 {

enum class TokenAlgorithm : unsigned char { hs256, rs256, es256, eddsa };
/// As in the header of a token: "HS256", "EdDSA".
[[nodiscard]] STK_API const char* to_string(TokenAlgorithm algorithm) noexcept;

/// A claim of one's own, beside the registered ones; a text.
struct TokenText {
  std::string name;
  std::string text;
  friend bool operator==(const TokenText&, const TokenText&) = default;
};

/// What a token is to say. Times are whole seconds.
struct TokenClaims {
  std::string issuer{};            ///< iss
  std::string audience{};          ///< aud
  std::string subject{};           ///< sub
  std::string id{};                ///< jti
  Instant issued_at{};             ///< iat
  Instant not_before{};            ///< nbf
  Instant expires_at{};            ///< exp
  std::vector<TokenText> texts{};  ///< claims of one's own, in their order
};

/// What a verified token says. Move-only; the views are valid as long as it lives, also after it has moved.
class STK_API VerifiedToken {
 public:
  struct Text {
    std::string_view name;
    std::string_view text;
  };

  [[nodiscard]] std::string_view issuer() const noexcept { return issuer_; }
  /// The audience that was expected; the token may name others as well.
  [[nodiscard]] std::string_view audience() const noexcept { return audience_; }
  [[nodiscard]] std::string_view subject() const noexcept { return subject_; }
  [[nodiscard]] std::string_view id() const noexcept { return id_; }
  [[nodiscard]] Instant issued_at() const noexcept { return issued_at_; }
  [[nodiscard]] Instant not_before() const noexcept { return not_before_; }
  [[nodiscard]] Instant expires_at() const noexcept { return expires_at_; }
  /// Claims that are texts, besides the registered ones, in their order.
  [[nodiscard]] const std::vector<Text>& texts() const noexcept { return texts_; }
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
  /// The same with strings of its own.
  [[nodiscard]] TokenClaims claims() const;

 private:
  friend struct TokenReader;
  VerifiedToken() = default;

  std::unique_ptr<const char[]> bytes_;  // what the views see
  std::string_view issuer_;
  std::string_view audience_;
  std::string_view subject_;
  std::string_view id_;
  Instant issued_at_{};
  Instant not_before_{};
  Instant expires_at_{};
  std::vector<Text> texts_;
};

/// Where a key stands in its life: a verifier may know a `next` key before anything is signed with it, and a `retiring`
/// one until the last token of it has ended.
enum class TokenKeyState : unsigned char { next, active, retiring };
/// The name of the enumerator.
[[nodiscard]] STK_API const char* to_string(TokenKeyState state) noexcept;

/// One key with its id and state. The algorithm belongs to the key: a token's header must name the same. Cheap to copy,
/// immutable, thread-safe.
class STK_API TokenKey {
 public:
  /// `id`: 1 to 64 printable ASCII characters without quotes and backslashes. HS256 takes 32 to 64 bytes of secret.
  [[nodiscard]] static Result<TokenKey> hs256(const Crypto& crypto, std::string id, const Secret& secret,
                                              TokenKeyState state = TokenKeyState::active);
  [[nodiscard]] static Result<TokenKey> signing(std::string id, std::shared_ptr<const SigningKey> key,
                                                TokenKeyState state = TokenKeyState::active);
  /// Somebody else's key: verifies only, so it is never active.
  [[nodiscard]] static Result<TokenKey> verifying(std::string id, std::shared_ptr<const VerifyingKey> key);

  [[nodiscard]] const std::string& id() const noexcept;
  [[nodiscard]] TokenAlgorithm algorithm() const noexcept;
  [[nodiscard]] TokenKeyState state() const noexcept;

  struct Parts;

 private:
  friend class TokenKeys;
  explicit TokenKey(std::shared_ptr<const Parts> parts) noexcept : parts_(std::move(parts)) {}
  std::shared_ptr<const Parts> parts_;
};

/// What a verifier expects. Issuer and audience are compared exactly; without one of them nothing is verified
/// (Errc::invalid_argument).
struct TokenExpectation {
  std::string_view issuer;
  std::string_view audience;
  Instant now{};
  Duration leeway = std::chrono::seconds(30);  ///< for clocks that differ; 0 to 5 minutes
};

/// The keys of one issuer, of which one is active. Immutable and thread-safe: a rotation makes another set.
///
/// @code
/// const auto crypto = st::make_crypto();
/// STK_TRY(const auto key, st::TokenKey::hs256(*crypto, "2026-11", st::Secret(std::string(32, 'k'))));
/// STK_TRY(const auto keys, st::TokenKeys::of({key}));
/// const auto now = st::Instant::from_seconds(1'795'000'000);
/// STK_TRY(const std::string token, keys.sign({.issuer = "shop", .audience = "api", .expires_at = now + 15min}));
/// STK_TRY(const auto verified, keys.verify(token, {.issuer = "shop", .audience = "api", .now = now}));
/// std::puts(std::string(verified.subject()).c_str());
/// @endcode
class STK_API TokenKeys {
 public:
  static constexpr std::size_t kLongestToken = 8'192;

  /// 1 to 16 keys with different ids, at most one of them active.
  [[nodiscard]] static Result<TokenKeys> of(std::vector<TokenKey> keys);

  /// Signs with the active key; Errc::key_missing if there is none. `expires_at` must be later than `not_before` and
  /// `issued_at`. Texts of one's own have other names than registered claims. At most kLongestToken bytes.
  [[nodiscard]] Result<std::string> sign(const TokenClaims& claims) const;

  /// Errc::token_invalid if anything is not as the issuer writes it: another algorithm than its key's, an unknown key,
  /// a header member besides alg, kid and typ (crit, jwk, jku, x5u and b64 among them), a duplicate member, bytes that
  /// are not base64url, a claim of a wrong type, an issuer or audience that is not the expected one, a token that is
  /// not valid yet. Errc::token_expired if nothing else is wrong. Errors do not contain the token.
  [[nodiscard]] Result<VerifiedToken> verify(std::string_view token, const TokenExpectation& expected) const;

  /// The public keys as a JWK set (RFC 7517): of each key that is not HS256, in any state.
  [[nodiscard]] Result<std::string> jwks() const;

  [[nodiscard]] const std::vector<TokenKey>& keys() const noexcept { return keys_; }

 private:
  explicit TokenKeys(std::vector<TokenKey> keys) noexcept : keys_(std::move(keys)) {}
  std::vector<TokenKey> keys_;
};

}  // namespace stocktracker::inline v0
