// RSA, ECDSA on P-256 and Ed25519: reading and writing keys, signing, verifying.
#include "adapters/openssl/signature_key.hpp"

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <string>

#include "adapters/openssl/handles.hpp"

namespace stocktracker::inline v0::openssl {
namespace {

constexpr std::size_t kLongestPem = 16 * 1'024;
constexpr int kFewestBits = 2'048;
constexpr int kMostBits = 8'192;
constexpr int kMostExponent = 8;         // bytes, of RSA
constexpr std::size_t kCoordinate = 32;  // bytes, of P-256 and Ed25519

using ParamBuild = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Params = Owned<OSSL_PARAM, OSSL_PARAM_free>;

Error malformed(const char* message) { return failure(Errc::key_malformed, message); }

const char* name_of(SignatureAlgorithm algorithm) noexcept {
  switch (algorithm) {
    case SignatureAlgorithm::rs256:
      return "RSA";
    case SignatureAlgorithm::es256:
      return "EC";
    case SignatureAlgorithm::ed25519:
      return "ED25519";
  }
  return "";
}

/// A key of another kind, curve or size is refused: the algorithm belongs to the key, and nobody else chooses it.
Result<void> check_kind(SignatureAlgorithm algorithm, const EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, name_of(algorithm)) != 1) return malformed("the key is one of another algorithm");
  if (algorithm == SignatureAlgorithm::rs256) {
    const int bits = EVP_PKEY_get_bits(key);
    if (bits < kFewestBits || bits > kMostBits) return malformed("an RSA key has 2,048 to 8,192 bits");
  }
  if (algorithm == SignatureAlgorithm::es256) {
    std::array<char, 64> group{};
    std::size_t size = 0;
    if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size(), &size) != 1 ||
        std::string_view(group.data(), size) != "prime256v1") {
      return malformed("the key is one of another curve than P-256");
    }
  }
  return success();
}

/// With a public key of small order one signature fits many texts, and nobody needs a private key to make it. The
/// points of order 1, 2, 4 and 8, y in little-endian order; those that are written with p too much are among them
/// (https://eprint.iacr.org/2020/1244, table 3). The last bit is the sign of x.
bool is_of_small_order(std::string_view point) {
  static const std::array<std::string, 7> kPoints{
      std::string(32, '\0'),
      "\x01" + std::string(31, '\0'),
      "\x26\xe8\x95\x8f\xc2\xb2\x27\xb0\x45\xc3\xf4\x89\xf2\xef\x98\xf0\xd5\xdf\xac\x05\xd3\xc6\x33\x39\xb1\x38\x02\x88"
      "\x6d\x53\xfc\x05",
      "\xc7\x17\x6a\x70\x3d\x4d\xd8\x4f\xba\x3c\x0b\x76\x0d\x10\x67\x0f\x2a\x20\x53\xfa\x2c\x39\xcc\xc6\x4e\xc7\xfd\x77"
      "\x92\xac\x03\x7a",
      "\xec" + std::string(30, '\xff') + "\x7f",
      "\xed" + std::string(30, '\xff') + "\x7f",
      "\xee" + std::string(30, '\xff') + "\x7f",
  };
  std::string y(point);
  if (y.size() != kCoordinate) return false;
  y.back() = static_cast<char>(y.back() & 0x7f);
  return std::find(kPoints.begin(), kPoints.end(), y) != kPoints.end();
}

/// A public key of RSA with an exponent of 1 makes every text its own signature. OpenSSL reads it.
Result<void> check_public(const EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "RSA") == 1) {
    BIGNUM* found = nullptr;
    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &found) != 1) return malformed("the key has no exponent");
    const Number exponent(found);
    if (BN_num_bytes(exponent.get()) > kMostExponent)
      return malformed("the exponent of an RSA key has at most 8 bytes");
  }
  if (EVP_PKEY_is_a(key, "ED25519") == 1) {
    std::string point(kCoordinate, '\0');
    std::size_t size = point.size();
    if (EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(point.data()), &size) != 1 ||
        is_of_small_order(point)) {
      return malformed("the key is no valid public key");
    }
  }
  const KeyContext check(EVP_PKEY_CTX_new_from_pkey(nullptr, const_cast<EVP_PKEY*>(key), nullptr));
  if (!check || EVP_PKEY_public_check(check.get()) != 1) return malformed("the key is no valid public key");
  return success();
}

const EVP_MD* hash_of(SignatureAlgorithm algorithm) {
  // Fetched once and kept: EVP_sha256() looks it up at each use.
  static const Hash sha256(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  return algorithm == SignatureAlgorithm::ed25519 ? nullptr : sha256.get();
}

/// r and s, 32 bytes each, from DER; nothing if it is no signature.
std::string fixed_from_der(std::string_view der) {
  const unsigned char* at = bytes_of(der);
  const Signature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  std::string fixed(2 * kCoordinate, '\0');
  auto* out = reinterpret_cast<unsigned char*>(fixed.data());
  if (!signature || BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, kCoordinate) < 0 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + kCoordinate, kCoordinate) < 0) {
    return {};
  }
  return fixed;
}

std::string der_from_fixed(std::string_view fixed) {
  const Signature signature(ECDSA_SIG_new());
  Number r(BN_bin2bn(bytes_of(fixed), kCoordinate, nullptr));
  Number s(BN_bin2bn(bytes_of(fixed) + kCoordinate, kCoordinate, nullptr));
  if (!signature || !r || !s || ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) return {};
  (void)r.release();
  (void)s.release();  // both belong to the signature now
  unsigned char* out = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &out);
  if (size <= 0) return {};
  std::string der(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size));
  OPENSSL_free(out);
  return der;
}

Result<std::string> number_of(const EVP_PKEY* key, const char* name) {
  BIGNUM* found = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &found) != 1) return failure(Errc::internal, "a key has no such number");
  const Number number(found);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number.get())), '\0');
  BN_bn2bin(number.get(), reinterpret_cast<unsigned char*>(bytes.data()));
  return bytes;
}

std::string padded(std::string bytes) {
  return std::string(kCoordinate - std::min(bytes.size(), kCoordinate), '\0') + bytes;
}

class PublicKey final : public VerifyingKey {
 public:
  PublicKey(SignatureAlgorithm algorithm, Key key) : algorithm_(algorithm), key_(std::move(key)) {}

  SignatureAlgorithm algorithm() const noexcept override { return algorithm_; }

  Result<bool> verify(std::string_view text, std::string_view signature) const override {
    std::string der;
    if (algorithm_ == SignatureAlgorithm::es256) {
      if (signature.size() != 2 * kCoordinate) return false;
      der = der_from_fixed(signature);
      signature = der;
    }
    const HashContext context(EVP_MD_CTX_new());
    if (!context || EVP_DigestVerifyInit(context.get(), nullptr, hash_of(algorithm_), nullptr, key_.get()) != 1) {
      return failure(Errc::internal, "verifying could not begin");
    }
    const int answer =
        EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size());
    // A signature that has no valid form gives an error of OpenSSL's, which is an answer as well.
    if (answer != 1) ERR_clear_error();
    return answer == 1;
  }

  Result<PublicKeyNumbers> numbers() const override {
    PublicKeyNumbers numbers;
    numbers.algorithm = algorithm_;
    switch (algorithm_) {
      case SignatureAlgorithm::rs256: {
        STK_TRY(numbers.modulus, number_of(key_.get(), OSSL_PKEY_PARAM_RSA_N));
        STK_TRY(numbers.exponent, number_of(key_.get(), OSSL_PKEY_PARAM_RSA_E));
        break;
      }
      case SignatureAlgorithm::es256: {
        STK_TRY(numbers.x, number_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X));
        STK_TRY(numbers.y, number_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y));
        numbers.x = padded(std::move(numbers.x));
        numbers.y = padded(std::move(numbers.y));
        break;
      }
      case SignatureAlgorithm::ed25519: {
        std::size_t size = kCoordinate;
        numbers.x.resize(size);
        if (EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(numbers.x.data()), &size) != 1) {
          return failure(Errc::internal, "a key has no such number");
        }
        break;
      }
    }
    return numbers;
  }

 private:
  SignatureAlgorithm algorithm_;
  Key key_;
};

class PrivateKey final : public SigningKey {
 public:
  PrivateKey(SignatureAlgorithm algorithm, Key key) : algorithm_(algorithm), key_(std::move(key)) {}

  SignatureAlgorithm algorithm() const noexcept override { return algorithm_; }

  Result<std::string> sign(std::string_view text) const override {
    const HashContext context(EVP_MD_CTX_new());
    std::size_t size = 0;
    if (!context || EVP_DigestSignInit(context.get(), nullptr, hash_of(algorithm_), nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), nullptr, &size, bytes_of(text), text.size()) != 1) {
      return failure(Errc::internal, "signing could not begin");
    }
    std::string signature(size, '\0');
    if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes_of(text),
                       text.size()) != 1) {
      return failure(Errc::internal, "signing failed");
    }
    signature.resize(size);
    return algorithm_ == SignatureAlgorithm::es256 ? fixed_from_der(signature) : signature;
  }

  Result<std::shared_ptr<const VerifyingKey>> verifying_key() const override {
    const Memory memory(BIO_new(BIO_s_mem()));
    if (!memory || PEM_write_bio_PUBKEY(memory.get(), key_.get()) != 1) {
      return failure(Errc::internal, "a public key could not be written");
    }
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &text);
    return read_verifying_key(algorithm_, {text, static_cast<std::size_t>(size)});
  }

  Result<Secret> pem() const override {
    // Secure memory: cleansed when it is freed.
    const Memory memory(BIO_new(BIO_s_secmem()));
    if (!memory ||
        PEM_write_bio_PKCS8PrivateKey(memory.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
      return failure(Errc::internal, "a private key could not be written");
    }
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &text);
    return Secret::copy_of({text, static_cast<std::size_t>(size)});
  }

 private:
  SignatureAlgorithm algorithm_;
  Key key_;
};

// A key that asks for a password is none that we read: without this, OpenSSL would ask on the terminal.
int no_password(char*, int, int, void*) noexcept { return -1; }

Result<Memory> memory_of(std::string_view pem) {
  if (pem.empty() || pem.size() > kLongestPem) return malformed("a key in PEM has at most 16 KiB");
  Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!memory) return failure(Errc::internal, "a key could not be read");
  return memory;
}

}  // namespace

Result<std::shared_ptr<const SigningKey>> make_signing_key(SignatureAlgorithm algorithm, int bits) {
  Key key;
  switch (algorithm) {
    case SignatureAlgorithm::rs256:
      if (bits != 2'048 && bits != 3'072 && bits != 4'096) {
        return Error(Errc::invalid_argument, "an RSA key is made with 2,048, 3,072 or 4,096 bits").about("bits");
      }
      key.reset(EVP_RSA_gen(static_cast<unsigned>(bits)));
      break;
    case SignatureAlgorithm::es256:
      key.reset(EVP_EC_gen("P-256"));
      break;
    case SignatureAlgorithm::ed25519:
      key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
      break;
  }
  if (!key) return failure(Errc::internal, "a key could not be made");
  return std::shared_ptr<const SigningKey>(std::make_shared<PrivateKey>(algorithm, std::move(key)));
}

Result<std::shared_ptr<const SigningKey>> read_signing_key(SignatureAlgorithm algorithm, const Secret& pem) {
  STK_TRY(const Memory memory, memory_of(pem.reveal()));
  Key key(PEM_read_bio_PrivateKey(memory.get(), nullptr, &no_password, nullptr));
  if (!key) return malformed("the text is no private key in PEM without a password");
  STK_TRY(check_kind(algorithm, key.get()));
  return std::shared_ptr<const SigningKey>(std::make_shared<PrivateKey>(algorithm, std::move(key)));
}

Result<std::shared_ptr<const VerifyingKey>> read_verifying_key(SignatureAlgorithm algorithm, std::string_view pem) {
  STK_TRY(const Memory memory, memory_of(pem));
  Key key(PEM_read_bio_PUBKEY(memory.get(), nullptr, &no_password, nullptr));
  if (!key) return malformed("the text is no public key in PEM");
  STK_TRY(check_kind(algorithm, key.get()));
  STK_TRY(check_public(key.get()));
  return std::shared_ptr<const VerifyingKey>(std::make_shared<PublicKey>(algorithm, std::move(key)));
}

namespace {

Result<Key> key_from(const char* name, const Params& params) {
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, name, nullptr));
  EVP_PKEY* made = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return malformed("the numbers are no public key");
  }
  return Key(made);
}

Result<Key> rsa_key(const PublicKeyNumbers& numbers) {
  if (numbers.modulus.size() > kMostBits / 8 || numbers.exponent.empty() || numbers.exponent.size() > kMostExponent) {
    return malformed("an RSA key has 2,048 to 8,192 bits and an exponent of at most 8 bytes");
  }
  const Number n(BN_bin2bn(bytes_of(numbers.modulus), static_cast<int>(numbers.modulus.size()), nullptr));
  const Number e(BN_bin2bn(bytes_of(numbers.exponent), static_cast<int>(numbers.exponent.size()), nullptr));
  const ParamBuild build(OSSL_PARAM_BLD_new());
  if (!n || !e || !build || OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return failure(Errc::internal, "a key could not be read");
  }
  return key_from("RSA", Params(OSSL_PARAM_BLD_to_param(build.get())));
}

Result<Key> p256_key(const PublicKeyNumbers& numbers) {
  if (numbers.x.size() != kCoordinate || numbers.y.size() != kCoordinate) {
    return malformed("a key of P-256 has two numbers of 32 bytes");
  }
  const std::string point = "\x04" + numbers.x + numbers.y;
  const ParamBuild build(OSSL_PARAM_BLD_new());
  if (!build || OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1) {
    return failure(Errc::internal, "a key could not be read");
  }
  return key_from("EC", Params(OSSL_PARAM_BLD_to_param(build.get())));
}

Result<Key> ed25519_key(const PublicKeyNumbers& numbers) {
  if (numbers.x.size() != kCoordinate) return malformed("a key of Ed25519 has 32 bytes");
  Key key(EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, bytes_of(numbers.x), numbers.x.size()));
  if (!key) return malformed("the numbers are no public key");
  return key;
}

}  // namespace

Result<std::shared_ptr<const VerifyingKey>> verifying_key_of(const PublicKeyNumbers& numbers) {
  Result<Key> key = Errc::unsupported;
  switch (numbers.algorithm) {
    case SignatureAlgorithm::rs256:
      key = rsa_key(numbers);
      break;
    case SignatureAlgorithm::es256:
      key = p256_key(numbers);
      break;
    case SignatureAlgorithm::ed25519:
      key = ed25519_key(numbers);
      break;
  }
  if (!key) return key.error();
  STK_TRY(check_kind(numbers.algorithm, key.value().get()));
  STK_TRY(check_public(key.value().get()));
  return std::shared_ptr<const VerifyingKey>(std::make_shared<PublicKey>(numbers.algorithm, std::move(key).value()));
}

}  // namespace stocktracker::inline v0::openssl
