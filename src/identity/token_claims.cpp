// The payload of a token: claims to JSON and back.
#include "identity/token_claims.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <stocktracker/core/json_reader.hpp>
#include <stocktracker/core/json_writer.hpp>

#include "core/base64url.hpp"
#include "core/utf8.hpp"

namespace stocktracker::inline v0::identity {
namespace {

constexpr std::array<std::string_view, 7> kRegistered{"iss", "aud", "sub", "jti", "iat", "nbf", "exp"};
constexpr std::int64_t kMicros = 1'000'000;
constexpr const char* kNoUtf8 = "a claim is a text in UTF-8";
constexpr std::int64_t kYear10000 = 253'402'300'800;  // seconds

bool is_registered(std::string_view name) {
  return std::find(kRegistered.begin(), kRegistered.end(), name) != kRegistered.end();
}

Result<Instant> instant_of(std::int64_t seconds) {
  if (seconds < 0 || seconds >= kYear10000) return invalid_token("a time of the token is outside of 1970 to 9999");
  return Instant::from_seconds(seconds);
}

/// Reads the exact text that `write_claims` makes, without a tree: nearly every token is one of ours. Anything else,
/// valid or not, is left to the complete reader.
class OwnForm {
 public:
  explicit OwnForm(std::string_view json) : rest_(json) {}

  bool skip(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  // Up to the quote behind it: printable ASCII without escapes.
  bool text(std::string_view& out) {
    const std::size_t size = rest_.find('"');
    if (size == std::string_view::npos) return false;
    out = rest_.substr(0, size);
    rest_.remove_prefix(size + 1);
    bool plain = true;
    for (const char c : out) plain = plain && c >= ' ' && c <= '~' && c != '\\';
    return plain;
  }
  bool time(std::string_view name, Instant& out) {
    if (!skip(name) || rest_.starts_with('-') || rest_.starts_with('0')) return false;
    std::int64_t seconds = 0;
    const auto read = std::from_chars(rest_.data(), rest_.data() + rest_.size(), seconds);
    if (read.ec != std::errc() || seconds >= kYear10000) return false;
    rest_.remove_prefix(static_cast<std::size_t>(read.ptr - rest_.data()));
    out = Instant::from_seconds(seconds);
    return rest_.starts_with(',') || rest_.starts_with('}');  // no fraction, no exponent
  }
  [[nodiscard]] bool at_end() const noexcept { return rest_ == "}"; }

 private:
  std::string_view rest_;
};

Result<bool> is_for(const JsonValue& aud, std::string_view audience) {
  if (aud.type() == JsonType::string) {
    STK_TRY(const std::string_view one, aud.string());
    return one == audience;
  }
  STK_TRY(const JsonArray several, aud.array());
  bool found = false;
  for (const JsonValue value : several) {
    STK_TRY(const std::string_view one, value.string());
    found = found || one == audience;
  }
  return found;
}

std::optional<std::string_view> find_text(const std::vector<VerifiedToken::Text>& texts, std::string_view name) {
  for (const auto& text : texts) {
    if (text.name == name) return text.text;
  }
  return std::nullopt;
}

std::int64_t seconds_of(Instant at) { return at.micros() / kMicros; }

}  // namespace

Error invalid_token(const char* why) { return Error(Errc::token_invalid, why); }

Result<void> check_claims(const TokenClaims& claims) {
  const auto refused = [](const char* field, const char* why) {
    return Error(Errc::invalid_argument, why).about(field);
  };
  if (claims.issuer.empty()) return refused("issuer", "a token names its issuer");
  if (claims.audience.empty()) return refused("audience", "a token names its audience");
  for (const auto& [at, field] : {std::pair(claims.issued_at, "issued_at"), std::pair(claims.not_before, "not_before"),
                                  std::pair(claims.expires_at, "expires_at")}) {
    if (at < Instant() || seconds_of(at) >= kYear10000) return refused(field, "the time is outside of 1970 to 9999");
  }
  if (claims.expires_at <= claims.not_before || claims.expires_at <= claims.issued_at) {
    return refused("expires_at", "a token ends after it begins");
  }
  // JsonWriter would put one character for any byte that is not UTF-8: two subjects would become one.
  for (const auto& [text, field] : {std::pair<std::string_view, const char*>(claims.issuer, "issuer"),
                                    {claims.audience, "audience"},
                                    {claims.subject, "subject"},
                                    {claims.id, "id"}}) {
    if (!is_utf8(text)) return refused(field, kNoUtf8);
  }
  for (std::size_t i = 0; i < claims.texts.size(); ++i) {
    const std::string& name = claims.texts[i].name;
    if (!is_utf8(name) || !is_utf8(claims.texts[i].text)) return refused("texts", kNoUtf8);
    if (name.empty() || is_registered(name)) return refused("texts", "a claim of one's own needs a name of its own");
    const auto same = [&](const TokenText& earlier) { return earlier.name == name; };
    if (std::any_of(claims.texts.begin(), claims.texts.begin() + static_cast<std::ptrdiff_t>(i), same)) {
      return refused("texts", "two claims have one name");
    }
  }
  return success();
}

std::string write_claims(const TokenClaims& claims) {
  std::string json;
  JsonWriter writer(json);
  writer.begin_object()
      .field("iss", claims.issuer)
      .field("aud", claims.audience)
      .field("sub", claims.subject)
      .field("jti", claims.id)
      .field("iat", seconds_of(claims.issued_at))
      .field("nbf", seconds_of(claims.not_before))
      .field("exp", seconds_of(claims.expires_at));
  for (const TokenText& text : claims.texts) writer.field(text.name, text.text);
  writer.end_object();
  return json;
}

}  // namespace stocktracker::inline v0::identity

namespace stocktracker::inline v0 {

using identity::invalid_token;

bool TokenReader::read_own_form(std::string_view json, VerifiedToken& token) {
  identity::OwnForm form(json);
  if (!form.skip(R"({"iss":")") || !form.text(token.issuer_) || !form.skip(R"(,"aud":")") ||
      !form.text(token.audience_) || !form.skip(R"(,"sub":")") || !form.text(token.subject_) ||
      !form.skip(R"(,"jti":")") || !form.text(token.id_) || !form.time(R"(,"iat":)", token.issued_at_) ||
      !form.time(R"(,"nbf":)", token.not_before_) || !form.time(R"(,"exp":)", token.expires_at_)) {
    return false;
  }
  while (form.skip(",\"")) {
    VerifiedToken::Text text;
    if (!form.text(text.name) || !form.skip(":\"") || !form.text(text.text)) return false;
    if (identity::is_registered(text.name) || token.find(text.name)) return false;
    token.texts_.push_back(text);
  }
  return form.at_end();
}

Result<VerifiedToken> TokenReader::read_any(std::string_view json, std::string_view audience) {
  STK_TRY(const auto document,
          JsonDocument::parse(std::string(json), {.max_bytes = TokenKeys::kLongestToken, .max_depth = 8}));
  STK_TRY(const JsonObject members, document.root().object());
  VerifiedToken token;
  // No text is longer than it was in the token: names and texts fit behind one another, with the audience.
  auto bytes = std::make_unique<char[]>(json.size() + audience.size());
  char* end = bytes.get();
  const auto kept = [&end](std::string_view text) {
    char* const at = end;
    end += text.copy(end, text.size());
    return std::string_view(at, text.size());
  };
  bool ends = false;
  for (const auto [name, value] : members) {
    if (name == "aud") {
      STK_TRY(const bool ours, identity::is_for(value, audience));
      if (ours) token.audience_ = kept(audience);
    } else if (name == "iat" || name == "nbf" || name == "exp") {
      STK_TRY(const std::int64_t seconds, value.integer());
      STK_TRY(const Instant at, identity::instant_of(seconds));
      (name == "iat" ? token.issued_at_ : name == "nbf" ? token.not_before_ : token.expires_at_) = at;
      ends = ends || name == "exp";
    } else if (name == "iss" || name == "sub" || name == "jti") {
      STK_TRY(const std::string_view text, value.string());
      (name == "iss" ? token.issuer_ : name == "sub" ? token.subject_ : token.id_) = kept(text);
    } else if (value.type() == JsonType::string) {
      STK_TRY(const std::string_view text, value.string());
      token.texts_.push_back({kept(name), kept(text)});
    }
  }
  if (!ends) return invalid_token("the token does not say when it ends");
  token.bytes_ = std::move(bytes);
  return token;
}

Result<VerifiedToken> TokenReader::read(std::string_view payload, std::string_view audience) {
  const std::size_t room = payload.size() * 3 / 4;
  std::unique_ptr<char[]> bytes(new char[room + 1]);  // not filled first
  const auto size = read_base64url(payload, {bytes.get(), room});
  if (!size) return invalid_token("the claims of the token are not base64url");
  const std::string_view json(bytes.get(), *size);
  VerifiedToken token;
  if (read_own_form(json, token)) {
    if (token.audience_ != audience) token.audience_ = {};
    token.bytes_ = std::move(bytes);
    return token;
  }
  if (identity::has_byte_order_mark(json)) return invalid_token("the claims of the token are not JSON");
  auto any = read_any(json, audience);
  if (!any && any.error().errc() != Errc::token_invalid) {
    return invalid_token("a claim of the token is missing, twice there or of another type");
  }
  return any;
}

std::optional<std::string_view> VerifiedToken::find(std::string_view name) const noexcept {
  return identity::find_text(texts_, name);
}

TokenClaims VerifiedToken::claims() const {
  TokenClaims claims{std::string(issuer_),
                     std::string(audience_),
                     std::string(subject_),
                     std::string(id_),
                     issued_at_,
                     not_before_,
                     expires_at_,
                     {}};
  for (const Text& text : texts_) claims.texts.push_back({std::string(text.name), std::string(text.text)});
  return claims;
}

}  // namespace stocktracker::inline v0
