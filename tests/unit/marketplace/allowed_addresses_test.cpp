// Which addresses requests of an account may reach.
#include "marketplace/allowed_addresses.hpp"

#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/adapters/yandex_market.hpp>
#include <stocktracker/testing/manual_clock.hpp>
#include <stocktracker/testing/scripted_transport.hpp>

#include "http/address.hpp"
#include "marketplace/guarded_connector.hpp"
#include "marketplace/vendor_credentials.hpp"
#include "tests/support/catch.hpp"

namespace st = stocktracker;

namespace {

const std::vector<std::string> kHosts{"api-seller.ozon.ru", "*.wildberries.ru"};

st::Credentials credentials(std::string_view base_url) {
  return st::ozon::credentials("12345", st::Secret::copy_of("key"), base_url);
}

std::string outcome(const st::AllowedAddresses& allowed, std::string_view url) {
  const auto reach = allowed.reach_of(url, kHosts);
  return reach ? to_string(reach.value()) : to_string(reach.error().errc());
}

/// Remembers how far the last request could reach.
class Reaching final : public st::HttpTransport {
 public:
  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext&) override {
    reached.push_back(request.reach);
    return st::HttpResponse{.status = 200};
  }
  std::vector<st::Reach> reached;
};

}  // namespace

TEST_CASE("no writing of another host passes for a marketplace's") {
  const st::AllowedAddresses none;
  for (const char* good :
       {"https://api-seller.ozon.ru", "https://api-seller.ozon.ru/v1/roles?x=1#y", "https://API-Seller.OZON.ru/v1",
        "https://api-seller.ozon.ru:443/", "https://content-api.wildberries.ru/x"}) {
    CAPTURE(good);
    CHECK(outcome(none, good) == "public_internet");
  }
  for (const char* bad : {"https://api-seller.ozon.ru.evil.example",
                          "https://evil.example/api-seller.ozon.ru",
                          "https://evil.example?api-seller.ozon.ru",
                          "https://evil.example#api-seller.ozon.ru",
                          "https://evil.example/https://api-seller.ozon.ru",
                          "https://api-seller.ozon.ru@evil.example",
                          "https://evil.example@api-seller.ozon.ru",
                          "https://api-seller.ozon.ru:x@evil.example",
                          "https://api-seller.ozon.ru:443@evil.example/",
                          "https://evil.example\\@api-seller.ozon.ru",
                          "https://api-seller.ozon.ru\\.evil.example",
                          "https://api-seller.ozon.ru.",
                          "https://.api-seller.ozon.ru",
                          "https://api-seller..ozon.ru",
                          "https://api-seller.ozon.ru%2eevil.example",
                          "https://api-seller.ozon.ru%00",
                          "https://xapi-seller.ozon.ru",
                          "https://ozon.ru",
                          "https://wildberries.ru",
                          "https://xwildberries.ru",
                          "https://evil.example.wildberries.ru.example",
                          "https://api-seller.ozon.r\xD1\x83",
                          "https://api-seller\xE3\x80\x82ozon.ru",
                          "https://api-seller.ozon.ru\t",
                          "https:// api-seller.ozon.ru",
                          "https://\tapi-seller.ozon.ru",
                          "https://api-seller.ozon.ru\n.evil.example",
                          "https://api-seller.ozon.ru:8443",
                          "https://api-seller.ozon.ru:",
                          "https://api-seller.ozon.ru:0443",
                          "https://api-seller.ozon.ru:4433333333333",
                          "https://api-seller.ozon.ru:+443",
                          "https://api-seller.ozon.ru:443:80",
                          "http://api-seller.ozon.ru",
                          "http://api-seller.ozon.ru:443",
                          "HTTPS://api-seller.ozon.ru",
                          "https:/api-seller.ozon.ru",
                          "//api-seller.ozon.ru",
                          "https:///api-seller.ozon.ru",
                          "ftp://api-seller.ozon.ru",
                          "file:///etc/passwd",
                          "https://[::1]",
                          "https://[api-seller.ozon.ru]",
                          "https://[::ffff:127.0.0.1]",
                          "https://[::1]api-seller.ozon.ru",
                          "https://[::1",
                          "https://169.254.169.254",
                          "http://127.0.0.1:8080",
                          "https://localhost",
                          "https://2130706433",
                          "https://0x7f000001",
                          "",
                          "https://"}) {
    CAPTURE(bad);
    if (std::string_view(bad) == "https://api-seller.ozon.ru:0443")
      continue;  // every reader takes it for the same port
    CHECK(outcome(none, bad) == "address_refused");
  }
}

TEST_CASE("this machine is reached where there is one seller, and by no other writing") {
  const st::AllowedAddresses single({}, true);
  for (const char* good : {"http://127.0.0.1:8800", "http://127.8.9.1", "http://localhost:1/x", "https://localhost",
                           "http://LOCALHOST", "http://[::1]:8080/v1"}) {
    CAPTURE(good);
    CHECK(outcome(single, good) == "anywhere");
  }
  for (const char* bad : {"http://127.0.0.1.evil.example", "http://127.evil.example", "http://localhost.evil.example",
                          "http://127.1", "http://0.0.0.0", "http://[::]", "http://[::ffff:7f00:1]", "http://10.0.0.1",
                          "http://127.0.0.1@evil.example", "http://localhost.", "http://192.168.0.1"}) {
    CAPTURE(bad);
    CHECK(outcome(single, bad) == "address_refused");
  }
}

TEST_CASE("what the operator allows is scheme, host, port and path, and what stands below the path") {
  const st::AllowedAddresses allowed({"https://proxy.example:8443/ozon/"}, false);
  for (const char* good : {"https://proxy.example:8443/ozon", "https://PROXY.example:8443/ozon/v1/roles?x=/../"}) {
    CAPTURE(good);
    CHECK(outcome(allowed, good) == "anywhere");
  }
  for (const char* bad : {"http://proxy.example:8443/ozon", "https://proxy.example/ozon", "https://proxy.example:8443",
                          "https://proxy.example:8443/ozone", "https://proxy.example:8443/ozon/../admin",
                          "https://proxy.example:8443/ozon/..", "https://proxy.example:8443/ozon/%2e%2e/admin",
                          "https://proxy.example:8443/ozon/.%2E/admin", "https://proxy.example:8443/ozon%2f..%2fadmin",
                          "https://other.example:8443/ozon", "https://proxy.example.evil.example:8443/ozon"}) {
    CAPTURE(bad);
    CHECK(outcome(allowed, bad) == "address_refused");
  }
  // A server may read another path in these, however they are written.
  for (const char* detour :
       {"/./", "/../", "//", "/%2e%2e/", "/%2E./", "/a%2fb", "/a%2Fb", "/a%5cb", "/a%5Cb", "/.", "/.."}) {
    CAPTURE(detour);
    CHECK(outcome(allowed, std::string("https://proxy.example:8443/ozon") + detour) == "address_refused");
  }
}

TEST_CASE("a base address is more than its host: what follows it is plain") {
  const st::AllowedAddresses none;
  CHECK(none.check(credentials(""), kHosts));
  CHECK(none.check(credentials("https://api-seller.ozon.ru/"), kHosts));
  for (const char* bad :
       {"https://api-seller.ozon.ru?x=", "https://api-seller.ozon.ru/#", "https://api-seller.ozon.ru/a/../b",
        "https://api-seller.ozon.ru//x", "https://api-seller.ozon.ru/%2e", "https://evil.example"}) {
    CAPTURE(bad);
    const auto refused = none.check(credentials(bad), kHosts);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().errc() == st::Errc::address_refused);
    CHECK(refused.error().details().field == "base_url");
    CHECK(refused.error().text().find("--allow-base-url") != std::string::npos);
  }
  // A password in an address is as secret as any.
  const auto refused = none.check(credentials("https://user:canary@evil.example"), kHosts);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text().find("canary") == std::string::npos);
  CHECK(none.check(credentials("https://evil.example"), {}));  // the connector decides
}

TEST_CASE("a connector's requests go to its marketplace, and reach the public internet alone") {
  const auto wire = std::make_shared<Reaching>();
  const auto secrets = std::make_shared<st::SentSecrets>();
  const auto guarded =
      st::guarded_transport(wire, st::AllowedAddresses({"https://proxy.example"}, true), kHosts, secrets);
  st::HttpRequest request;
  request.operation = "ozon.roles";
  request.url = "https://api-seller.ozon.ru/v1/roles";
  REQUIRE(guarded->send(request, {}));
  request.url = "https://proxy.example/v1/roles";
  REQUIRE(guarded->send(request, {}));
  request.url = "http://127.0.0.1:80/v1/roles";
  REQUIRE(guarded->send(request, {}));
  request.reach = st::Reach::public_internet;  // the connector's own, stricter word stays
  REQUIRE(guarded->send(request, {}));
  CHECK(wire->reached ==
        std::vector{st::Reach::public_internet, st::Reach::anywhere, st::Reach::anywhere, st::Reach::public_internet});
  request.url = "https://evil.example/v1/roles";
  const auto refused = guarded->send(request, {.request_id = "r1"});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().errc() == st::Errc::address_refused);
  CHECK(refused.error().details().operation == "ozon.roles");
  CHECK(refused.error().details().request_id == "r1");
  CHECK(wire->reached.size() == 4);
}

TEST_CASE("a connector without hosts reaches the public internet alone at an address that a tenant has named") {
  const st::AllowedAddresses allowed({"https://proxy.example"}, false);
  for (const bool named : {false, true}) {
    const auto wire = std::make_shared<Reaching>();
    const auto guarded = st::guarded_transport(wire, allowed, {}, std::make_shared<st::SentSecrets>(), named);
    st::HttpRequest request;
    for (const char* url : {"https://erp.example/stock", "https://10.0.0.7/stock", "https://proxy.example/stock"}) {
      request.url = url;
      REQUIRE(guarded->send(request, {}));
    }
    const auto limited = named ? st::Reach::public_internet : st::Reach::anywhere;
    CHECK(wire->reached == std::vector{limited, limited, st::Reach::anywhere});
  }
}

TEST_CASE("every channel names its hosts, and the program's own choice beside them") {
  const auto ozon = st::ozon::make_factory().value()->hosts();
  CHECK(ozon == std::vector<std::string>{"api-seller.ozon.ru"});
  CHECK(st::yandex_market::make_factory().value()->hosts() == std::vector<std::string>{"api.partner.market.yandex.ru"});
  const auto wildberries = st::wildberries::make_factory().value()->hosts();
  CHECK(wildberries.size() == 12);
  const st::wildberries::Hosts used;
  const st::AllowedAddresses none;
  for (const auto& url : {used.common, used.content, used.analytics, used.marketplace, used.prices}) {
    CAPTURE(url);
    CHECK(none.reach_of(url + "/ping", wildberries));
  }
  const auto own = st::ozon::make_factory({.host = "https://gateway.example/ozon"}).value()->hosts();
  CHECK(none.reach_of("https://gateway.example/ozon/v1/roles", own));
  CHECK_FALSE(none.reach_of("https://gateway.example/other", own));
  const auto market = st::yandex_market::make_factory({.host = "https://gateway.example/market"}).value()->hosts();
  CHECK(none.reach_of("https://gateway.example/market/v2/campaigns", market));
  // Each by itself: one that is left out stops that list alone.
  using Hosts = st::wildberries::Hosts;
  for (const auto member : {&Hosts::common, &Hosts::content, &Hosts::analytics, &Hosts::marketplace, &Hosts::prices}) {
    st::wildberries::Options options;
    options.hosts.*member = "https://gateway.example/one";
    const auto one = st::wildberries::make_factory(options).value()->hosts();
    CHECK(none.reach_of("https://gateway.example/one/api", one));
    CHECK_FALSE(none.reach_of("https://gateway.example/api", one));
  }
}
