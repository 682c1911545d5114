// Accounts and their health in a person's words.
#include "server/render/account.hpp"

#include <utility>
#include <vector>

#include "tests/support/catch.hpp"

namespace {

namespace st = stocktracker;

std::string text_of(st::HealthState state, std::string code, std::vector<st::HealthParameter> parameters) {
  st::AccountHealth health;
  health.state = state;
  health.reason = st::HealthReason{std::move(code), std::move(parameters)};
  return server::health_text(health);
}

}  // namespace

TEST_CASE("the reason of a health is written in words, without names of codes and parameters") {
  using S = st::HealthState;
  CHECK(server::health_text({}) == "ok");
  CHECK(text_of(S::denied, "vendor_forbidden", {{"source", "fbo"}, {"http_status", "403"}}) ==
        "denied: the key does not permit this (fbo, HTTP 403)");
  CHECK(text_of(S::throttled, "throttled", {{"source", "fbo"}, {"retry_at", "2026-11-26T09:15:00Z"}})
            .starts_with("throttled: a request limit is reached (fbo, again at 2026-11-26 "));
  CHECK(text_of(S::expiring, "token_expiring", {{"part", "token"}, {"expires_at", "soon"}}) ==
        "expiring: a token ends soon (token, at soon)");
  // A text of sentences is no cell of a table.
  CHECK(text_of(S::denied, "base_url", {{"why", "https://x is not allowed; nothing was sent"}}) ==
        "denied: the address of the account is not allowed");
  CHECK(text_of(S::failing, "of_a_connector", {{"colour", "red"}}) == "failing: of_a_connector (colour red)");
}
