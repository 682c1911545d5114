// Answers of marketplaces: statuses, reasons and lists.
#include "marketplace/vendor_answers.hpp"

#include "adapters/ozon/error_map.hpp"
#include "adapters/wildberries/error_map.hpp"
#include "adapters/yandex_market/error_map.hpp"
#include "tests/support/catch.hpp"

namespace st = stocktracker;
namespace json = stocktracker::json;
using namespace std::chrono_literals;

namespace {

const st::Instant kNow = st::Instant::from_seconds(784'111'777);  // Sun, 06 Nov 1994 08:49:37 GMT

const std::array<const st::VendorErrors*, 3> kVendors{&st::ozon::errors(), &st::wildberries::errors(),
                                                      &st::yandex_market::errors()};

st::Error refused(const st::VendorErrors& vendor, int status, std::string body,
                  std::vector<st::HttpHeader> headers = {}) {
  st::HttpRequest request;
  request.operation = "test.call";
  const auto result = st::check_response(vendor, request, {status, std::move(headers), std::move(body)}, kNow);
  REQUIRE_FALSE(result);
  return result.error();
}

struct Odd {
  st::RowOddity kind;
  std::string reason, place, key;
};
class Sink final : public st::AnswerSink {
 public:
  void odd_row(const st::OddRow& row) override {
    odd.push_back({row.kind, std::string(row.reason), std::string(row.location), std::string(row.key)});
  }
  std::vector<Odd> odd;
};

// Reads data.rows; `one` takes a row.
st::Result<std::size_t> read(const std::string& text, Sink& sink, st::FunctionRef<st::Result<void>(json::Value)> one) {
  STK_TRY(const auto document, json::Document::parse(text));
  const auto key = [](json::Value row) { return std::string(row["id"].text().value_or("")); };
  return st::each_row(document.root()["data"], "data.rows", sink, key, one);
}

const auto with_units = [](json::Value row) -> st::Result<void> {
  if (!row["id"].text()) return st::row_error("id", "is missing");
  if (!row["units"].integer()) return st::row_error("units", "is not a number");
  return st::success();
};

}  // namespace

TEST_CASE("the same statuses mean the same on all marketplaces") {
  for (const auto* vendor : kVendors) {
    CAPTURE(vendor->vendor);
    CHECK(st::check_response(*vendor, {}, {200, {}, "{}"}, kNow));
    CHECK(refused(*vendor, 401, "{}").errc() == st::Errc::vendor_unauthorized);
    CHECK(refused(*vendor, 402, "{}").errc() == st::Errc::vendor_payment_required);
    CHECK(refused(*vendor, 403, "{}").errc() == st::Errc::vendor_forbidden);
    CHECK(refused(*vendor, 404, "{}").errc() == st::Errc::vendor_method_gone);
    CHECK(refused(*vendor, 410, "{}").errc() == st::Errc::vendor_method_gone);
    CHECK(refused(*vendor, 400, "{}").errc() == st::Errc::vendor_rejected);
    CHECK(refused(*vendor, 429, "{}").errc() == st::Errc::vendor_throttled);
    CHECK(refused(*vendor, 500, "{}").errc() == st::Errc::vendor_unavailable);
    CHECK(refused(*vendor, 504, "<html>").errc() == st::Errc::vendor_unavailable);
    for (const int status : {201, 301, 302, 307}) CHECK(refused(*vendor, status, "").kind() == st::ErrorKind::protocol);
    for (const int status : {429, 500, 503}) CHECK(refused(*vendor, status, "{}").retryable());
    for (const int status : {400, 401, 402, 403, 404, 410}) CHECK_FALSE(refused(*vendor, status, "{}").retryable());
    CHECK(refused(*vendor, 400, "{}").details().vendor == vendor->vendor);
    CHECK(refused(*vendor, 400, "{}").details().http_status == 400);
    CHECK(refused(*vendor, 400, "{}").details().operation == "test.call");
  }
  CHECK(refused(st::yandex_market::errors(), 420, "{}").kind() == st::ErrorKind::rate_limited);
  CHECK(refused(st::ozon::errors(), 420, "{}").kind() == st::ErrorKind::invalid);
}

TEST_CASE("a refusal always says why, whatever is left out of it") {
  for (const auto* vendor : kVendors) {
    for (const int status : {301, 400, 401, 403, 404, 429, 500, 503}) {
      for (const char* body :
           {"", " ", "\n", "{}", "[]", "null", "0", "\"\"", R"({"message":""})", R"({"message":null})",
            R"({"error":{}})", R"({"errors":[]})", R"({"errors":[{}]})", R"({"error":[[],{}]})",
            R"({"code":"","message":"  "})", "\xEF\xBB\xBF", "\xEF\xBB\xBF{}", "{\"broken"}) {
        CAPTURE(vendor->vendor, status, body);
        const std::string message = refused(*vendor, status, body).message();
        CHECK(message.find_first_not_of(' ') != std::string::npos);
      }
    }
  }
  CHECK(refused(st::ozon::errors(), 400, "").message() == "HTTP 400 without words");
  CHECK(refused(st::ozon::errors(), 503, "{}").message() == "HTTP 503 without words");
}

// Cases C23 of the field's reports: old.json and code_only.json.
TEST_CASE("words and codes are found in whichever form a marketplace uses") {
  for (const auto* vendor : kVendors) {
    CAPTURE(vendor->vendor);
    const auto old = refused(*vendor, 400, R"({"error":{"code":400,"message":"Order 1 is not allowed"}})");
    CHECK(old.message() == "Order 1 is not allowed");
    CHECK(old.details().vendor_code == "400");
    const auto code_only = refused(*vendor, 423, R"({"errors":[{"code":"LOCKED"}]})");
    CHECK(code_only.message() == "HTTP 423: LOCKED");
    CHECK(code_only.details().vendor_code == "LOCKED");
  }
  const auto ozon = refused(st::ozon::errors(), 403, R"({"code":7,"message":"Api-Key is missing","details":[]})",
                            {{"X-O3-Trace-Id", "t-1"}});
  CHECK(ozon.message() == "Api-Key is missing");
  CHECK(ozon.details().vendor_code == "7");
  CHECK(ozon.details().vendor_request_id == "t-1");
  const auto wildberries = refused(st::wildberries::errors(), 401,
                                   R"({"title":"unauthorized","detail":"bad token","code":"07e4","requestId":"7b80"})");
  CHECK(wildberries.message() == "unauthorized: bad token");
  CHECK(wildberries.details().vendor_code == "07e4");
  CHECK(wildberries.details().vendor_request_id == "7b80");
  CHECK(
      refused(st::wildberries::errors(), 400, R"({"data":null,"error":true,"errorText":"Access denied"})").message() ==
      "Access denied");
  CHECK(refused(st::wildberries::errors(), 409, R"([{"code":"NotFound","message":"no such"}])").message() == "no such");
  const auto yandex = refused(st::yandex_market::errors(), 403,
                              R"({"status":"ERROR","errors":[{"code":"FORBIDDEN","message":"Access denied"},)"
                              R"({"code":"OTHER","message":"and more"}]})",
                              {{"X-Market-Req-Id", "m-2"}});
  CHECK(yandex.message() == "Access denied: and more");
  CHECK(yandex.details().vendor_code == "FORBIDDEN");
  CHECK(yandex.details().vendor_request_id == "m-2");
  CHECK(refused(st::ozon::errors(), 502, "<html>Bad Gateway</html>").message() == "<html>Bad Gateway</html>");
}

TEST_CASE("how long to wait is taken from the headers, else from the words") {
  CHECK(refused(st::wildberries::errors(), 429, "{}", {{"X-Ratelimit-Retry", "7"}}).details().retry_after == 7s);
  CHECK(refused(st::ozon::errors(), 503, "{}", {{"Retry-After", "Sun, 06 Nov 1994 08:50:07 GMT"}})
            .details()
            .retry_after == 30s);
  CHECK(refused(st::ozon::errors(), 429, R"({"message":"Too many. Retry after 120 seconds"})").details().retry_after ==
        120s);
  for (const char* words : {"Retry after -1 seconds", "Retry after 0 seconds", "Retry after 864001 seconds",
                            "Retry after 99999999 seconds", "Retry after 5 hours", "Retry after a second"}) {
    const std::string body = std::string(R"({"message":")") + words + R"("})";
    CHECK_FALSE(refused(st::ozon::errors(), 429, body).details().retry_after);
  }
  CHECK_FALSE(refused(st::ozon::errors(), 400, "{}", {{"Retry-After", "5"}}).details().retry_after);
}

TEST_CASE("a refusal says how many attempts there were, where there was more than one") {
  for (const int attempts : {1, 2, 5}) {
    st::HttpRequest request;
    st::HttpResponse response{503, {}, "{}"};
    response.attempts = attempts;
    const auto result = st::check_response(*kVendors[0], request, response, kNow);
    REQUIRE_FALSE(result);
    CHECK(result.error().details().attempts == (attempts > 1 ? attempts : 0));
  }
}

TEST_CASE("a marketplace's words fit in a line of any log and any database") {
  CHECK(st::shown("a\nb\tc\x7f") == "a b c ");
  CHECK(st::shown(std::string("a\0b", 3)) == "a b");
  const std::string long_text(1'000, 'x');
  CHECK(st::shown(long_text).size() == 300);
  // Cut at the border of a character of two, three and four bytes.
  for (const char* character : {"\xD0\xAF", "\xE2\x82\xBD", "\xF0\x9F\x93\xA6"}) {
    for (int before = 0; before < 5; ++before) {
      std::string text(static_cast<std::size_t>(before), 'x');
      while (text.size() < 400) text += character;
      const std::string cut = st::shown(text);
      CHECK(cut.size() <= 300);
      CHECK(cut.size() > 300 - 4);
      CHECK((cut.size() - static_cast<std::size_t>(before)) % std::string_view(character).size() == 0);
    }
  }
  // A proxy's page in another encoding is no UTF-8: a server's database refuses such texts.
  CHECK(st::shown("\xCD\xE5\xF2 404") == "??? 404");
  CHECK(st::shown("\xD0") == "?");
  CHECK(st::shown("\xED\xA0\x80z") == "???z");  // half of a surrogate pair
  CHECK(st::shown("\xC0\xAFz") == "??z");       // longer than need be
  CHECK(st::shown("\xD0\xAF") == "\xD0\xAF");
  CHECK(refused(st::ozon::errors(), 502, "\xCD\xE5\xF2").message() == "???");
}

TEST_CASE("the marketplace's time is that of its Date header") {
  CHECK(st::vendor_time({200, {{"date", "Sun, 06 Nov 1994 08:49:37 GMT"}}, ""}) == kNow);
  CHECK_FALSE(st::vendor_time({200, {}, ""}));
  CHECK_FALSE(st::vendor_time({200, {{"Date", "yesterday"}}, ""}));
}

TEST_CASE("a row that cannot be read is reported with its place and subject, the others are taken") {
  Sink sink;
  std::vector<std::string> taken;
  const auto count = read(R"({"data":{"rows":[{"id":"a","units":1},{},{"id":"c","units":"x"},7,null,[],
                              {"id":"d","units":2}]}})",
                          sink, [&](json::Value row) -> st::Result<void> {
                            STK_TRY(with_units(row));
                            taken.emplace_back(*row["id"].text());
                            return st::success();
                          });
  CHECK(count.value() == 7);
  CHECK(taken == std::vector<std::string>{"a", "d"});
  REQUIRE(sink.odd.size() == 5);
  for (const Odd& row : sink.odd) CHECK(row.kind == st::RowOddity::unreadable);
  CHECK(sink.odd[0].reason == "id is missing");
  CHECK(sink.odd[0].place == "data.rows[1]");
  CHECK(sink.odd[0].key.empty());
  CHECK(sink.odd[1].reason == "units is not a number");
  CHECK(sink.odd[1].place == "data.rows[2]");
  CHECK(sink.odd[1].key == "c");
  for (const std::size_t at : {2U, 3U, 4U}) CHECK(sink.odd[at].reason == "a row is not an object");
}

TEST_CASE("errors that are not about the row end the reading") {
  Sink sink;
  int read_rows = 0;
  const auto ended = read(R"({"data":{"rows":[{},{},{}]}})", sink, [&](json::Value) -> st::Result<void> {
    if (++read_rows == 2) return st::Error(st::Errc::cancelled);
    return st::success();
  });
  CHECK(ended.error().errc() == st::Errc::cancelled);
  CHECK(read_rows == 2);
  CHECK(sink.odd.empty());
}

TEST_CASE("a list that is null or absent is empty; one that is something else, or renamed, is a fault") {
  Sink sink;
  for (const char* text : {R"({"data":{"rows":null}})", R"({"data":{}})", R"({"data":null})", R"({})",
                           R"({"data":{"rows":[]}})", R"({"data":{"other":[]}})", "\xEF\xBB\xBF{\"data\":{}}"}) {
    CAPTURE(text);
    CHECK(read(text, sink, with_units).value() == 0);
  }
  for (const char* text : {R"({"data":{"rows":{}}})", R"({"data":{"rows":"x"}})", R"({"data":{"rows":0}})",
                           R"({"data":[]})", R"({"data":"x"})", R"({"data":{"lines":[{"id":"a","units":1}]}})"}) {
    CAPTURE(text);
    const auto fault = read(text, sink, with_units);
    REQUIRE_FALSE(fault);
    CHECK(fault.error().errc() == st::Errc::vendor_schema);
    CHECK(fault.error().message().find("data.rows") != std::string::npos);
  }
  CHECK(sink.odd.empty());
}
