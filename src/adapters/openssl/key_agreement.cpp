// Diffie-Hellman on P-256 and X25519, and HKDF.
#include "adapters/openssl/key_agreement.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/param_build.h>

#include "adapters/openssl/handles.hpp"
#include "adapters/openssl/mac_key.hpp"

namespace stocktracker::inline v0::openssl {
namespace {

constexpr std::size_t kScalar = 32;
constexpr std::size_t kPoint = 65;  // uncompressed, with 0x04 in front

using ParamBuild = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Params = Owned<OSSL_PARAM, OSSL_PARAM_free>;

Error malformed(const char* message) { return failure(Errc::key_malformed, message); }

Result<Key> from_params(const OSSL_PARAM* params, int selection) {
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* made = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, selection, const_cast<OSSL_PARAM*>(params)) != 1) {
    return malformed("the bytes are no key of P-256");
  }
  return Key(made);
}

Result<Key> p256_peer(std::string_view point) {
  if (point.size() != kPoint || point.front() != '\x04')
    return malformed("a public key of P-256 is a point of 65 bytes");
  const ParamBuild build(OSSL_PARAM_BLD_new());
  if (!build || OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1) {
    return failure(Errc::internal, "a key could not be read");
  }
  const Params params(OSSL_PARAM_BLD_to_param(build.get()));
  STK_TRY(Key key, from_params(params.get(), EVP_PKEY_PUBLIC_KEY));
  const KeyContext check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  // A point beside the curve would give away the private key.
  if (!check || EVP_PKEY_public_check(check.get()) != 1) return malformed("the public key is no point of P-256");
  return key;
}

Result<Key> p256_private(const Secret& scalar) {
  Number number(BN_secure_new());
  if (!number || !BN_bin2bn(bytes_of(scalar.reveal()), kScalar, number.get())) {
    return failure(Errc::internal, "a key could not be read");
  }
  const Owned<EC_GROUP, EC_GROUP_free> group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  if (!group || BN_is_zero(number.get()) || BN_cmp(number.get(), EC_GROUP_get0_order(group.get())) >= 0) {
    return malformed("the private key is no number of P-256");
  }
  const ParamBuild build(OSSL_PARAM_BLD_new());
  if (!build || OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
      OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_PRIV_KEY, number.get()) != 1) {
    return failure(Errc::internal, "a key could not be read");
  }
  const Params params(OSSL_PARAM_BLD_to_param(build.get()));
  return from_params(params.get(), EVP_PKEY_KEYPAIR);
}

Result<AgreementKey> p256_pair() {
  const Key key(EVP_EC_gen("P-256"));
  BIGNUM* found = nullptr;
  std::array<unsigned char, kPoint> point{};
  std::size_t size = 0;
  if (!key || EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_PRIV_KEY, &found) != 1 ||
      EVP_PKEY_get_octet_string_param(key.get(), OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, point.data(), point.size(),
                                      &size) != 1 ||
      size != kPoint) {
    BN_clear_free(found);
    return failure(Errc::internal, "a key could not be made");
  }
  const Owned<BIGNUM, BN_clear_free> number(found);
  std::string scalar(kScalar, '\0');
  BN_bn2binpad(number.get(), reinterpret_cast<unsigned char*>(scalar.data()), kScalar);
  return AgreementKey{Secret(std::move(scalar)), {reinterpret_cast<const char*>(point.data()), size}};
}

Result<AgreementKey> x25519_pair() {
  const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519"));
  std::string scalar(kScalar, '\0');
  std::string point(kScalar, '\0');
  std::size_t private_size = kScalar;
  std::size_t public_size = kScalar;
  if (!key ||
      EVP_PKEY_get_raw_private_key(key.get(), reinterpret_cast<unsigned char*>(scalar.data()), &private_size) != 1 ||
      EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(point.data()), &public_size) != 1) {
    return failure(Errc::internal, "a key could not be made");
  }
  return AgreementKey{Secret(std::move(scalar)), std::move(point)};
}

Result<Key> private_of(AgreementAlgorithm algorithm, const Secret& scalar) {
  if (algorithm == AgreementAlgorithm::p256) return p256_private(scalar);
  Key key(EVP_PKEY_new_raw_private_key_ex(nullptr, "X25519", nullptr, bytes_of(scalar.reveal()), kScalar));
  if (!key) return malformed("the bytes are no private key of X25519");
  return key;
}

Result<Key> peer_of(AgreementAlgorithm algorithm, std::string_view peer) {
  if (algorithm == AgreementAlgorithm::p256) return p256_peer(peer);
  if (peer.size() != kScalar) return malformed("a public key of X25519 has 32 bytes");
  Key key(EVP_PKEY_new_raw_public_key_ex(nullptr, "X25519", nullptr, bytes_of(peer), peer.size()));
  if (!key) return malformed("the bytes are no public key of X25519");
  return key;
}

constexpr std::size_t kLongestInfo = 1'024;

std::size_t size_of(HashAlgorithm algorithm) noexcept {
  switch (algorithm) {
    case HashAlgorithm::sha1:
      return 20;
    case HashAlgorithm::sha256:
      return 32;
    case HashAlgorithm::sha384:
      return 48;
    case HashAlgorithm::sha512:
      return 64;
  }
  return 0;
}

}  // namespace

Result<AgreementKey> make_agreement_key(AgreementAlgorithm algorithm) {
  return algorithm == AgreementAlgorithm::p256 ? p256_pair() : x25519_pair();
}

Result<Secret> agree(AgreementAlgorithm algorithm, const Secret& private_key, std::string_view peer) {
  if (private_key.reveal().size() != kScalar) {
    return Error(Errc::invalid_argument, "a private key has 32 bytes").about("private_key");
  }
  STK_TRY(const Key own, private_of(algorithm, private_key));
  STK_TRY(const Key other, peer_of(algorithm, peer));
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, own.get(), nullptr));
  std::string shared(kScalar, '\0');
  std::size_t size = shared.size();
  // X25519 refuses a point that gives zeros (RFC 7748, section 6.1).
  if (!context || EVP_PKEY_derive_init(context.get()) != 1 ||
      EVP_PKEY_derive_set_peer(context.get(), other.get()) != 1 ||
      EVP_PKEY_derive(context.get(), reinterpret_cast<unsigned char*>(shared.data()), &size) != 1 || size != kScalar) {
    OPENSSL_cleanse(shared.data(), shared.size());
    return malformed("the two keys give no shared secret");
  }
  return Secret(std::move(shared));
}

Result<Secret> derive(HashAlgorithm algorithm, const Secret& key, std::string_view salt, std::string_view info,
                      std::size_t size) {
  if (size == 0 || size > 255 * size_of(algorithm))
    return Error(Errc::invalid_argument, "a derived key has 1 to 255 times the bytes of the digest").about("size");
  if (info.size() > kLongestInfo) return Error(Errc::invalid_argument, "at most 1,024 bytes").about("info");
  if (key.empty()) return Error(Errc::invalid_argument, "there is nothing to derive a key from").about("key");
  const Kdf hkdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
  const KdfContext context(hkdf ? EVP_KDF_CTX_new(hkdf.get()) : nullptr);
  std::string digest = name_of(algorithm);
  const auto octets = [](const char* name, std::string_view bytes) {
    return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(bytes.data()), bytes.size());
  };
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
      octets(OSSL_KDF_PARAM_KEY, key.reveal()), octets(OSSL_KDF_PARAM_SALT, salt.empty() ? std::string_view("") : salt),
      octets(OSSL_KDF_PARAM_INFO, info.empty() ? std::string_view("") : info), OSSL_PARAM_construct_end()};
  std::string derived(size, '\0');
  if (!context || EVP_KDF_derive(context.get(), reinterpret_cast<unsigned char*>(derived.data()), size, params) != 1) {
    return failure(Errc::internal, "a key could not be derived");
  }
  return Secret(std::move(derived));
}

}  // namespace stocktracker::inline v0::openssl
