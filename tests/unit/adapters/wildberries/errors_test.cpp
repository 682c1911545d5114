// Wildberries' statuses and texts as errors of the library.
#include "adapters/wildberries/error_map.hpp"
#include "tests/support/catch.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

const st::Instant kNow = st::Instant::from_seconds(784'111'777);  // Sun, 06 Nov 1994 08:49:37 GMT

st::Error judged(int status, std::string body, std::vector<st::HttpHeader> headers = {}) {
  st::HttpRequest request;
  request.operation = "wildberries.test";
  const auto result =
      st::check_response(st::wildberries::errors(), request, {status, std::move(headers), std::move(body)}, kNow);
  REQUIRE_FALSE(result);
  return result.error();
}

}  // namespace

TEST_CASE("every status has its kind, and only some are worth a retry") {
  CHECK(judged(401, "{}").kind() == st::ErrorKind::unauthenticated);
  CHECK(judged(402, "{}").kind() == st::ErrorKind::quota_exhausted);
  CHECK(judged(403, "{}").kind() == st::ErrorKind::denied);
  CHECK(judged(404, "{}").errc() == st::Errc::vendor_method_gone);
  CHECK(judged(409, "[]").kind() == st::ErrorKind::invalid);
  CHECK(judged(429, "{}").kind() == st::ErrorKind::rate_limited);
  CHECK(judged(502, "<html>").kind() == st::ErrorKind::unavailable);
  CHECK(judged(302, "").kind() == st::ErrorKind::protocol);
  CHECK(judged(429, "{}").retryable());
  CHECK(judged(503, "{}").retryable());
  for (const int status : {400, 401, 402, 403, 404, 409, 413, 302}) CHECK_FALSE(judged(status, "{}").retryable());
  CHECK(st::check_response(st::wildberries::errors(), {}, {204, {}, ""}, kNow));
}

TEST_CASE("the vendor's words are kept, in each of its forms") {
  const auto problem =
      judged(401, R"({"title":"unauthorized","detail":"token problem","code":"07e4","requestId":"7b80","status":401})");
  CHECK(problem.message() == "unauthorized: token problem");
  CHECK(problem.details().vendor_code == "07e4");
  CHECK(problem.details().vendor_request_id == "7b80");
  CHECK(problem.details().operation == "wildberries.test");
  CHECK(judged(400, R"({"data":null,"error":true,"errorText":"Access denied","additionalErrors":"x"})").message() ==
        "Access denied");
  CHECK(judged(400, R"({"code":"IncorrectRequest","message":"Переданы некорректные данные"})").details().vendor_code ==
        "IncorrectRequest");
  CHECK(judged(409, R"([{"code":"NotFound","message":"no such","data":null}])").message() == "no such");
  CHECK(judged(400, R"({"errors":["one","two"]})").message() == "one: two");
  CHECK(judged(400, R"({"errors":"bare"})").message() == "bare");
  CHECK(judged(400, "Request body can not be decoded").message() == "Request body can not be decoded");
  CHECK(judged(500, std::string(5000, 'x')).message().size() == 300);
  const auto cyrillic = judged(500, std::string("x").append(std::string(300, 'y')).append("я")).message();
  CHECK(cyrillic.size() == 300);
  CHECK(judged(500, "", {{"x-request-id", "abc"}}).details().vendor_request_id == "abc");
}

TEST_CASE("waits come from the header that knows best") {
  const auto wait = [](std::vector<st::HttpHeader> headers) {
    return judged(429, "{}", std::move(headers)).details().retry_after;
  };
  CHECK(wait({{"X-Ratelimit-Reset", "60"}, {"Retry-After", "30"}, {"X-Ratelimit-Retry", "1360"}}) == 1360s);
  CHECK(wait({{"X-Ratelimit-Reset", "60"}, {"retry-after", "30"}}) == 30s);
  CHECK(wait({{"Retry-After", "Sun, 06 Nov 1994 08:50:07 GMT"}}) == 30s);
  CHECK(wait({{"Retry-After", "Sun, 06 Nov 1994 08:00:00 GMT"}, {"X-Ratelimit-Reset", "5"}}) == 5s);
  CHECK_FALSE(wait({{"Retry-After", "soon"}, {"X-Ratelimit-Retry", "-3"}}));
  CHECK_FALSE(wait({{"X-Ratelimit-Retry", "99999999999999999999"}}));
  CHECK_FALSE(wait({}));
}
