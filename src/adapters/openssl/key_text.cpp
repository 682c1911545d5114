// Keys as lines of text, the current one first.
#include "adapters/openssl/key_text.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include <stocktracker/adapters/openssl.hpp>

namespace stocktracker::inline v0 {
namespace {

/// 44 characters of base64 to 32 bytes; only the canonical encoding is accepted.
Result<Secret> key_of(std::string_view base64, const std::string& origin, int line) {
  std::array<unsigned char, kKeyBytes + 1> bytes{};
  std::array<unsigned char, 45> again{};
  bool good = base64.size() == 44 &&
              EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(base64.data()), 44) == 33;
  if (good) {
    EVP_EncodeBlock(again.data(), bytes.data(), kKeyBytes);
    good = CRYPTO_memcmp(again.data(), base64.data(), 44) == 0;
  }
  std::string key(reinterpret_cast<const char*>(bytes.data()), kKeyBytes);
  OPENSSL_cleanse(bytes.data(), bytes.size());
  OPENSSL_cleanse(again.data(), again.size());
  Secret secret(std::move(key));
  if (good) return secret;
  return key_refused(Errc::key_malformed, origin,
                     "line " + std::to_string(line) + " is not 'ID BASE64-OF-32-BYTES'; restore it from a backup");
}

bool is_key_id(std::string_view id) noexcept {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

bool holds(const std::vector<SealingKey>& keys, std::string_view id) {
  return std::any_of(keys.begin(), keys.end(), [&](const SealingKey& key) { return key.id == id; });
}

Result<std::string> fresh_id(const std::vector<SealingKey>& keys) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<unsigned char, 4> bytes{};
  std::string id;
  do {
    if (RAND_bytes(bytes.data(), bytes.size()) != 1) return Error(Errc::internal, "no randomness for a key");
    id = "k-";
    for (const unsigned char byte : bytes) id.append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 0x0F]);
  } while (holds(keys, id));
  return id;
}

/// Keys that were given as text; they never change.
class KeyText final : public KeyProvider {
 public:
  KeyText(std::vector<SealingKey> keys, std::string origin) noexcept
      : keys_(std::move(keys)), origin_(std::move(origin)) {}

  Result<SealingKey> current() override { return copy_of(keys_.front()); }
  Result<SealingKey> find(std::string_view id) override { return key_named(keys_, id, origin_); }
  Result<std::vector<std::string>> ids() override { return ids_of(keys_); }

 private:
  const std::vector<SealingKey> keys_;
  const std::string origin_;
};

}  // namespace

Error key_refused(Errc code, const std::string& origin, std::string_view what) {
  return Error(code, origin + ": " + std::string(what)).during("keys");
}

SealingKey copy_of(const SealingKey& key) { return {key.id, key.bytes.clone()}; }

std::vector<std::string> ids_of(const std::vector<SealingKey>& keys) {
  std::vector<std::string> ids;
  ids.reserve(keys.size());
  for (const SealingKey& key : keys) ids.push_back(key.id);
  return ids;
}

Result<SealingKey> key_named(const std::vector<SealingKey>& keys, std::string_view id, const std::string& origin) {
  for (const SealingKey& key : keys) {
    if (key.id == id) return copy_of(key);
  }
  // The id comes from a text that has not been verified yet.
  return key_refused(Errc::key_missing, origin,
                     "there is no key " + (is_key_id(id) ? std::string(id) : "of that name") +
                         "; add the line of the key that sealed it below the current one");
}

Result<std::vector<SealingKey>> parse_keys(std::string_view text, const std::string& origin) {
  std::vector<SealingKey> keys;
  for (int line = 1; !text.empty(); ++line) {
    std::string_view row = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), row.size() + 1));
    if (row.ends_with('\r')) row.remove_suffix(1);
    if (row.find_first_not_of(" \t") == std::string_view::npos || row.starts_with('#')) continue;
    const std::size_t space = row.find(' ');
    const std::string_view id = row.substr(0, space);
    if (!is_key_id(id)) {
      return key_refused(Errc::key_malformed, origin, "line " + std::to_string(line) + " has no key id");
    }
    STK_TRY(auto bytes, key_of(space == std::string_view::npos ? "" : row.substr(space + 1), origin, line));
    if (holds(keys, id)) {
      return key_refused(Errc::key_malformed, origin, "the id " + std::string(id) + " is used twice");
    }
    keys.push_back({std::string(id), std::move(bytes)});
  }
  if (keys.empty()) return key_refused(Errc::key_missing, origin, "contains no key");
  return keys;
}

Result<Secret> fresh_key_line(const std::vector<SealingKey>& keys) {
  STK_TRY(const auto id, fresh_id(keys));
  std::array<unsigned char, kKeyBytes> key{};
  std::array<unsigned char, 45> base64{};
  const bool made = RAND_priv_bytes(key.data(), kKeyBytes) == 1;
  if (made) EVP_EncodeBlock(base64.data(), key.data(), kKeyBytes);
  std::string line;
  line.reserve(64);  // growing would leave a copy behind
  line += id;
  line.append(1, ' ').append(reinterpret_cast<const char*>(base64.data())).append(1, '\n');
  OPENSSL_cleanse(key.data(), key.size());
  OPENSSL_cleanse(base64.data(), base64.size());
  Secret fresh(std::move(line));
  if (!made) return Error(Errc::internal, "no randomness for a key");
  return fresh;
}

Result<std::shared_ptr<KeyProvider>> make_key_text(const Secret& text, std::string_view origin) {
  STK_TRY(auto keys, parse_keys(text.reveal(), std::string(origin)));
  return std::make_shared<KeyText>(std::move(keys), std::string(origin));
}

}  // namespace stocktracker::inline v0
