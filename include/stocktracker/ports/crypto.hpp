/// @file
/// Crypto: digests, authentication codes, signatures, key agreement, sealed bytes and random bytes, for protocols that
/// name their algorithms (tokens, webhooks, push messages). Stored credentials are sealed by a Sealer instead.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <stocktracker/core/result.hpp>
#include <stocktracker/core/secret.hpp>

namespace stocktracker::inline v0 {

/// SHA-1 only inside HMAC, where protocols prescribe it (one-time codes, some webhooks).
enum class HashAlgorithm : unsigned char { sha1, sha256, sha384, sha512 };
[[nodiscard]] STK_API const char* to_string(HashAlgorithm algorithm) noexcept;

enum class SignatureAlgorithm : unsigned char {
  rs256,    ///< RSASSA-PKCS1-v1_5 with SHA-256, keys of 2,048 to 8,192 bits
  es256,    ///< ECDSA on P-256 with SHA-256; a signature is r and s, 32 bytes each
  ed25519,  ///< RFC 8032
};
[[nodiscard]] STK_API const char* to_string(SignatureAlgorithm algorithm) noexcept;

enum class AgreementAlgorithm : unsigned char {
  p256,    ///< ECDH on P-256; public keys are uncompressed points of 65 bytes, private keys 32 bytes
  x25519,  ///< RFC 7748; both 32 bytes
};
[[nodiscard]] STK_API const char* to_string(AgreementAlgorithm algorithm) noexcept;

/// A nonce has 12 bytes and a tag 16.
enum class AeadAlgorithm : unsigned char { aes_128_gcm, aes_256_gcm, chacha20_poly1305 };
[[nodiscard]] STK_API const char* to_string(AeadAlgorithm algorithm) noexcept;

/// A digest or an authentication code: up to 64 bytes, without an allocation.
class STK_API Digest {
 public:
  static constexpr std::size_t kMost = 64;

  Digest() noexcept = default;
  /// At most kMost bytes; the rest is cut off.
  explicit Digest(std::string_view bytes) noexcept;

  /// Valid while the Digest lives.
  [[nodiscard]] std::string_view bytes() const& noexcept { return {bytes_.data(), size_}; }
  std::string_view bytes() const&& = delete;
  /// Lower-case hexadecimal.
  [[nodiscard]] std::string hex() const;
  /// In constant time for equal sizes: use it for codes that somebody else sent.
  [[nodiscard]] bool matches(std::string_view other) const noexcept;
  friend bool operator==(const Digest& a, const Digest& b) noexcept { return a.matches(b.bytes()); }

 private:
  std::array<char, kMost> bytes_{};
  unsigned char size_ = 0;
};

/// A prepared key of authentication codes (HMAC). Thread-safe; holds the key until it is destroyed.
class STK_API MacKey {
 public:
  MacKey() = default;
  MacKey(const MacKey&) = delete;
  MacKey& operator=(const MacKey&) = delete;
  virtual ~MacKey();

  /// The code of the parts, one after the other, as if they were one text.
  [[nodiscard]] virtual Result<Digest> code(std::span<const std::string_view> parts) const = 0;
  [[nodiscard]] Result<Digest> code(std::string_view text) const { return code({&text, 1}); }
};

/// The public numbers of a key, big-endian and without leading zeros, as JWK (RFC 7517, RFC 8037) has them.
struct PublicKeyNumbers {
  SignatureAlgorithm algorithm = SignatureAlgorithm::rs256;
  std::string modulus;   ///< RSA: n
  std::string exponent;  ///< RSA: e
  std::string x;         ///< P-256 and Ed25519, 32 bytes
  std::string y;         ///< P-256, 32 bytes
};

/// Thread-safe.
class STK_API VerifyingKey {
 public:
  VerifyingKey() = default;
  VerifyingKey(const VerifyingKey&) = delete;
  VerifyingKey& operator=(const VerifyingKey&) = delete;
  virtual ~VerifyingKey();

  [[nodiscard]] virtual SignatureAlgorithm algorithm() const noexcept = 0;
  /// Is it the signature of the text by this key? A signature of any other size or form is false, not an error.
  [[nodiscard]] virtual Result<bool> verify(std::string_view text, std::string_view signature) const = 0;
  [[nodiscard]] virtual Result<PublicKeyNumbers> numbers() const = 0;
};

/// Thread-safe; holds the private key until it is destroyed.
class STK_API SigningKey {
 public:
  SigningKey() = default;
  SigningKey(const SigningKey&) = delete;
  SigningKey& operator=(const SigningKey&) = delete;
  virtual ~SigningKey();

  [[nodiscard]] virtual SignatureAlgorithm algorithm() const noexcept = 0;
  [[nodiscard]] virtual Result<std::string> sign(std::string_view text) const = 0;
  [[nodiscard]] virtual Result<std::shared_ptr<const VerifyingKey>> verifying_key() const = 0;
  /// PKCS #8 in PEM, without a password: store it sealed.
  [[nodiscard]] virtual Result<Secret> pem() const = 0;
};

/// A private key and what the other side needs of it.
struct AgreementKey {
  Secret private_key;
  std::string public_key;
};

/// Thread-safe. Keys and texts are bytes. Wrong sizes are Errc::invalid_argument, keys that cannot be read
/// Errc::key_malformed, sealed bytes that do not open Errc::seal_broken. No error contains a key or a text.
///
/// @code
/// const auto crypto = st::make_crypto();  // adapters/openssl.hpp
/// STK_TRY(const auto key, crypto->mac_key(st::HashAlgorithm::sha256, st::Secret("shared with the sender")));
/// STK_TRY(const st::Digest code, key->code("the body of a request"));
/// if (!code.matches("what its header says")) return st::Errc::permission_denied;
/// @endcode
class STK_API Crypto {
 public:
  Crypto() = default;
  Crypto(const Crypto&) = delete;
  Crypto& operator=(const Crypto&) = delete;
  virtual ~Crypto();

  [[nodiscard]] virtual Result<Digest> digest(HashAlgorithm algorithm, std::string_view text) const = 0;
  /// A key of 1 to 1,024 bytes.
  [[nodiscard]] virtual Result<std::shared_ptr<const MacKey>> mac_key(HashAlgorithm algorithm,
                                                                      const Secret& key) const = 0;

  /// A fresh private key. `bits` is for RSA alone: 2,048, 3,072 or 4,096.
  [[nodiscard]] virtual Result<std::shared_ptr<const SigningKey>> make_signing_key(SignatureAlgorithm algorithm,
                                                                                   int bits = 2'048) const = 0;
  /// From PKCS #8 in PEM, up to 16 KiB; Errc::key_malformed if the key is not one of the algorithm.
  [[nodiscard]] virtual Result<std::shared_ptr<const SigningKey>> signing_key(SignatureAlgorithm algorithm,
                                                                              const Secret& pem) const = 0;
  /// From a SubjectPublicKeyInfo in PEM.
  [[nodiscard]] virtual Result<std::shared_ptr<const VerifyingKey>> verifying_key(SignatureAlgorithm algorithm,
                                                                                  std::string_view pem) const = 0;
  [[nodiscard]] virtual Result<std::shared_ptr<const VerifyingKey>> verifying_key(
      const PublicKeyNumbers& numbers) const = 0;

  [[nodiscard]] virtual Result<AgreementKey> make_agreement_key(AgreementAlgorithm algorithm) const = 0;
  /// The shared secret, 32 bytes, before any derivation. Errc::key_malformed: the peer's key is not a point of the
  /// curve, or one that gives a secret of zeros.
  [[nodiscard]] virtual Result<Secret> agree(AgreementAlgorithm algorithm, const Secret& private_key,
                                             std::string_view peer) const = 0;

  /// HKDF (RFC 5869): 1 to 255 times the digest's size.
  [[nodiscard]] virtual Result<Secret> derive(HashAlgorithm algorithm, const Secret& key, std::string_view salt,
                                              std::string_view info, std::size_t size) const = 0;

  /// The sealed bytes with the tag behind them. Never seal two texts with one key and nonce.
  [[nodiscard]] virtual Result<std::string> seal(AeadAlgorithm algorithm, const Secret& key, std::string_view nonce,
                                                 std::string_view associated, std::string_view text) const = 0;
  [[nodiscard]] virtual Result<Secret> open(AeadAlgorithm algorithm, const Secret& key, std::string_view nonce,
                                            std::string_view associated, std::string_view sealed) const = 0;

  /// From the system's source for keys: 1 byte to 64 KiB.
  [[nodiscard]] virtual Result<Secret> random(std::size_t size) const = 0;
};

}  // namespace stocktracker::inline v0
