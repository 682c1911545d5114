// HMAC over contexts that keep their key: finding the algorithm and preparing the key cost four times a code.
#include "adapters/openssl/mac_key.hpp"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <mutex>
#include <vector>

#include "adapters/openssl/handles.hpp"

namespace stocktracker::inline v0::openssl {
namespace {

constexpr std::size_t kLongestKey = 1'024;
constexpr std::size_t kIdle = 8;

class Hmac final : public MacKey {
 public:
  explicit Hmac(MacContext keyed) : keyed_(std::move(keyed)) {}

  Result<Digest> code(std::span<const std::string_view> parts) const override {
    MacContext context = take();
    if (!context) return failure(Errc::internal, "an authentication code could not begin");
    for (const std::string_view part : parts) {
      if (EVP_MAC_update(context.get(), bytes_of(part), part.size()) != 1) {
        return failure(Errc::internal, "an authentication code could not be computed");
      }
    }
    std::array<unsigned char, Digest::kMost> out{};
    std::size_t size = 0;
    if (EVP_MAC_final(context.get(), out.data(), &size, out.size()) != 1) {
      return failure(Errc::internal, "an authentication code could not be computed");
    }
    give_back(std::move(context));
    return Digest({reinterpret_cast<const char*>(out.data()), size});
  }

 private:
  // Ready for a text: begun again with the key that it has.
  MacContext take() const {
    MacContext context;
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        context = std::move(idle_.back());
        idle_.pop_back();
      }
    }
    if (!context) context.reset(EVP_MAC_CTX_dup(keyed_.get()));
    if (context && EVP_MAC_init(context.get(), nullptr, 0, nullptr) != 1) context.reset();
    return context;
  }
  void give_back(MacContext context) const {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kIdle) idle_.push_back(std::move(context));
  }

  MacContext keyed_;
  mutable std::mutex mutex_;
  mutable std::vector<MacContext> idle_;  // each is used by one thread at a time
};

}  // namespace

const char* name_of(HashAlgorithm algorithm) noexcept {
  switch (algorithm) {
    case HashAlgorithm::sha1:
      return "SHA1";
    case HashAlgorithm::sha256:
      return "SHA256";
    case HashAlgorithm::sha384:
      return "SHA384";
    case HashAlgorithm::sha512:
      return "SHA512";
  }
  return "";
}

Result<std::shared_ptr<const MacKey>> make_mac_key(HashAlgorithm algorithm, const Secret& key) {
  const std::string_view bytes = key.reveal();
  if (bytes.empty() || bytes.size() > kLongestKey) {
    return Error(Errc::invalid_argument, "a key of authentication codes has 1 to 1,024 bytes").about("key");
  }
  const Mac mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  MacContext keyed(mac ? EVP_MAC_CTX_new(mac.get()) : nullptr);
  std::string digest = name_of(algorithm);
  const OSSL_PARAM options[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                                OSSL_PARAM_construct_end()};
  if (!keyed || EVP_MAC_init(keyed.get(), bytes_of(bytes), bytes.size(), options) != 1) {
    return failure(Errc::internal, "a key of authentication codes could not be prepared");
  }
  return std::shared_ptr<const MacKey>(std::make_shared<Hmac>(std::move(keyed)));
}

}  // namespace stocktracker::inline v0::openssl
