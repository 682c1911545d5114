// Limits and waits in the headers of answers.
#include <stocktracker/core/time_text.hpp>
#include <stocktracker/http/rate_headers.hpp>

#include "tests/support/catch.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

st::RateHeaders read(std::vector<st::HttpHeader> headers,
                     st::Instant now = st::parse_rfc3339("2026-11-21T10:00:00Z").value(), int status = 200) {
  st::HttpResponse response;
  response.status = status;
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

TEST_CASE("the end of a resource's period is a wait of an answer with 420 alone, counted from the answer's own clock") {
  const st::Instant now = st::parse_rfc3339("2026-11-21T10:00:00Z").value();
  const std::string until = "Sat, 21 Nov 2026 11:00:40 GMT";
  const std::string date = "Sat, 21 Nov 2026 11:00:00 GMT";  // our clock is an hour behind theirs
  const auto asked = [&](int status, std::vector<st::HttpHeader> more = {}) {
    std::vector<st::HttpHeader> headers{{"X-RateLimit-Resource-Until", until}, {"Date", date}};
    headers.insert(headers.end(), more.begin(), more.end());
    return read(headers, now, status);
  };
  CHECK(asked(420).retry == 40s);
  CHECK(asked(420).wait() == 40s);
  // It comes with every answer: where something is left, nothing has to be waited for.
  for (const int status : {200, 400, 403, 429, 500, 503}) CHECK_FALSE(asked(status).wait());
  CHECK(asked(420, {{"Retry-After", "5"}}).wait() == 40s);
  CHECK(asked(420, {{"X-Ratelimit-Retry", "7"}}).wait() == 7s);
  CHECK(read({{"X-RateLimit-Resource-Until", "Sat, 21 Nov 2026 10:00:09 GMT"}}, now, 420).wait() == 9s);
  CHECK_FALSE(read({{"X-RateLimit-Resource-Until", "soon"}}, now, 420).wait());
}

TEST_CASE("waits up to ten days are believed, and numbers of requests up to a thousand million") {
  CHECK(read({{"X-Ratelimit-Retry", "1224"}}).retry == 1224s);
  CHECK(read({{"X-Ratelimit-Retry", "0"}}).retry == 0s);
  CHECK(read({{"Retry-After", "864000"}}).retry_after == 240h);
  CHECK(read({{"X-Ratelimit-Reset", "864000"}}).reset == 240h);
  CHECK_FALSE(read({{"X-Ratelimit-Reset", "864001"}}).reset);
  CHECK(read({{"Retry-After", "Tue, 01 Dec 2026 10:00:00 GMT"}}).retry_after == 240h);
  CHECK_FALSE(read({{"Retry-After", "Tue, 01 Dec 2026 10:00:01 GMT"}}).retry_after);
  CHECK_FALSE(read({{"Retry-After", "Sat, 21 Nov 2026 10:00:00 GMT"}}).retry_after);  // no wait at all
  CHECK(read({{"Retry-After", "Sat, 21 Nov 2026 10:00:01 GMT"}, {"Date", "no date"}}).retry_after == 1s);
  CHECK(read({{"X-Ratelimit-Limit", "1000000000"}}).limit == 1'000'000'000);
  CHECK_FALSE(read({{"X-Ratelimit-Limit", "1000000001"}}).limit);
  CHECK(read({{"X-Ratelimit-Remaining", "0"}}).remaining == 0);
}
