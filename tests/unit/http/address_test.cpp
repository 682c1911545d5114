// Where a URL leads: one reading of it, and nothing that two readers could read in two ways.
#include "http/address.hpp"

#include <string>

#include "adapters/curl/url.hpp"
#include "tests/support/catch.hpp"

namespace st = stocktracker;

TEST_CASE("the parts of a URL are its host as written, its port or its scheme's, and the rest") {
  struct Case {
    const char* url;
    const char* host;
    int port;
    bool plain;
    const char* rest;
  };
  for (const Case& one :
       {Case{"https://api.example.com", "api.example.com", 443, false, ""},
        Case{"http://localhost", "localhost", 80, true, ""},
        Case{"https://API.Example.com:8443/v1/x?y=1:2@3#z", "API.Example.com", 8443, false, "/v1/x?y=1:2@3#z"},
        Case{"https://a.b?u=p@q", "a.b", 443, false, "?u=p@q"}, Case{"https://a.b#u@q", "a.b", 443, false, "#u@q"},
        Case{"https://x_1-y.example:1/", "x_1-y.example", 1, false, "/"},
        Case{"https://a:65535", "a", 65'535, false, ""}, Case{"http://[::1]/", "::1", 80, true, "/"},
        Case{"https://[2a02:6B8::feed:0ff]:444/x", "2a02:6B8::feed:0ff", 444, false, "/x"},
        Case{"https://[::ffff:127.0.0.1]", "::ffff:127.0.0.1", 443, false, ""}}) {
    CAPTURE(one.url);
    const auto address = st::parse_address(one.url);
    REQUIRE(address);
    CHECK(address.value().host == one.host);
    CHECK(address.value().port == one.port);
    CHECK(address.value().plain == one.plain);
    CHECK(address.value().rest == one.rest);
  }
}

TEST_CASE("a URL that could be read in two ways is refused, and the error does not show it") {
  for (const std::string url : {"",
                                "https://",
                                "https:///x",
                                "https://:443/",
                                "HTTPS://a.b/",
                                "ftp://a.b/",
                                "file:///etc/hostname",
                                "//a.b/",
                                "a.b",
                                "https:/a.b",
                                "https://canary:pw@a.b/",
                                "https://canary@a.b/",
                                "https://a.b@canary/",
                                "https://a.b\\@canary/",
                                "https://a b/",
                                "https://a.b/x\\y",
                                "https://a.b/x y",
                                "https://a.b/\t",
                                "https://a.b/\r\nX: y",
                                "https://a.b/\x7f",
                                " https://a.b/",
                                "https://.a.b/",
                                "https://a..b/",
                                "https://a.b./",
                                "https://./",
                                "https://a%2eb/",
                                "https://a.b%00/",
                                "https://a.b:/",
                                "https://a.b:0/",
                                "https://a.b:65536/",
                                "https://a.b:-1/",
                                "https://a.b:+1/",
                                "https://a.b:1x/",
                                "https://a.b:99999999999/",
                                "https://[::1/",
                                "https://[]/",
                                "https://[::1]x/",
                                "https://[::1]:/",
                                "https://[a.b]/",
                                "https://[127.0.0.1]/",
                                "https://[::1%25eth0]/",
                                "https://[fe80::g]/",
                                "https://::1/",
                                "https://a[::1]/",
                                "https://\xd0\xb0.example/",
                                "https://a,b/",
                                "https://a;b/"}) {
    CAPTURE(url);
    const auto refused = st::parse_address(url);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().errc() == st::Errc::invalid_argument);
    CHECK(refused.error().text().find("canary") == std::string::npos);
  }
}

TEST_CASE("plain http is for this machine alone, in the forms that cannot be anything else") {
  for (const char* host : {"localhost", "LocalHost", "127.0.0.1", "127.255.0.9", "127.0.0.1:8080", "[::1]"}) {
    CAPTURE(host);
    CHECK(st::curl::target_of("http://" + std::string(host) + "/x"));
    CHECK(st::curl::target_of("https://" + std::string(host) + "/x"));
  }
  for (const char* host : {"example.com", "localhost.example.com", "xlocalhost", "127.evil.example",
                           "127.0.0.1.example.com", "127.1", "127.0.1", "127.0.0.0.1", "128.0.0.1", "10.0.0.1",
                           "0.0.0.0", "[::2]", "[::]", "[::ffff:127.0.0.1]", "127.0.0.x", "1127.0.0.1"}) {
    CAPTURE(host);
    const auto refused = st::curl::target_of("http://" + std::string(host) + "/x");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().errc() == st::Errc::invalid_argument);
    CHECK(st::curl::target_of("https://" + std::string(host) + "/x"));
  }
}

TEST_CASE("connections are shared for one scheme, host and port, whatever the letter case") {
  const auto key = [](const char* url) { return st::curl::host_key(st::curl::target_of(url).value()); };
  CHECK(key("https://API.example.com/a") == key("https://api.EXAMPLE.com:443/b"));
  CHECK(key("https://localhost/") != key("https://localhost:444/"));
  CHECK(key("https://localhost:80/") != key("http://localhost:80/"));
  CHECK(key("https://a.example/") != key("https://b.example/"));
  CHECK(st::same_host("A.example", "a.EXAMPLE"));
  CHECK_FALSE(st::same_host("a.example", "a.example.com"));
  CHECK_FALSE(st::same_host("a.example.com", "a.example"));
  CHECK_FALSE(st::same_host("a.example", "b.example"));
}

TEST_CASE("a path below which methods stand is plain, or leads elsewhere") {
  for (const char* path : {"", "/", "/v2", "/v2/", "/a-b/c.d/e_f/~g", "/...", "/.a"}) {
    CAPTURE(path);
    CHECK(st::is_plain_path(path));
  }
  for (const char* path : {"v2", "//", "//a", "/a//b", "/.", "/..", "/a/../b", "/a/./b", "/a/..", "/a?b", "/a#b",
                           "/a%2e", "/a b", "/a\\b", "/a:b", "/a@b", "/a;b", "/\xd1\x8f"}) {
    CAPTURE(path);
    CHECK_FALSE(st::is_plain_path(path));
  }
}
