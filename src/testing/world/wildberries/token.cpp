// Makes and reads tokens of the simulated Wildberries.
#include "testing/world/wildberries/token.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <stocktracker/core/json_writer.hpp>

#include "core/base64url.hpp"
#include "testing/world/core/json.hpp"
#include "testing/world/core/random.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

bool is_object(const std::optional<JsonValue>& value) { return value && value->is(JsonValue::Type::object); }

std::int64_t mask_of(const std::vector<std::string>& categories) {
  // In the order of their bits, from 1 on.
  constexpr std::array<std::string_view, 5> kNames{"content", "analytics", "prices", "marketplace", "statistics"};
  std::int64_t mask = 0;
  for (std::size_t n = 0; n < kNames.size(); ++n) {
    if (std::find(categories.begin(), categories.end(), kNames[n]) != categories.end()) {
      mask |= std::int64_t{1} << (n + 1);
    }
  }
  return mask;
}

TokenRights refused(std::string why) {
  TokenRights rights;
  rights.refusal = std::move(why);
  return rights;
}

}  // namespace

std::string make_token(const Catalogue& catalogue, Instant issued, const WildberriesToken& shape) {
  Stream stream(catalogue.seed, Purpose::token);
  std::string header;
  JsonWriter(header).begin_object().field("alg", "ES256").field("kid", "20260302v1").field("typ", "JWT").end_object();
  std::string payload;
  JsonWriter(payload)
      .begin_object()
      .field("acc", static_cast<std::int64_t>(shape.type))
      .field("ent", 1)
      .field("exp", (issued + shape.lives).micros() / 1'000'000)
      .field("iat", issued.micros() / 1'000'000)
      .field("oid", stream.between(10'000, 9'999'999))
      .field("s", mask_of(shape.categories))
      .field("sid", catalogue.seller.id)
      .field("t", shape.type == WildberriesTokenType::test)
      .field("uid", stream.between(1'000'000, 99'999'999))
      .end_object();
  std::string signature;
  for (int n = 0; n < 64; ++n) signature += static_cast<char>(static_cast<unsigned char>(stream.below(256)));
  return base64url(header) + "." + base64url(payload) + "." + base64url(signature);
}

TokenRights read_token(std::string_view token, Instant now) {
  if (token.empty()) return refused("empty Authorization header");
  const std::size_t first = token.find('.');
  const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos) {
    return refused("token problem; token is malformed: token contains an invalid number of segments");
  }
  // A prefix such as "Bearer " ends here too: a space is no base64.
  const auto header = from_base64url(token.substr(0, first));
  if (!header) return refused("token problem; token is malformed: could not base64 decode header");
  const auto payload = from_base64url(token.substr(first + 1, second - first - 1));
  if (!payload) return refused("token problem; token is malformed: could not base64 decode claim");
  const auto signature = from_base64url(token.substr(second + 1));
  if (!signature || signature->empty()) {
    return refused("token problem; token is malformed: could not base64 decode signature");
  }
  const auto claims = JsonValue::parse(*payload);
  if (!is_object(JsonValue::parse(*header)) || !is_object(claims)) {
    return refused("token problem; token is malformed: could not JSON decode");
  }
  const JsonValue* expires = claims->find("exp");
  if (expires == nullptr || !expires->is(JsonValue::Type::integer)) {
    return refused("token problem; token has invalid claims: exp is required");
  }
  if (expires->integer() <= now.micros() / 1'000'000) return refused("token problem; token is expired");
  const auto number = [&](std::string_view name) {
    const JsonValue* value = claims->find(name);
    return value != nullptr && value->is(JsonValue::Type::integer) ? value->integer() : 0;
  };
  TokenRights rights;
  rights.type = number("acc");
  rights.categories = number("s");
  const JsonValue* seller = claims->find("sid");
  if (seller != nullptr && seller->is(JsonValue::Type::string)) rights.seller = seller->string();
  return rights;
}

}  // namespace stocktracker::inline v0::testing::world
