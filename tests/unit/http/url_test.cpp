// Percent-encoding and parameters of URLs.
#include <stocktracker/http/url.hpp>

#include "tests/support/catch.hpp"

namespace st = stocktracker;

TEST_CASE("only unreserved characters stay as they are") {
  CHECK(st::percent_encode("AZaz09-._~") == "AZaz09-._~");
  CHECK(st::percent_encode(" +/?#&=%:@!$'()*,;[]\"<>") ==
        "%20%2B%2F%3F%23%26%3D%25%3A%40%21%24%27%28%29%2A%2C%3B%5B%5D%22%3C%3E");
  CHECK(st::percent_encode(std::string_view("\0\r\n\x7F\xFF", 5)) == "%00%0D%0A%7F%FF");
  CHECK(st::percent_encode("Ж") == "%D0%96");
  CHECK(st::percent_encode("").empty());
}

TEST_CASE("a segment of a path leads to no other resource") {
  CHECK(st::encode_segment("a/../b").value() == "a%2F..%2Fb");
  CHECK(st::encode_segment("...").value() == "...");
  for (const char* text : {"", ".", ".."}) {
    CHECK(st::encode_segment(text).error().errc() == st::Errc::invalid_argument);
  }
}

TEST_CASE("what was encoded is decoded, and half an escape is refused") {
  CHECK(st::percent_decode("a%20b%2fB%2F+").value() == "a b/B/+");
  CHECK(st::percent_decode("%00").value() == std::string(1, '\0'));
  for (const char* text : {"%", "%2", "a%", "%G0", "%0G", "%%20", "%-1", "% 1"}) {
    CAPTURE(text);
    CHECK(st::percent_decode(text).error().errc() == st::Errc::invalid_text);
  }
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  CHECK(st::percent_decode(st::percent_encode(all)).value() == all);
}

TEST_CASE("parameters follow a question mark, and then each other") {
  CHECK(st::UrlQuery("https://a.example/p").add("page", 2).add("q&a", "x=1 Ж").url() ==
        "https://a.example/p?page=2&q%26a=x%3D1%20%D0%96");
  CHECK(st::UrlQuery("/p?a=1").add("b", std::int64_t{-5}).url() == "/p?a=1&b=-5");
  CHECK(st::UrlQuery("/p?").add("b", "").url() == "/p?b=");
  CHECK(st::UrlQuery("/p?a=1&").add("b", "c").url() == "/p?a=1&b=c");
  CHECK(st::UrlQuery("/p").url() == "/p");
}
