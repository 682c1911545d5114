#include "testing/world_token.hpp"

#include <optional>

#include <stocktracker/core/json_writer.hpp>

#include "testing/world_json.hpp"
#include "testing/world_random.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string to_base64url(std::string_view bytes) {
  std::string text;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : bytes) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    held += 8;
    while (held >= 6) {
      held -= 6;
      text += kAlphabet[(bits >> held) & 0x3F];
    }
  }
  if (held > 0) text += kAlphabet[(bits << (6 - held)) & 0x3F];
  return text;
}

// Without padding, as JWTs have it.
std::optional<std::string> from_base64url(std::string_view text) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes += static_cast<char>(static_cast<unsigned char>((bits >> held) & 0xFF));
    }
  }
  return bytes;
}

bool is_object(const std::optional<JsonValue>& value) { return value && value->is(JsonValue::Type::object); }

}  // namespace

std::string make_token(const Catalogue& catalogue, Instant issued, Instant expires) {
  Stream stream(catalogue.seed, Purpose::token);
  std::string header;
  JsonWriter(header).begin_object().field("alg", "ES256").field("kid", "20260302v1").field("typ", "JWT").end_object();
  // Bits of the categories that the token opens: content 1, analytics 2, prices 3, marketplace 4, statistics 5.
  constexpr std::int64_t kCategories = (1 << 1) | (1 << 2) | (1 << 3) | (1 << 4) | (1 << 5);
  std::string payload;
  JsonWriter(payload)
      .begin_object()
      .field("acc", 3)
      .field("ent", 1)
      .field("exp", expires.micros() / 1'000'000)
      .field("iat", issued.micros() / 1'000'000)
      .field("oid", stream.between(10'000, 9'999'999))
      .field("s", kCategories)
      .field("sid", catalogue.seller.sid)
      .field("t", false)
      .field("uid", stream.between(1'000'000, 99'999'999))
      .end_object();
  std::string signature;
  for (int n = 0; n < 64; ++n) signature += static_cast<char>(static_cast<unsigned char>(stream.below(256)));
  return to_base64url(header) + "." + to_base64url(payload) + "." + to_base64url(signature);
}

std::string refuse_token(std::string_view token, Instant now) {
  if (token.empty()) return "empty Authorization header";
  const std::size_t first = token.find('.');
  const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos) {
    return "token problem; token is malformed: token contains an invalid number of segments";
  }
  // A prefix such as "Bearer " ends here too: a space is no base64.
  const auto header = from_base64url(token.substr(0, first));
  if (!header) return "token problem; token is malformed: could not base64 decode header";
  const auto payload = from_base64url(token.substr(first + 1, second - first - 1));
  if (!payload) return "token problem; token is malformed: could not base64 decode claim";
  const auto signature = from_base64url(token.substr(second + 1));
  if (!signature || signature->empty()) return "token problem; token is malformed: could not base64 decode signature";
  const auto claims = JsonValue::parse(*payload);
  if (!is_object(JsonValue::parse(*header)) || !is_object(claims)) {
    return "token problem; token is malformed: could not JSON decode";
  }
  const JsonValue* expires = claims->find("exp");
  if (expires == nullptr || !expires->is(JsonValue::Type::integer)) {
    return "token problem; token has invalid claims: exp is required";
  }
  if (expires->integer() <= now.micros() / 1'000'000) return "token problem; token is expired";
  return {};
}

}  // namespace stocktracker::inline v0::testing::world
