// AES-256-GCM with the owner as additional data.
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include <stocktracker/adapters/openssl.hpp>

#include "adapters/openssl/handles.hpp"
#include "adapters/openssl/key_text.hpp"

namespace stocktracker::inline v0 {
namespace {

// A sealed text: version, length of the key id, key id, nonce, ciphertext, tag.
constexpr char kVersion = 1;
constexpr std::size_t kNonce = 12;
constexpr std::size_t kTag = 16;
constexpr std::size_t kLargest = std::size_t{1} << 20;  // credentials are small

using openssl::bytes_of;
using Context = openssl::CipherContext;

/// Every part with its length, so that no two contexts have the same encoding.
std::string associated_data(std::string_view key_id, const SealContext& context) {
  std::string data(1, kVersion);
  for (const std::string_view part : {key_id, context.tenant, context.table, context.column, context.row}) {
    const auto size = static_cast<std::uint32_t>(part.size());
    for (int shift = 24; shift >= 0; shift -= 8) data += static_cast<char>(size >> shift);
    data += part;
  }
  return data;
}

/// Cipher contexts with a key: preparing one costs more than sealing a token. They live as long as the sealer; a
/// context in use belongs to one thread.
class KeyedContexts {
 public:
  enum class Use : unsigned char { seal, open };

  /// Ready for `nonce`; null if OpenSSL refuses.
  Context take(const EVP_CIPHER* cipher, const SealingKey& key, Use use, const unsigned char* nonce) {
    Context context = idle(key, use);
    const bool fresh = context == nullptr;
    if (fresh) context.reset(EVP_CIPHER_CTX_new());
    const unsigned char* bytes = fresh ? bytes_of(key.bytes.reveal()) : nullptr;
    const auto init = use == Use::seal ? &EVP_EncryptInit_ex2 : &EVP_DecryptInit_ex2;
    if (!context || init(context.get(), fresh ? cipher : nullptr, bytes, nonce, nullptr) != 1) return nullptr;
    return context;
  }
  void give_back(const SealingKey& key, Use use, Context context) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kIdle) idle_.push_back({key.id, key.bytes.clone(), use, std::move(context)});
  }

 private:
  static constexpr std::size_t kIdle = 16;
  struct Entry {
    std::string id;
    Secret bytes;  ///< a provider may return other bytes under the same id
    Use use;
    Context context;
  };
  Context idle(const SealingKey& key, Use use) {
    const std::lock_guard lock(mutex_);
    for (auto entry = idle_.begin(); entry != idle_.end(); ++entry) {
      if (entry->use != use || entry->id != key.id || !entry->bytes.equals(key.bytes)) continue;
      Context context = std::move(entry->context);
      idle_.erase(entry);
      return context;
    }
    return nullptr;
  }

  std::mutex mutex_;
  std::vector<Entry> idle_;
};

class GcmSealer final : public Sealer {
 public:
  // Fetched once: a lookup costs more than sealing a token.
  explicit GcmSealer(std::shared_ptr<KeyProvider> keys)
      : keys_(std::move(keys)), cipher_(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr)) {}

  Result<std::string> seal(const Secret& text, const SealContext& where) override {
    STK_TRY(const auto key, usable(keys_->current()));
    std::array<unsigned char, kNonce> nonce{};
    if (!cipher_ || RAND_bytes(nonce.data(), kNonce) != 1) return Error(Errc::internal, "sealing could not begin");
    Context context = contexts_.take(cipher_.get(), key, KeyedContexts::Use::seal, nonce.data());
    if (!context) return Error(Errc::internal, "sealing could not begin");
    const std::string aad = associated_data(key.id, where);
    const std::string_view plain = text.reveal();
    if (plain.size() > kLargest) return Error(Errc::out_of_range, "the text is too long to be sealed");
    std::string sealed(1, kVersion);
    sealed += static_cast<char>(key.id.size());
    sealed += key.id;
    sealed.append(reinterpret_cast<const char*>(nonce.data()), kNonce);
    const std::size_t from = sealed.size();
    sealed.resize(from + plain.size() + kTag);
    auto* out = reinterpret_cast<unsigned char*>(sealed.data() + from);
    int size = 0;
    int rest = 0;
    if (EVP_EncryptUpdate(context.get(), nullptr, &size, bytes_of(aad), static_cast<int>(aad.size())) != 1 ||
        EVP_EncryptUpdate(context.get(), out, &size, bytes_of(plain), static_cast<int>(plain.size())) != 1 ||
        EVP_EncryptFinal_ex(context.get(), out + size, &rest) != 1 ||
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTag, out + plain.size()) != 1) {
      return Error(Errc::internal, "sealing failed");
    }
    contexts_.give_back(key, KeyedContexts::Use::seal, std::move(context));
    return sealed;
  }

  Result<Secret> open(std::string_view sealed, const SealContext& where) override {
    const auto broken = [] { return Error(Errc::seal_broken, "a sealed text cannot be opened with these keys"); };
    const auto named = sealed_by(sealed);
    if (!named) return broken();
    const std::string_view id = *named;
    const std::size_t id_size = id.size();
    const std::string_view nonce = sealed.substr(2 + id_size, kNonce);
    const std::string_view cipher = sealed.substr(2 + id_size + kNonce, sealed.size() - 2 - id_size - kNonce - kTag);
    std::string tag(sealed.substr(sealed.size() - kTag));
    STK_TRY(const auto key, usable(keys_->find(id)));

    if (!cipher_) return broken();
    Context context = contexts_.take(cipher_.get(), key, KeyedContexts::Use::open, bytes_of(nonce));
    const std::string aad = associated_data(id, where);
    std::string plain(cipher.size() + 1, '\0');
    int size = 0;
    int rest = 0;
    auto* out = reinterpret_cast<unsigned char*>(plain.data());
    const bool opened =
        context && EVP_DecryptUpdate(context.get(), nullptr, &size, bytes_of(aad), static_cast<int>(aad.size())) == 1 &&
        EVP_DecryptUpdate(context.get(), out, &size, bytes_of(cipher), static_cast<int>(cipher.size())) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTag, tag.data()) == 1 &&
        EVP_DecryptFinal_ex(context.get(), out + size, &rest) == 1;
    if (!opened) {
      OPENSSL_cleanse(plain.data(), plain.size());
      return broken();
    }
    contexts_.give_back(key, KeyedContexts::Use::open, std::move(context));
    plain.pop_back();
    return Secret(std::move(plain));
  }

  Result<std::string> key_id(std::string_view sealed) const override {
    const auto id = sealed_by(sealed);
    if (!id) return Error(Errc::seal_broken, "a sealed text cannot be opened with these keys");
    return std::string(*id);
  }

  Result<Secret> make_key() override {
    std::string bytes(kKeyBytes, '\0');
    if (RAND_priv_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(kKeyBytes)) != 1) {
      return Error(Errc::internal, "no randomness for a key");
    }
    return Secret(std::move(bytes));
  }
  std::shared_ptr<Sealer> over(std::shared_ptr<KeyProvider> keys) const override {
    return std::make_shared<GcmSealer>(std::move(keys));
  }

 private:
  /// The key id in a text of the right form.
  static std::optional<std::string_view> sealed_by(std::string_view sealed) noexcept {
    if (sealed.size() < 2 || sealed[0] != kVersion) return std::nullopt;
    const auto id_size = static_cast<std::size_t>(static_cast<unsigned char>(sealed[1]));
    if (sealed.size() < 2 + id_size + kNonce + kTag) return std::nullopt;
    if (sealed.size() > 2 + id_size + kNonce + kTag + kLargest) return std::nullopt;
    return sealed.substr(2, id_size);
  }

  /// Providers may be user code: a key of another size must not reach the cipher.
  static Result<SealingKey> usable(Result<SealingKey> key) {
    if (key &&
        (key.value().bytes.reveal().size() != kKeyBytes || key.value().id.empty() || key.value().id.size() > 255)) {
      return Error(Errc::key_malformed, "a sealing key has 32 bytes and an id of 1 to 255 characters");
    }
    return key;
  }

  std::shared_ptr<KeyProvider> keys_;
  openssl::Cipher cipher_;
  KeyedContexts contexts_;
};

}  // namespace

std::shared_ptr<Sealer> make_sealer(std::shared_ptr<KeyProvider> keys) {
  return std::make_shared<GcmSealer>(std::move(keys));
}

}  // namespace stocktracker::inline v0
