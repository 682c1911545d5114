// Digest, and the names of algorithms.
#include <stocktracker/ports/crypto.hpp>

#include <algorithm>

#include "core/constant_time.hpp"

namespace stocktracker::inline v0 {

const char* to_string(HashAlgorithm algorithm) noexcept {
  switch (algorithm) {
    case HashAlgorithm::sha1:
      return "sha1";
    case HashAlgorithm::sha256:
      return "sha256";
    case HashAlgorithm::sha384:
      return "sha384";
    case HashAlgorithm::sha512:
      return "sha512";
  }
  return "unknown";
}

const char* to_string(SignatureAlgorithm algorithm) noexcept {
  switch (algorithm) {
    case SignatureAlgorithm::rs256:
      return "rs256";
    case SignatureAlgorithm::es256:
      return "es256";
    case SignatureAlgorithm::ed25519:
      return "ed25519";
  }
  return "unknown";
}

const char* to_string(AgreementAlgorithm algorithm) noexcept {
  switch (algorithm) {
    case AgreementAlgorithm::p256:
      return "p256";
    case AgreementAlgorithm::x25519:
      return "x25519";
  }
  return "unknown";
}

const char* to_string(AeadAlgorithm algorithm) noexcept {
  switch (algorithm) {
    case AeadAlgorithm::aes_128_gcm:
      return "aes_128_gcm";
    case AeadAlgorithm::aes_256_gcm:
      return "aes_256_gcm";
    case AeadAlgorithm::chacha20_poly1305:
      return "chacha20_poly1305";
  }
  return "unknown";
}

Digest::Digest(std::string_view bytes) noexcept : size_(static_cast<unsigned char>(std::min(bytes.size(), kMost))) {
  std::copy_n(bytes.begin(), size_, bytes_.begin());
}

std::string Digest::hex() const {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * std::size_t{size_});
  for (const char c : bytes()) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

bool Digest::matches(std::string_view other) const noexcept { return equal_in_constant_time(bytes(), other); }

MacKey::~MacKey() = default;
VerifyingKey::~VerifyingKey() = default;
SigningKey::~SigningKey() = default;
Crypto::~Crypto() = default;

}  // namespace stocktracker::inline v0
