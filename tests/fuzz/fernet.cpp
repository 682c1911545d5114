// Fernet tokens of other systems: whatever is read ends as a text or as one of three refusals, which show nothing of
// it.
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdlib>
#include <string>
#include <vector>

#include <stocktracker/adapters/fernet.hpp>

namespace st = stocktracker;

namespace {

constexpr const char* kKey = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=";  // 32 times 'A'

std::string base64url(const std::string& bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

// Signed as it should be: what comes behind the signature is reached.
std::string signed_token(std::string body) {
  const std::string key(16, 'A');
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(body.data()),
       body.size(), mac, &size);
  body.append(reinterpret_cast<const char*>(mac), size);
  return base64url(body);
}

std::string refusal(const std::string& token, const st::FernetOptions& options) {
  return st::open_fernet(token, st::Secret::copy_of(kKey), options).error().to_json();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const bool sign = (data[0] & 1) != 0;
  const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::string token = sign ? signed_token('\x80' + text) : text;
  st::FernetOptions options;
  if ((data[0] & 2) != 0) {
    options.ttl = std::chrono::seconds(60);
    options.now = st::Instant::from_seconds(1'795'300'000);
  }
  const auto opened = st::open_fernet(token, st::Secret::copy_of(kKey), options);
  if (opened) {
    // Nobody else has the key.
    if (!sign || opened.value().reveal().size() + 25 > text.size() + 1) std::abort();
    return 0;
  }
  // One text for each reason: nothing of the token is in it.
  const st::Errc code = opened.error().errc();
  static const std::string malformed = refusal("x", {});
  static const std::string closed = refusal(signed_token("\x80" + std::string(40, 'x')), {});
  const std::string text_of_error = opened.error().to_json();
  if (code == st::Errc::invalid_text  ? text_of_error != malformed
      : code == st::Errc::seal_broken ? text_of_error != closed
                                      : !sign || !options.ttl) {
    std::abort();
  }
  // As a key it is refused, or it is another key than the one that signed.
  const auto as_key = st::open_fernet("gAAAAA==", st::Secret::copy_of(text));
  if (as_key || (as_key.error().errc() != st::Errc::key_malformed && text.size() != 44)) std::abort();
  return 0;
}
