// Time-based codes by liboath. The window and the order of steps are ours: a step counts once.
#include <stocktracker/identity/totp.hpp>

#include <liboath/oath.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <string>

#include <stocktracker/http/url.hpp>

namespace stocktracker::inline v0 {
namespace {

constexpr std::int64_t kStepMicros = std::int64_t{30} * 1'000'000;
constexpr std::size_t kDigits = 6;
constexpr std::int64_t kSteps = 1;  // to either side: clocks of telephones differ, and people type slowly
constexpr std::size_t kLeastBytes = 16;
constexpr std::size_t kMostBytes = 64;
constexpr std::size_t kLongestName = 120;

using Code = std::array<char, kDigits + 1>;  // liboath ends it with a zero

Result<Code> code_of(const Secret& key, std::int64_t step) {
  static const int ready = oath_init();
  if (ready != OATH_OK) return Error(Errc::internal, "liboath cannot be used");
  Code code{};
  const std::string_view bytes = key.reveal();
  const int answer = oath_hotp_generate(bytes.data(), bytes.size(), static_cast<std::uint64_t>(step), kDigits, false,
                                        OATH_HOTP_DYNAMIC_TRUNCATION, code.data());
  if (answer != OATH_OK) return Error(Errc::internal, "liboath computed no code");
  return code;
}

std::int64_t step_at(Instant at) noexcept { return at.micros() / kStepMicros; }

// The digits alone, or nothing.
std::optional<Code> digits_of(std::string_view typed) noexcept {
  Code digits{};
  std::size_t count = 0;
  bool blank = false;
  for (const char c : typed) {
    if (c == ' ' && !blank && count > 0 && count < kDigits) {
      blank = true;
      continue;
    }
    if (c < '0' || c > '9' || count == kDigits) return std::nullopt;
    digits[count++] = c;
  }
  if (count != kDigits) return std::nullopt;
  return digits;
}

// Looks at every digit, so that the time says nothing about the first one that differs.
bool same(const Code& a, const Code& b) noexcept {
  unsigned different = 0;
  for (std::size_t i = 0; i < kDigits; ++i) different |= static_cast<unsigned char>(a[i] ^ b[i]);
  return different == 0;
}

Result<void> check_name(std::string_view name, const char* field) {
  if (!name.empty() && name.size() <= kLongestName && name.find(':') == std::string_view::npos) return success();
  return Error(Errc::invalid_argument, "a name in the address of a second factor has 1 to 120 bytes and no colon")
      .about(field);
}

}  // namespace

Result<TotpKey> TotpKey::make(const Crypto& crypto) {
  STK_TRY(auto bytes, crypto.random(kBytes));
  return of(std::move(bytes));
}

Result<TotpKey> TotpKey::of(Secret bytes) {
  const std::size_t size = bytes.reveal().size();
  if (size < kLeastBytes || size > kMostBytes) {
    return Error(Errc::invalid_argument, "the key of a second factor has 16 to 64 bytes").about("key");
  }
  return TotpKey(std::move(bytes));
}

Result<std::optional<std::int64_t>> TotpKey::verify(std::string_view code, Instant now,
                                                    std::optional<std::int64_t> last_step) const {
  const auto typed = digits_of(code);
  if (!typed || now.micros() < 0) return std::nullopt;
  // The newest step that fits: if two steps have one code, it does not work again as the later one.
  std::optional<std::int64_t> found;
  for (std::int64_t step = step_at(now) - kSteps; step <= step_at(now) + kSteps; ++step) {
    STK_TRY(const Code expected, code_of(bytes_, step));
    if (same(expected, *typed) && step > last_step.value_or(-1)) found = step;
  }
  return found;
}

Result<Secret> TotpKey::code(Instant at) const {
  if (at.micros() < 0) return Error(Errc::invalid_argument, "steps are counted from 1970").about("at");
  STK_TRY(const Code code, code_of(bytes_, step_at(at)));
  return Secret(std::string(code.data(), kDigits));
}

Result<Secret> TotpKey::text() const {
  char* encoded = nullptr;
  std::size_t size = 0;
  const std::string_view bytes = bytes_.reveal();
  if (oath_base32_encode(bytes.data(), bytes.size(), &encoded, &size) != OATH_OK) {
    return Error(Errc::internal, "liboath wrote no base 32");
  }
  const std::unique_ptr<char, void (*)(void*)> owned(encoded, &std::free);
  while (size > 0 && encoded[size - 1] == '=') --size;  // authenticator programs refuse padding
  Secret text = Secret::copy_of({encoded, size});
  for (volatile char* at = encoded; *at != '\0'; ++at) *at = '=';  // no second copy of the key stays in memory
  return text;
}

Result<Secret> TotpKey::uri(std::string_view issuer, std::string_view account) const {
  STK_TRY(check_name(issuer, "issuer"));
  STK_TRY(check_name(account, "account"));
  STK_TRY(const Secret key, text());
  const std::string name = percent_encode(issuer);
  const std::string begin = "otpauth://totp/" + name + ":" + percent_encode(account) + "?secret=";
  const std::string end = "&issuer=" + name + "&algorithm=SHA1&digits=6&period=30";
  std::string uri;
  uri.reserve(begin.size() + key.reveal().size() + end.size());  // the key is never in a block that is given back
  uri += begin;
  uri += key.reveal();
  uri += end;
  return Secret(std::move(uri));
}

}  // namespace stocktracker::inline v0
