// Instants and their texts.
#include <stocktracker/core/time_text.hpp>

#include <algorithm>

#include "tests/support/catch.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

std::int64_t micros(std::string_view text) { return st::parse_rfc3339(text).value().micros(); }
constexpr std::int64_t kSecond = 1'000'000;

}  // namespace

TEST_CASE("arithmetic on instants saturates at both ends of the range") {
  CHECK(st::Instant::latest() + 1us == st::Instant::latest());
  CHECK(st::Instant::earliest() - 1us == st::Instant::earliest());
  CHECK(st::Instant::latest() - st::Instant::earliest() == st::Duration::max());
  CHECK(st::Instant::from_seconds(1) - 1s == st::Instant());
}

TEST_CASE("an RFC 3339 time is read in each of its allowed forms") {
  CHECK(micros("1970-01-01T00:00:00Z") == 0);
  CHECK(micros("2026-11-21T09:00:00+03:00") == micros("2026-11-21T06:00:00Z"));
  CHECK(micros("2026-11-21t06:00:00z") == micros("2026-11-21 06:00Z"));
  CHECK(micros("2026-11-21T06:00:00.5Z") == micros("2026-11-21T06:00:00Z") + kSecond / 2);
  CHECK(micros("2023-12-06T11:17:00.96577Z") - micros("2023-12-06T11:17:00Z") == 965'770);
  CHECK(micros("2026-01-01T00:00:00.123456789Z") - micros("2026-01-01T00:00:00Z") == 123'456);
  CHECK(micros("2024-02-29T00:00:00Z") + 86'400 * kSecond == micros("2024-03-01T00:00:00Z"));
  CHECK(micros("2026-01-01T00:00:00+23:59") == micros("2025-12-31T00:01:00Z"));
  CHECK(micros("1969-12-31T23:59:59.999999Z") == -1);
  CHECK(micros("2026-11-21T06:00:00-05:30") == micros("2026-11-21T11:30:00Z"));
  CHECK(micros("2026-11-21T06:00:00-0000") == micros("2026-11-21T06:00:00Z"));
  CHECK(micros("2026-11-21T06:00:00+0530") == micros("2026-11-21T00:30:00Z"));
  CHECK(micros("2026-11-21T06:07:08,25Z") == micros("2026-11-21T06:07:08Z") + kSecond / 4);
  CHECK(micros("0001-01-01T00:00:00Z") == -62'135'596'800 * kSecond);
}

TEST_CASE("what is quoted of a text that is no time is short and printable") {
  for (const std::string& text : {std::string("2026-11-\x1b[31m\x07\xC2\x9B"), std::string(5'000, 'x')}) {
    const auto refused = st::parse_rfc3339(text);
    REQUIRE_FALSE(refused);
    const std::string message = refused.error().message();
    CHECK(message.size() < 120);
    CHECK(std::all_of(message.begin(), message.end(), [](char c) { return c >= ' ' && c < 0x7f; }));
  }
}

TEST_CASE("what names no instant is refused") {
  for (const char* text : {"",
                           "2026-11-21",
                           "2026-11-21T06:00:00",
                           "2026-13-01T00:00:00Z",
                           "2026-02-29T00:00:00Z",
                           "2026-00-10T00:00:00Z",
                           "2026-01-01T24:00:00Z",
                           "2026-01-01T00:60:00Z",
                           "2026-01-01T00:00:60Z",
                           "2026-01-01T00:00:00.Z",
                           "2026-01-01T00:00:00.1234567890Z",
                           "2026-01-01T00:00:00+24:00",
                           "2026-01-01T00:00:00+03:60",
                           "2026-01-01T00:00:00+3:00",
                           "2100-02-29T00:00:00Z",
                           "2026-04-31T00:00:00Z",
                           "2026-01-01T00:00:00Zx",
                           "26-01-01T00:00:00Z",
                           "0000-01-01T00:00:00Z",
                           "2026-1-01T00:00:00Z",
                           "завтра"}) {
    CAPTURE(text);
    const auto parsed = st::parse_rfc3339(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().errc() == st::Errc::invalid_text);
  }
}

TEST_CASE("an instant neither wraps nor stops short of its ends") {
  CHECK(st::Instant::from_seconds(INT64_MAX) == st::Instant::latest());
  CHECK(st::Instant::from_seconds(INT64_MIN) == st::Instant::earliest());
  CHECK(st::Instant::earliest() + st::Duration(-1) == st::Instant::earliest());
  CHECK(st::Instant::latest() - st::Duration(-1) == st::Instant::latest());
  CHECK(st::Instant::earliest() - st::Instant::latest() == st::Duration::min());
  CHECK(st::Instant::latest() - st::Duration(1) < st::Instant::latest());
}

TEST_CASE("a wall time without the offset of its author is refused") {
  CHECK(st::parse_wall_time("2026-11-21T09:00:00", 3h).value().micros() == micros("2026-11-21T06:00:00Z"));
  CHECK(st::parse_wall_time("2026-11-21", 3h).value().micros() == micros("2026-11-20T21:00:00Z"));
  CHECK(st::parse_wall_time("0001-01-01T00:00:00", 0h));
  CHECK_FALSE(st::parse_wall_time("2026-11-21T09:00:00Z", 3h));
}

TEST_CASE("an HTTP date is read with its zone in every month, and malformed dates are refused") {
  CHECK(st::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").value().micros() == 784'111'777 * kSecond);
  CHECK(st::parse_http_date("Sun, 06 Nov 1994 11:49:37 +0300").value().micros() == 784'111'777 * kSecond);
  CHECK(st::parse_http_date("Sun, 06 Nov 1994 03:49:37 -0500").value().micros() == 784'111'777 * kSecond);
  CHECK(st::parse_http_date("Sun, 06 Nov 1994 08:49:37 UTC").value().micros() == 784'111'777 * kSecond);
  const char* const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  for (int month = 1; month <= 12; ++month) {
    CAPTURE(month);
    const std::string two = (month < 10 ? "0" : "") + std::to_string(month);
    CHECK(st::parse_http_date(std::string("Sun, 07 ") + months[month - 1] + " 2026 01:02:03 GMT").value().micros() ==
          micros("2026-" + two + "-07T01:02:03Z"));
  }
  for (const char* text :
       {"", "Sun", "Sun, 06 Nov 1994 08:49:37 GMX", "Sun, 06 Nov 1994 08:49:37 GMT+1", "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nux 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        "Sun, 31 Feb 1994 08:49:37 GMT"}) {
    CAPTURE(text);
    CHECK_FALSE(st::parse_http_date(text));
  }
}

TEST_CASE("instants are written in one form") {
  CHECK(st::to_rfc3339(st::Instant()) == "1970-01-01T00:00:00Z");
  CHECK(st::to_rfc3339(st::Instant::from_micros(-1)) == "1969-12-31T23:59:59.999999Z");
  CHECK(st::to_table_text(st::parse_rfc3339("2026-11-21T09:30:12.7+03:00").value()) == "2026-11-21 06:30:12Z");
  CHECK(st::to_rfc3339(st::Instant::from_micros(7)) == "1970-01-01T00:00:00.000007Z");
  CHECK(st::to_rfc3339(st::parse_rfc3339("2024-02-29T23:59:59Z").value()) == "2024-02-29T23:59:59Z");
  CHECK(st::to_rfc3339(st::Instant::latest()).starts_with("32767-12-31T"));
  CHECK(st::to_table_text(st::Instant::from_micros(-1)) == "1969-12-31 23:59:59Z");
}

TEST_CASE("an age is written in the unit that a person would use") {
  const auto text = [](st::Duration elapsed) { return st::Age{elapsed}.text(); };
  CHECK(text(-5s) == "0 s");
  CHECK(text(0s) == "0 s");
  CHECK(text(59s) == "59 s");
  CHECK(text(60s) == "1 min");
  CHECK(text(59min + 59s) == "59 min");
  CHECK(text(60min) == "1 h");
  CHECK(text(23h + 59min) == "23 h 59 min");
  CHECK(text(24h) == "1 d");
  CHECK(text(3min + 59s) == "3 min");
  CHECK(text(2h) == "2 h");
  CHECK(text(2h + 5min) == "2 h 5 min");
  CHECK(text(99h) == "4 d 3 h");
}
