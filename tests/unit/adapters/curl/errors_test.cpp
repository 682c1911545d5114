// What libcurl's failures mean, and which options of the transport make no sense.
#include <stocktracker/adapters/curl.hpp>

#include <string>

#include "adapters/curl/error_map.hpp"
#include "tests/support/catch.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;
using st::Errc;
using st::curl::error_of;

TEST_CASE("a failure means what is known of the request: not sent, sent, or answered in part") {
  struct Case {
    CURLcode code;
    Errc not_sent;
    Errc sent;
    Errc answered;
  };
  const auto always = [](CURLcode code, Errc errc) { return Case{code, errc, errc, errc}; };
  const auto by_reach = [](CURLcode code) {
    return Case{code, Errc::connect_failed, Errc::connection_lost, Errc::body_truncated};
  };
  for (const Case& one : {always(CURLE_SSL_CONNECT_ERROR, Errc::tls_failed),
                          always(CURLE_PEER_FAILED_VERIFICATION, Errc::tls_failed),
                          always(CURLE_SSL_CERTPROBLEM, Errc::tls_failed),
                          always(CURLE_SSL_CIPHER, Errc::tls_failed),
                          always(CURLE_SSL_CACERT_BADFILE, Errc::tls_failed),
                          always(CURLE_SSL_ISSUER_ERROR, Errc::tls_failed),
                          always(CURLE_SSL_INVALIDCERTSTATUS, Errc::tls_failed),
                          always(CURLE_FILESIZE_EXCEEDED, Errc::body_too_large),
                          always(CURLE_BAD_CONTENT_ENCODING, Errc::body_truncated),
                          Case{CURLE_PARTIAL_FILE, Errc::connection_lost, Errc::connection_lost, Errc::body_truncated},
                          always(CURLE_UNSUPPORTED_PROTOCOL, Errc::invalid_argument),
                          always(CURLE_URL_MALFORMAT, Errc::invalid_argument),
                          always(CURLE_OUT_OF_MEMORY, Errc::overloaded),
                          always(CURLE_WEIRD_SERVER_REPLY, Errc::vendor_schema),
                          always(CURLE_OPERATION_TIMEDOUT, Errc::connect_failed),
                          always(CURLE_COULDNT_RESOLVE_HOST, Errc::connect_failed),
                          always(CURLE_COULDNT_RESOLVE_PROXY, Errc::connect_failed),
                          always(CURLE_COULDNT_CONNECT, Errc::connect_failed),
                          always(CURLE_PROXY, Errc::connect_failed),
                          by_reach(CURLE_RECV_ERROR),
                          by_reach(CURLE_SEND_ERROR),
                          by_reach(CURLE_GOT_NOTHING),
                          by_reach(CURLE_HTTP2),
                          by_reach(CURLE_HTTP2_STREAM)}) {
    CAPTURE(curl_easy_strerror(one.code));
    CHECK(error_of(one.code, {false, false}, "").errc() == one.not_sent);
    CHECK(error_of(one.code, {true, false}, "").errc() == one.sent);
    CHECK(error_of(one.code, {true, true}, "").errc() == one.answered);
  }
}

TEST_CASE("broken connections may be tried again; certificates, sizes and malformed URLs may not") {
  const auto retryable = [](CURLcode code) { return error_of(code, {true, true}, "").retryable(); };
  CHECK(retryable(CURLE_RECV_ERROR));
  CHECK(retryable(CURLE_COULDNT_CONNECT));
  CHECK(retryable(CURLE_PARTIAL_FILE));
  CHECK_FALSE(retryable(CURLE_PEER_FAILED_VERIFICATION));
  CHECK_FALSE(retryable(CURLE_SSL_CONNECT_ERROR));
  CHECK_FALSE(retryable(CURLE_FILESIZE_EXCEEDED));
  CHECK_FALSE(retryable(CURLE_URL_MALFORMAT));
  CHECK(error_of(CURLE_RECV_ERROR, {}, "its own words").message() == "its own words");
  CHECK(error_of(CURLE_RECV_ERROR, {}, "").message() == curl_easy_strerror(CURLE_RECV_ERROR));
  CHECK(error_of(CURLE_RECV_ERROR, {}, nullptr).message() == curl_easy_strerror(CURLE_RECV_ERROR));
}

TEST_CASE("options of the transport that make no sense are refused by name, those at the ends of their range are not") {
  const auto refused = [](const st::CurlOptions& options, const char* name) {
    CAPTURE(name);
    const auto checked = options.validate();
    REQUIRE_FALSE(checked);
    CHECK(checked.error().text().find(name) != std::string::npos);
    CHECK_FALSE(st::make_curl_transport(options));
  };
  CHECK(st::CurlOptions{}.validate());
  CHECK(st::CurlOptions{.max_connections = 1,
                        .max_connections_per_host = 1,
                        .connect_timeout = 1ms,
                        .request_timeout = 1ms,
                        .idle_timeout = 1s}
            .validate());
  CHECK(st::CurlOptions{.max_connections = 1'000, .max_connections_per_host = 100, .idle_timeout = 24h}.validate());
  CHECK(st::CurlOptions{.proxy = "http://proxy:3128"}.validate());
  CHECK(st::CurlOptions{.proxy = "https://proxy:3128"}.validate());
  refused({.user_agent = "a\r\nX-Injected: b"}, "user_agent");
  refused({.user_agent = "a\x7f"}, "user_agent");
  refused({.ca_bundle = "/nowhere/at/all.pem"}, "ca_bundle");
  refused({.proxy = "socks5://proxy:1"}, "proxy");
  refused({.proxy = "proxy:3128"}, "proxy");
  refused({.proxy = "http://user:password@proxy:1"}, "proxy");
  refused({.proxy = "http://proxy:1\n"}, "proxy");
  refused({.max_connections = 0}, "max_connections");
  refused({.max_connections = 1'001}, "max_connections");
  refused({.max_connections_per_host = 0}, "max_connections_per_host");
  refused({.max_connections_per_host = 101}, "max_connections_per_host");
  refused({.connect_timeout = 999us}, "connect_timeout");
  refused({.request_timeout = 0s}, "request_timeout");
  refused({.idle_timeout = 999'999us}, "idle_timeout");
  refused({.idle_timeout = 24h + 1us}, "idle_timeout");
}
