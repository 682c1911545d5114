// Tokens of Wildberries: what they say, and which one a request gets.
#include "adapters/wildberries/token.hpp"

#include <stocktracker/core/time_text.hpp>
#include <stocktracker/testing/world.hpp>

#include "tests/support/catch.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;
using st::testing::WildberriesToken;
using st::testing::WildberriesTokenType;
using st::wildberries::TokenKind;

namespace {

const st::testing::World& world() {
  static const st::testing::World made({.seed = 4, .offers = 1});
  return made;
}

st::Secret token(WildberriesTokenType type, std::vector<std::string> categories, st::Duration lives = 24h * 180) {
  return world().token(st::Channel::wildberries, {type, std::move(categories), lives});
}

st::Credentials both(st::Secret a, st::Secret b) {
  st::Credentials credentials = st::wildberries::credentials(std::move(a));
  auto more = st::wildberries::credentials(std::move(b));
  credentials.parts.push_back(std::move(more.parts[0]));
  return credentials;
}

std::string sent_with(st::wildberries::TokenSet& set, std::string_view category, st::Instant now,
                      std::string* tier = nullptr) {
  st::HttpRequest request;
  request.quota.category = category;
  const auto authorized = set.authorize(request, now);
  if (!authorized) return std::string("!") + to_string(authorized.error().errc());
  if (tier != nullptr) *tier = request.quota.tier;
  return std::string(request.secret_headers.at(0).value.reveal());
}

}  // namespace

TEST_CASE("a token is decoded into its kind, categories and expiry") {
  const auto facts = st::wildberries::token_facts(token(WildberriesTokenType::service, {"content", "marketplace"}));
  REQUIRE(facts);
  CHECK(facts.value().kind == TokenKind::service);
  CHECK(facts.value().category_names() == std::vector<std::string>{"content", "marketplace"});
  CHECK_FALSE(facts.value().read_only);
  CHECK(facts.value().seller.size() == 36);
  CHECK(facts.value().expires_at == world().clock()->now() + 24h * 180);
  // Header {"alg":"ES256"}, payload {"acc":1,"s":1073741830,"t":false,"exp":1.5}: read only, an expiry that is no time.
  const auto odd = st::wildberries::token_facts(
      st::Secret::copy_of("eyJhbGciOiJFUzI1NiJ9.eyJhY2MiOjEsInMiOjEwNzM3NDE4MzAsInQiOmZhbHNlLCJleHAiOjEuNX0.c2ln"));
  REQUIRE(odd);
  CHECK(odd.value().kind == TokenKind::base);
  CHECK(odd.value().read_only);
  CHECK(odd.value().category_names() == std::vector<std::string>{"content", "analytics"});
  CHECK_FALSE(odd.value().expires_at);
}

TEST_CASE("a text that is no token is reported and not shown") {
  for (const char* text : {"", "canary", "canary.canary", "canary.cana=ry.x", "a.b.c", "a.W10.c", "canary.!!.c"}) {
    CAPTURE(text);
    const auto facts = st::wildberries::token_facts(st::Secret::copy_of(text));
    REQUIRE_FALSE(facts);
    CHECK(facts.error().errc() == st::Errc::invalid_text);
    CHECK(facts.error().to_json().find("canary") == std::string::npos);
  }
  for (const char* text : {"with blank", "line\nbreak", "tab\t", "\x01", "кириллица"}) {
    CHECK(st::wildberries::TokenSet::make(st::wildberries::credentials(st::Secret::copy_of(text))).error().errc() ==
          st::Errc::invalid_argument);
  }
  CHECK(st::wildberries::TokenSet::make(st::wildberries::credentials(st::Secret(std::string(9'000, 'a'))))
            .error()
            .errc() == st::Errc::invalid_argument);
  CHECK(st::wildberries::TokenSet::make({}).error().errc() == st::Errc::credentials_missing);
}

TEST_CASE("each category gets the token that opens it and little else") {
  const auto now = world().clock()->now();
  const auto wide = token(WildberriesTokenType::personal, {"content", "analytics", "marketplace"});
  const auto narrow = token(WildberriesTokenType::personal, {"analytics"});
  auto set = st::wildberries::TokenSet::make(both(wide.clone(), narrow.clone())).value();
  CHECK(sent_with(*set, "analytics", now) == narrow.reveal());
  CHECK(sent_with(*set, "content", now) == wide.reveal());
  CHECK(sent_with(*set, "marketplace", now) == wide.reveal());
  CHECK(sent_with(*set, "statistics", now) == "!vendor_forbidden");
  CHECK(sent_with(*set, "common", now) != "!vendor_forbidden");
  CHECK_FALSE(set->only_base_for_analytics(now));
}

TEST_CASE("an expired token is not sent, a base token is the last choice") {
  const auto now = world().clock()->now();
  const auto brief = token(WildberriesTokenType::personal, {"content"}, 1h);
  const auto base = token(WildberriesTokenType::base, {"content", "analytics"});
  auto set = st::wildberries::TokenSet::make(both(brief.clone(), base.clone())).value();
  std::string tier;
  CHECK(sent_with(*set, "content", now, &tier) == brief.reveal());
  CHECK(tier == "personal");
  CHECK(sent_with(*set, "content", now + 2h, &tier) == base.reveal());
  CHECK(tier == "base");
  CHECK(set->only_base_for_analytics(now));
  auto alone = st::wildberries::TokenSet::make(st::wildberries::credentials(brief.clone())).value();
  CHECK(sent_with(*alone, "content", now + 2h) == "!vendor_unauthorized");
}

TEST_CASE("new tokens join the old ones, what opens the same replaces, what has expired goes") {
  const auto factory = st::wildberries::make_factory().value();
  const auto now = world().clock()->now();
  const auto content = token(WildberriesTokenType::personal, {"content"}, 1h);
  const auto rest = token(WildberriesTokenType::personal, {"analytics", "marketplace"});
  auto held = st::wildberries::credentials(content.clone());
  held = factory->merged(std::move(held), st::wildberries::credentials(rest.clone()), now);
  CHECK(factory->facts(held).size() == 2);
  const auto fresh = token(WildberriesTokenType::service, {"analytics", "marketplace"});
  held = factory->merged(std::move(held), st::wildberries::credentials(fresh.clone()), now);
  REQUIRE(factory->facts(held).size() == 2);
  held = factory->merged(std::move(held), st::wildberries::credentials(fresh.clone()), now + 2h);
  REQUIRE(factory->facts(held).size() == 1);
  CHECK(factory->facts(held)[0].kind == "service");
  CHECK(factory->facts(held)[0].part == "token:analytics:marketplace");
}
