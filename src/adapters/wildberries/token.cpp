// Reads a token: kind, categories, expiry.
#include "adapters/wildberries/token.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include <stocktracker/core/time_text.hpp>

#include "core/base64url.hpp"
#include "core/hash.hpp"
#include "json/document.hpp"

namespace stocktracker::inline v0::wildberries {
namespace {

constexpr std::size_t kLongestToken = 8192;
constexpr unsigned kReadOnlyBit = 30;

struct Category {
  unsigned bit;
  std::string_view name;
};
// Bit positions in the field `s` of a token, from the documentation.
constexpr std::array kCategories{Category{1, "content"},     Category{2, "analytics"},  Category{3, "prices"},
                                 Category{4, "marketplace"}, Category{5, "statistics"}, Category{6, "promotion"},
                                 Category{7, "feedbacks"},   Category{9, "chat"},       Category{10, "supplies"},
                                 Category{11, "returns"},    Category{12, "documents"}, Category{13, "finance"},
                                 Category{16, "users"}};

std::uint64_t bit_of(std::string_view category) noexcept {
  for (const Category& known : kCategories) {
    if (known.name == category) return std::uint64_t{1} << known.bit;
  }
  return 0;
}

TokenKind kind_of_number(std::int64_t acc) noexcept {
  switch (acc) {
    case 1:
      return TokenKind::base;
    case 2:
      return TokenKind::test;
    case 3:
      return TokenKind::personal;
    case 4:
      return TokenKind::service;
    default:
      return TokenKind::unknown;
  }
}

bool expired(const TokenFacts& facts, Instant now) noexcept { return facts.expires_at && *facts.expires_at <= now; }

bool opens(const TokenFacts& facts, std::string_view category) noexcept {
  const std::uint64_t bit = bit_of(category);
  return bit == 0 || facts.categories == 0 || (facts.categories & bit) != 0;
}

}  // namespace

const char* to_string(TokenKind kind) noexcept {
  switch (kind) {
    case TokenKind::unknown:
      return "unknown";
    case TokenKind::base:
      return "base";
    case TokenKind::test:
      return "test";
    case TokenKind::personal:
      return "personal";
    case TokenKind::service:
      return "service";
  }
  return "unknown";
}

std::vector<std::string> TokenFacts::category_names() const {
  std::vector<std::string> names;
  for (const Category& category : kCategories) {
    if ((categories >> category.bit & 1) != 0) names.emplace_back(category.name);
  }
  return names;
}

Result<TokenFacts> token_facts(const Secret& token) {
  const auto broken = [] { return Error(Errc::invalid_text, "the token is not a JSON Web Token").about("token"); };
  const std::string_view text = token.reveal();
  const std::size_t first = text.find('.');
  const std::size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos || text.size() > kLongestToken) return broken();
  const auto payload = from_base64url(text.substr(first + 1, second - first - 1));
  if (!payload) return broken();
  const auto document = json::Document::parse(*payload);
  if (!document || !document.value().root().is_object()) return broken();
  const json::Value root = document.value().root();
  TokenFacts facts;
  facts.kind = kind_of_number(root["acc"].integer().value_or(0));
  if (root["t"].boolean().value_or(false)) facts.kind = TokenKind::test;
  const std::int64_t mask = std::max<std::int64_t>(0, root["s"].integer().value_or(0));
  facts.categories = static_cast<std::uint64_t>(mask) & ~(std::uint64_t{1} << kReadOnlyBit);
  facts.read_only = (static_cast<std::uint64_t>(mask) >> kReadOnlyBit & 1) != 0;
  facts.seller = root["sid"].text().value_or("");
  constexpr std::int64_t kLatest = 253'402'300'799;  // the year 9999
  if (const auto seconds = root["exp"].integer(); seconds && *seconds > 0 && *seconds <= kLatest) {
    facts.expires_at = Instant::from_seconds(*seconds);
  }
  return facts;
}

bool is_token_part(std::string_view name) noexcept {
  return name == kTokenPart || (name.starts_with(kTokenPart) && name.substr(kTokenPart.size()).starts_with(':'));
}

std::string part_name(const Secret& token) {
  const auto facts = token_facts(token);
  if (!facts || facts.value().categories == 0) return std::string(kTokenPart);
  std::string name(kTokenPart);
  for (const std::string& category : facts.value().category_names()) name += ':' + category;
  return name;
}

Result<std::shared_ptr<TokenSet>> TokenSet::make(const Credentials& credentials) {
  auto set = std::make_shared<TokenSet>();
  for (const CredentialPart& part : credentials.parts) {
    if (!is_token_part(part.name)) continue;
    STK_TRY(header_part(credentials, part.name, "token", kLongestToken));
    auto facts = token_facts(part.value);
    set->held_.push_back(
        {part.value.clone(), facts ? std::optional<TokenFacts>(std::move(facts).value()) : std::nullopt});
  }
  if (set->held_.empty()) return Error(Errc::credentials_missing, "Wildberries needs a token").about("token");
  return set;
}

/// Of the usable tokens, the one that opens the fewest categories and lives longest; one that cannot be read is the
/// last choice.
Result<const TokenSet::Held*> TokenSet::choose(std::string_view category, Instant now) const {
  const Held* best = nullptr;
  const Held* late = nullptr;
  const auto better = [](const Held& a, const Held& b) {
    if (!a.facts || !b.facts) return a.facts.has_value() && !b.facts.has_value();
    const bool base_a = a.facts->kind == TokenKind::base;
    const bool base_b = b.facts->kind == TokenKind::base;
    if (base_a != base_b) return base_b;
    const int opens_a = std::popcount(a.facts->categories);
    const int opens_b = std::popcount(b.facts->categories);
    if (opens_a != opens_b) return opens_a < opens_b;
    return a.facts->expires_at.value_or(Instant::latest()) > b.facts->expires_at.value_or(Instant::latest());
  };
  for (const Held& held : held_) {
    if (held.facts && !wildberries::opens(*held.facts, category)) continue;
    if (held.facts && expired(*held.facts, now)) {
      late = &held;
    } else if (best == nullptr || better(held, *best)) {
      best = &held;
    }
  }
  if (best != nullptr) return best;
  if (late != nullptr) {
    return Error(Errc::vendor_unauthorized, "the token for " + std::string(category) + " expired at " +
                                                to_rfc3339(*late->facts->expires_at) + "; nothing was sent");
  }
  return Error(Errc::vendor_forbidden,
               "no token of this account opens the category " + std::string(category) + "; nothing was sent");
}

Result<void> TokenSet::authorize(HttpRequest& request, Instant now) {
  STK_TRY(const Held* held, choose(request.quota.category, now));
  request.secret_headers.push_back({"Authorization", held->token.clone()});
  if (held->facts) {
    request.quota.owner = held->facts->seller;
    request.quota.tier = to_string(held->facts->kind);
  } else {
    // The seller is unknown, so the token gets limits of its own.
    request.quota.owner = "token " + std::to_string(hash64(held->token.reveal()));
  }
  return success();
}

bool TokenSet::only_base_for_analytics(Instant now) const {
  const auto held = choose("analytics", now);
  return held && held.value()->facts && held.value()->facts->kind == TokenKind::base;
}

}  // namespace stocktracker::inline v0::wildberries
