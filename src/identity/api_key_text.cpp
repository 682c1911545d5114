// API keys as texts: numbers in base 62 with a checksum.
#include <stocktracker/identity/api_key_text.hpp>

#include <array>
#include <optional>
#include <span>

namespace stocktracker::inline v0 {
namespace {

constexpr std::string_view kPrefix = "stk_live_";
constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t kIdDigits = 22;      // 62^22 > 2^128
constexpr std::size_t kSecretDigits = 43;  // 62^43 > 2^256
constexpr std::size_t kSumDigits = 6;      // 62^6 > 2^32
constexpr std::size_t kSecretAt = kPrefix.size() + kIdDigits + 1;
constexpr std::size_t kSumAt = kSecretAt + kSecretDigits;
constexpr std::size_t kSize = kSumAt + kSumDigits;

/// CRC-32 of ISO 3309, as in gzip (RFC 1952, section 8).
std::uint32_t crc32(std::string_view text) noexcept {
  std::uint32_t sum = ~std::uint32_t{0};
  for (const char c : text) {
    sum ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ (sum & 1 ? 0xEDB88320U : 0U);
  }
  return ~sum;
}

/// A big-endian number in base 62, most significant digit first. `number` is used up.
void append_digits(std::string& out, std::span<unsigned char> number, std::size_t count) {
  const std::size_t from = out.size();
  out.resize(from + count);
  for (std::size_t at = from + count; at-- > from;) {
    unsigned rest = 0;
    for (unsigned char& byte : number) {
      const unsigned value = rest << 8 | byte;
      byte = static_cast<unsigned char>(value / 62);
      rest = value % 62;
    }
    out[at] = kDigits[rest];
  }
}

/// Back into `number`; false if a character is no digit or the number does not fit.
bool read_digits(std::string_view text, std::span<unsigned char> number) noexcept {
  for (unsigned char& byte : number) byte = 0;
  for (const char c : text) {
    std::size_t carry = kDigits.find(c);
    if (carry == std::string_view::npos) return false;
    for (std::size_t at = number.size(); at-- > 0;) {
      carry += std::size_t{62} * number[at];
      number[at] = static_cast<unsigned char>(carry);
      carry >>= 8;
    }
    if (carry != 0) return false;
  }
  return true;
}

void append_sum(std::string& out) {
  const std::uint32_t sum = crc32(out);
  std::array<unsigned char, 4> number{
      static_cast<unsigned char>(sum >> 24), static_cast<unsigned char>(sum >> 16 & 0xFF),
      static_cast<unsigned char>(sum >> 8 & 0xFF), static_cast<unsigned char>(sum & 0xFF)};
  append_digits(out, number, kSumDigits);
}

Error malformed(const char* why) { return Error(Errc::invalid_text, why).about("key"); }

}  // namespace

Result<ApiKeyText> ApiKeyText::of(Uuid id, Secret secret) {
  if (secret.reveal().size() != kSecretBytes) {
    return Error(Errc::invalid_argument, "the secret of an API key has 32 bytes").about("secret");
  }
  return ApiKeyText(id, std::move(secret));
}

Secret ApiKeyText::text() const {
  std::string out;
  out.reserve(kSize);  // no copy of the secret stays behind in a smaller block
  out += kPrefix;
  auto id = id_.bytes();
  append_digits(out, id, kIdDigits);
  out += '_';
  std::array<unsigned char, kSecretBytes> secret{};
  const std::string_view bytes = secret_.reveal();
  std::copy(bytes.begin(), bytes.end(), secret.begin());
  append_digits(out, secret, kSecretDigits);  // leaves zeros there
  append_sum(out);
  return Secret(std::move(out));
}

Result<ApiKeyText> ApiKeyText::parse(const Secret& given) {
  const std::string_view text = given.reveal();
  if (!text.starts_with(kPrefix) || text.size() != kSize || text[kSecretAt - 1] != '_') {
    return malformed("the text is no API key: it begins with stk_live_ and has 81 characters");
  }
  std::string checked;
  checked.reserve(kSize);  // as in text()
  checked += text.substr(0, kSumAt);
  append_sum(checked);
  const Secret expected(std::move(checked));
  if (!expected.equals(given)) return malformed("the API key is mistyped: its checksum differs");
  std::array<std::uint8_t, 16> id{};
  std::string secret(kSecretBytes, '\0');
  const std::span secret_bytes(reinterpret_cast<unsigned char*>(secret.data()), secret.size());
  const bool read = read_digits(text.substr(kPrefix.size(), kIdDigits), id) &&
                    read_digits(text.substr(kSecretAt, kSecretDigits), secret_bytes);
  Secret owned(std::move(secret));
  if (!read) return malformed("the text is no API key: its numbers are too large");
  return ApiKeyText(Uuid(id), std::move(owned));
}

}  // namespace stocktracker::inline v0
