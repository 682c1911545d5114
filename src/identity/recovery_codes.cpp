// Recovery codes: Crockford's base 32, and hashes that are bound to their owner.
#include <stocktracker/identity/recovery_codes.hpp>

namespace stocktracker::inline v0 {
namespace {

constexpr std::size_t kCodes = 10;
constexpr std::size_t kSymbols = 10;  // of 5 bits each
constexpr std::size_t kGroup = 5;
constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr char kForeign = '\0';

// The symbol that a typed character stands for; kForeign if none.
char symbol_of(char c) noexcept {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') return '0';
  if (c == 'I' || c == 'L') return '1';
  return kAlphabet.find(c) == std::string_view::npos ? kForeign : c;
}

// The owner ends with a zero byte, which no code has: two pairs never make one text.
Result<std::string> hash_of(const Crypto& crypto, std::string_view owner, std::string_view symbols) {
  std::string text;
  text.reserve(owner.size() + 1 + symbols.size());
  text += owner;
  text += '\0';
  text += symbols;
  const Secret hashed(std::move(text));
  STK_TRY(const Digest digest, crypto.digest(HashAlgorithm::sha256, hashed.reveal()));
  return digest.hex();
}

}  // namespace

Result<RecoveryCodes> make_recovery_codes(const Crypto& crypto, std::string_view owner) {
  RecoveryCodes made;
  STK_TRY(const Secret random, crypto.random(kCodes * kSymbols));
  for (std::size_t code = 0; code < kCodes; ++code) {
    std::string symbols;  // ten characters: inside the string, and wiped with the secret below
    std::string shown;
    for (const char byte : random.reveal().substr(code * kSymbols, kSymbols)) {
      if (symbols.size() == kGroup) shown += '-';
      symbols += kAlphabet[static_cast<unsigned char>(byte) % kAlphabet.size()];  // 32 divides 256: no value is rarer
      shown += symbols.back();
    }
    const Secret plain(std::move(symbols));
    made.texts.emplace_back(std::move(shown));
    STK_TRY(auto hash, hash_of(crypto, owner, plain.reveal()));
    made.hashes.push_back(std::move(hash));
  }
  return made;
}

Result<std::optional<std::string>> recovery_code_hash(const Crypto& crypto, std::string_view owner,
                                                      const Secret& typed) {
  std::string symbols;
  symbols.reserve(kSymbols);
  bool is_code = true;
  for (const char c : typed.reveal()) {
    if (c == '-' || c == ' ') continue;
    const char symbol = symbol_of(c);
    is_code = is_code && symbol != kForeign && symbols.size() < kSymbols;
    if (!is_code) break;
    symbols += symbol;
  }
  is_code = is_code && symbols.size() == kSymbols;
  const Secret plain(std::move(symbols));
  if (!is_code) return std::nullopt;
  STK_TRY(auto hash, hash_of(crypto, owner, plain.reveal()));
  return hash;
}

}  // namespace stocktracker::inline v0
