// Crypto over OpenSSL: digests, sealed bytes and random bytes; keys are in mac_key, signature_key and key_agreement.
#include <openssl/rand.h>

#include <array>

#include <stocktracker/adapters/openssl.hpp>

#include "adapters/openssl/handles.hpp"
#include "adapters/openssl/key_agreement.hpp"
#include "adapters/openssl/mac_key.hpp"
#include "adapters/openssl/signature_key.hpp"

namespace stocktracker::inline v0 {
namespace {

using openssl::bytes_of;
using openssl::failure;

constexpr std::size_t kNonce = 12;
constexpr std::size_t kTag = 16;
constexpr std::size_t kLargestText = std::size_t{16} << 20;
constexpr std::size_t kMostRandom = std::size_t{64} << 10;

struct AeadRow {
  const char* name;
  std::size_t key;  // bytes
};
constexpr std::array<AeadRow, 3> kAead{{{"AES-128-GCM", 16}, {"AES-256-GCM", 32}, {"ChaCha20-Poly1305", 32}}};

unsigned char* out_of(std::string& text) noexcept { return reinterpret_cast<unsigned char*>(text.data()); }

class OpenSslCrypto final : public Crypto {
 public:
  OpenSslCrypto() {
    for (std::size_t i = 0; i < hashes_.size(); ++i) {
      hashes_[i].reset(EVP_MD_fetch(nullptr, openssl::name_of(static_cast<HashAlgorithm>(i)), nullptr));
    }
    for (std::size_t i = 0; i < ciphers_.size(); ++i)
      ciphers_[i].reset(EVP_CIPHER_fetch(nullptr, kAead[i].name, nullptr));
  }

  Result<Digest> digest(HashAlgorithm algorithm, std::string_view text) const override {
    std::array<unsigned char, Digest::kMost> out{};
    unsigned size = 0;
    const EVP_MD* hash = hashes_[static_cast<std::size_t>(algorithm)].get();
    if (!hash || EVP_Digest(text.data(), text.size(), out.data(), &size, hash, nullptr) != 1) {
      return failure(Errc::internal, "a digest could not be computed");
    }
    return Digest({reinterpret_cast<const char*>(out.data()), size});
  }

  Result<std::shared_ptr<const MacKey>> mac_key(HashAlgorithm algorithm, const Secret& key) const override {
    return openssl::make_mac_key(algorithm, key);
  }

  Result<std::shared_ptr<const SigningKey>> make_signing_key(SignatureAlgorithm algorithm, int bits) const override {
    return openssl::make_signing_key(algorithm, bits);
  }
  Result<std::shared_ptr<const SigningKey>> signing_key(SignatureAlgorithm algorithm,
                                                        const Secret& pem) const override {
    return openssl::read_signing_key(algorithm, pem);
  }
  Result<std::shared_ptr<const VerifyingKey>> verifying_key(SignatureAlgorithm algorithm,
                                                            std::string_view pem) const override {
    return openssl::read_verifying_key(algorithm, pem);
  }
  Result<std::shared_ptr<const VerifyingKey>> verifying_key(const PublicKeyNumbers& numbers) const override {
    return openssl::verifying_key_of(numbers);
  }

  Result<AgreementKey> make_agreement_key(AgreementAlgorithm algorithm) const override {
    return openssl::make_agreement_key(algorithm);
  }
  Result<Secret> agree(AgreementAlgorithm algorithm, const Secret& private_key, std::string_view peer) const override {
    return openssl::agree(algorithm, private_key, peer);
  }
  Result<Secret> derive(HashAlgorithm algorithm, const Secret& key, std::string_view salt, std::string_view info,
                        std::size_t size) const override {
    return openssl::derive(algorithm, key, salt, info, size);
  }

  Result<std::string> seal(AeadAlgorithm algorithm, const Secret& key, std::string_view nonce,
                           std::string_view associated, std::string_view text) const override {
    STK_TRY(check_sizes(algorithm, key, nonce, associated, text));
    const openssl::CipherContext context(EVP_CIPHER_CTX_new());
    std::string sealed(text.size() + kTag, '\0');
    int size = 0;
    if (!context ||
        EVP_EncryptInit_ex2(context.get(), cipher(algorithm), bytes_of(key.reveal()), bytes_of(nonce), nullptr) != 1 ||
        EVP_EncryptUpdate(context.get(), nullptr, &size, bytes_of(associated), static_cast<int>(associated.size())) !=
            1 ||
        EVP_EncryptUpdate(context.get(), out_of(sealed), &size, bytes_of(text), static_cast<int>(text.size())) != 1 ||
        EVP_EncryptFinal_ex(context.get(), out_of(sealed) + size, &size) != 1 ||
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTag, sealed.data() + text.size()) != 1) {
      return failure(Errc::internal, "sealing failed");
    }
    return sealed;
  }

  Result<Secret> open(AeadAlgorithm algorithm, const Secret& key, std::string_view nonce, std::string_view associated,
                      std::string_view sealed) const override {
    STK_TRY(check_sizes(algorithm, key, nonce, associated, sealed));
    if (sealed.size() < kTag) return Error(Errc::seal_broken, "sealed bytes end with a tag of 16 bytes");
    const openssl::CipherContext context(EVP_CIPHER_CTX_new());
    std::array<char, kTag> tag{};
    const std::size_t size = sealed.size() - kTag;
    sealed.copy(tag.data(), kTag, size);
    std::string text(size, '\0');
    int written = 0;
    if (!context ||
        EVP_DecryptInit_ex2(context.get(), cipher(algorithm), bytes_of(key.reveal()), bytes_of(nonce), nullptr) != 1 ||
        EVP_DecryptUpdate(context.get(), nullptr, &written, bytes_of(associated),
                          static_cast<int>(associated.size())) != 1) {
      return failure(Errc::internal, "opening could not begin");
    }
    const bool opened =
        EVP_DecryptUpdate(context.get(), out_of(text), &written, bytes_of(sealed), static_cast<int>(size)) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTag, tag.data()) == 1 &&
        EVP_DecryptFinal_ex(context.get(), out_of(text) + written, &written) == 1;
    Secret out(std::move(text));  // wiped if it did not open
    if (!opened) return failure(Errc::seal_broken, "the bytes do not open with this key, nonce and associated data");
    return out;
  }

  Result<Secret> random(std::size_t size) const override {
    if (size == 0 || size > kMostRandom) {
      return Error(Errc::invalid_argument, "1 byte to 64 KiB at a time").about("size");
    }
    std::string bytes(size, '\0');
    if (RAND_priv_bytes(out_of(bytes), static_cast<int>(size)) != 1) {
      return failure(Errc::internal, "the system gives no random bytes");
    }
    return Secret(std::move(bytes));
  }

 private:
  const EVP_CIPHER* cipher(AeadAlgorithm algorithm) const noexcept {
    return ciphers_[static_cast<std::size_t>(algorithm)].get();
  }
  Result<void> check_sizes(AeadAlgorithm algorithm, const Secret& key, std::string_view nonce,
                           std::string_view associated, std::string_view text) const {
    if (key.reveal().size() != kAead[static_cast<std::size_t>(algorithm)].key) {
      return Error(Errc::invalid_argument, "the key has another size than the algorithm's").about("key");
    }
    if (nonce.size() != kNonce) return Error(Errc::invalid_argument, "a nonce has 12 bytes").about("nonce");
    if (associated.size() > kLargestText || text.size() > kLargestText + kTag) {
      return Error(Errc::invalid_argument, "at most 16 MiB are sealed at a time").about("text");
    }
    return success();
  }

  // Fetched once: finding an algorithm costs more than using it for a small text.
  std::array<openssl::Hash, 4> hashes_;
  std::array<openssl::Cipher, 3> ciphers_;
};

}  // namespace

std::shared_ptr<Crypto> make_crypto() { return std::make_shared<OpenSslCrypto>(); }

}  // namespace stocktracker::inline v0
