#include <stocktracker/core/time_text.hpp>
#include <stocktracker/http/rate_headers.hpp>

#include "tests/support/catch.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

st::RateHeaders read(std::vector<st::HttpHeader> headers,
                     st::Instant now = st::parse_rfc3339("2026-11-21T10:00:00Z").value()) {
  st::HttpResponse response;
  response.headers = std::move(headers);
  return st::rate_headers(response, now);
}

}  // namespace

TEST_CASE("both forms of Retry-After, and a date counts from the answer's own clock") {
  CHECK(read({{"Retry-After", "120"}}).wait() == 120s);
  CHECK(read({{"retry-after", "Sat, 21 Nov 2026 10:01:30 GMT"}}).wait() == 90s);
  // Our clock is an hour behind theirs: the difference of their two texts counts.
  CHECK(read({{"Retry-After", "Sat, 21 Nov 2026 11:00:20 GMT"}, {"Date", "Sat, 21 Nov 2026 11:00:00 GMT"}}).wait() ==
        20s);
  CHECK(read({{"Retry-After", "Sat, 21 Nov 2026 09:00:00 GMT"}, {"X-Ratelimit-Reset", "9"}}).wait() == 9s);
}

TEST_CASE("the marketplace's own header goes before the standard's, and that before the reset") {
  CHECK(read({{"X-Ratelimit-Retry", "37"}, {"Retry-After", "5"}, {"X-Ratelimit-Reset", "600"}}).wait() == 37s);
  CHECK(read({{"Retry-After", "5"}, {"X-Ratelimit-Reset", "600"}}).wait() == 5s);
  CHECK(read({{"X-Ratelimit-Reset", "1800"}}).wait() == 1800s);
  const auto all = read({{"X-Ratelimit-Remaining", "3"}, {"X-Ratelimit-Limit", "20"}});
  CHECK(all.remaining == 3);
  CHECK(all.limit == 20);
  CHECK_FALSE(all.wait());
}

TEST_CASE("what makes no sense is left out, never guessed") {
  for (const char* text :
       {"", "-1", "1.5", "soon", "1e3", " 5", "5 ", "+5", "99999999999999999999", "864001", "Sat, 99 Nov"}) {
    CAPTURE(text);
    CHECK_FALSE(read({{"Retry-After", text}}).wait());
    CHECK_FALSE(read({{"X-Ratelimit-Retry", text}}).retry);
    CHECK_FALSE(read({{"X-Ratelimit-Reset", text}}).reset);
  }
  CHECK_FALSE(read({{"Retry-After", "Sat, 21 Nov 2099 10:01:30 GMT"}}).wait());
  CHECK_FALSE(read({{"X-Ratelimit-Remaining", "-3"}}).remaining);
}
