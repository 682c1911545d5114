// Verifies and decrypts a token: HMAC first, then AES-128-CBC.
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <memory>
#include <vector>

#include <stocktracker/adapters/fernet.hpp>

namespace stocktracker::inline v0 {
namespace {

// A token: version, time, initial vector, ciphertext, HMAC. A key: signing key, encryption key.
constexpr unsigned char kVersion = 0x80;
constexpr std::size_t kTime = 8;
constexpr std::size_t kVector = 16;
constexpr std::size_t kBlock = 16;
constexpr std::size_t kMac = 32;
constexpr std::size_t kHead = 1 + kTime + kVector;
constexpr std::size_t kKey = 32;
constexpr std::size_t kHalfKey = 16;
constexpr std::size_t kLargest = std::size_t{2} << 20;  // of the text; tokens of marketplaces are small
constexpr Duration kSkew = std::chrono::seconds(60);

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};

const unsigned char* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// 0 to 63, or -1. Without a table: a table's cache lines would depend on the bytes of a key.
int value_of(char c) noexcept {
  const int at = static_cast<unsigned char>(c);
  const auto within = [at](int low, int high) { return ((low - 1 - at) & (at - high - 1)) >> 8; };  // -1 or 0
  return (-1) + (within('A', 'Z') & (at - 'A' + 1)) + (within('a', 'z') & (at - 'a' + 27)) +
         (within('0', '9') & (at - '0' + 53)) + (within('-', '-') & 63) + (within('_', '_') & 64);
}

/// Strict: complete groups of four, padding only at the end, no other character, no bit that encoding would not set.
std::optional<Secret> decode(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  std::string bytes(text.size() / 4 * 3, '\0');
  int bad = 0;
  std::uint32_t spare = 0;
  for (std::size_t group = 0; group < text.size() / 4; ++group) {
    std::uint32_t sum = 0;
    for (std::size_t n = 0; n < 4; ++n) {
      const std::size_t at = group * 4 + n;
      const int value = at >= text.size() - padding ? 0 : value_of(text[at]);
      bad |= value;
      sum = sum << 6 | (static_cast<std::uint32_t>(value) & 63U);
    }
    for (std::size_t n = 0; n < 3; ++n) bytes[group * 3 + n] = static_cast<char>(sum >> (16 - 8 * n));
    if (group + 1 == text.size() / 4) spare = sum & ((1U << (8 * padding)) - 1);
  }
  Secret decoded(std::move(bytes));
  if (bad < 0 || spare != 0) return std::nullopt;
  return Secret::copy_of(decoded.reveal().substr(0, decoded.reveal().size() - padding));
}

bool signed_by(std::string_view signing_key, std::string_view token) {
  std::array<unsigned char, kMac> mac{};
  unsigned size = 0;
  const std::string_view body = token.substr(0, token.size() - kMac);
  const bool made = HMAC(EVP_sha256(), signing_key.data(), static_cast<int>(signing_key.size()), bytes_of(body),
                         body.size(), mac.data(), &size) != nullptr;
  const bool same = made && size == kMac && CRYPTO_memcmp(mac.data(), token.data() + body.size(), kMac) == 0;
  OPENSSL_cleanse(mac.data(), mac.size());
  return same;
}

std::optional<Secret> decrypt(std::string_view encryption_key, std::string_view token) {
  const std::string_view vector = token.substr(1 + kTime, kVector);
  const std::string_view cipher = token.substr(kHead, token.size() - kHead - kMac);
  const std::unique_ptr<EVP_CIPHER_CTX, FreeContext> context(EVP_CIPHER_CTX_new());
  std::string plain(cipher.size() + kBlock, '\0');
  auto* out = reinterpret_cast<unsigned char*>(plain.data());
  int size = 0;
  int rest = 0;
  const bool opened =
      context &&
      EVP_DecryptInit_ex2(context.get(), EVP_aes_128_cbc(), bytes_of(encryption_key), bytes_of(vector), nullptr) == 1 &&
      EVP_DecryptUpdate(context.get(), out, &size, bytes_of(cipher), static_cast<int>(cipher.size())) == 1 &&
      EVP_DecryptFinal_ex(context.get(), out + size, &rest) == 1;
  Secret wiped(std::move(plain));
  if (!opened) return std::nullopt;
  return Secret::copy_of(wiped.reveal().substr(0, static_cast<std::size_t>(size) + static_cast<std::size_t>(rest)));
}

/// Seconds since 1970; beyond what Instant holds is its latest.
Instant time_of(std::string_view token) noexcept {
  std::uint64_t seconds = 0;
  for (const char byte : token.substr(1, kTime)) seconds = seconds << 8 | static_cast<unsigned char>(byte);
  return seconds > INT64_MAX ? Instant::latest() : Instant::from_seconds(static_cast<std::int64_t>(seconds));
}

Result<void> in_time(std::string_view token, const FernetOptions& options) {
  if (!options.ttl) return success();
  const Instant made = time_of(token);
  if (made + *options.ttl < *options.now) {
    return Error(Errc::invalid_argument, "the Fernet token is older than the ttl allows").about("ttl");
  }
  if (made > *options.now + kSkew) {
    return Error(Errc::invalid_argument, "the Fernet token comes from the future; check the clocks").about("ttl");
  }
  return success();
}

Result<std::vector<Secret>> decode_keys(std::span<const Secret> keys) {
  std::vector<Secret> decoded;
  for (const Secret& key : keys) {
    auto bytes = decode(key.reveal());
    if (!bytes || bytes->reveal().size() != kKey) {
      return Error(Errc::key_malformed, "a Fernet key is 44 characters of base64url, which are 32 bytes").about("key");
    }
    decoded.push_back(std::move(*bytes));
  }
  if (decoded.empty()) return Error(Errc::invalid_argument, "no Fernet key was given").about("key");
  return decoded;
}

Result<Secret> decode_token(std::string_view token) {
  auto bytes = token.size() <= kLargest ? decode(token) : std::nullopt;
  const std::size_t size = bytes ? bytes->reveal().size() : 0;
  if (size < kHead + kBlock + kMac || (size - kHead - kMac) % kBlock != 0 ||
      static_cast<unsigned char>(bytes->reveal().front()) != kVersion) {
    return Error(Errc::invalid_text, "this is not a Fernet token of version 0x80").about("token");
  }
  return std::move(*bytes);
}

}  // namespace

Result<Secret> open_fernet(std::string_view token, std::span<const Secret> keys, const FernetOptions& options) {
  if (options.ttl && !options.now) {
    return Error(Errc::invalid_argument, "a ttl needs the present time").about("now");
  }
  STK_TRY(const auto decoded_keys, decode_keys(keys));
  STK_TRY(const Secret decoded, decode_token(token));
  const std::string_view bytes = decoded.reveal();
  for (const Secret& key : decoded_keys) {
    const std::string_view halves = key.reveal();
    if (!signed_by(halves.substr(0, kHalfKey), bytes)) continue;
    STK_TRY(in_time(bytes, options));
    auto plain = decrypt(halves.substr(kHalfKey), bytes);
    if (plain) return std::move(*plain);
  }
  return Error(Errc::seal_broken, "the Fernet token does not open with the keys given").about("token");
}

Result<Secret> open_fernet(std::string_view token, const Secret& key, const FernetOptions& options) {
  return open_fernet(token, std::span<const Secret>(&key, 1), options);
}

}  // namespace stocktracker::inline v0
