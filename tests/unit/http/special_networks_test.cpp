// The table of special networks, at both ends of each.
#include "http/special_networks.hpp"

#include <arpa/inet.h>

#include <string>

#include "adapters/curl/reach.hpp"
#include "tests/support/catch.hpp"

namespace st = stocktracker;

namespace {

bool is_special(const char* text) {
  unsigned char bytes[16];
  if (::inet_pton(AF_INET, text, bytes) == 1) return st::http::special_network_of(std::span(bytes).first(4)) != nullptr;
  if (::inet_pton(AF_INET6, text, bytes) != 1) throw std::runtime_error(std::string("no address: ") + text);
  return st::http::special_network_of(bytes) != nullptr;
}

}  // namespace

TEST_CASE("each special network is refused at both of its ends, and the addresses beside it are public") {
  struct Case {
    const char* first;
    const char* last;
    const char* before;  // null: special, too
    const char* after;
  };
  for (const Case& one :
       {Case{"0.0.0.0", "0.255.255.255", nullptr, "1.0.0.0"},
        Case{"10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0"},
        Case{"100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0"},
        Case{"127.0.0.0", "127.255.255.255", "126.255.255.255", "128.0.0.0"},
        Case{"168.63.129.16", "168.63.129.16", "168.63.129.15", "168.63.129.17"},
        Case{"169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0"},
        Case{"172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0"},
        Case{"192.0.0.0", "192.0.0.255", "191.255.255.255", "192.0.1.0"},
        Case{"192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0"},
        Case{"192.88.99.0", "192.88.99.255", "192.88.98.255", "192.88.100.0"},
        Case{"192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0"},
        Case{"198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0"},
        Case{"198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0"},
        Case{"203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0"},
        Case{"224.0.0.0", "255.255.255.255", "223.255.255.255", nullptr},
        Case{"2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2000:ffff::1", "2001:200::"},
        Case{"2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db7:ffff::1", "2001:db9::"},
        Case{"3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3ffe::1", "3fff:1000::"},
        Case{"fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", nullptr, nullptr},
        Case{"fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", nullptr, nullptr},
        Case{"fec0::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", nullptr, nullptr},
        Case{"::", "::1", nullptr, nullptr},
        Case{"64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", nullptr, nullptr},
        Case{"100::", "100::ffff:ffff:ffff:ffff", nullptr, nullptr},
        Case{"5f00::", "5f00:ffff::1", nullptr, nullptr},
        Case{"4000::", "4000::1", "3fff:ffff::1", nullptr}}) {
    INFO(one.first);
    CHECK(is_special(one.first));
    CHECK(is_special(one.last));
    if (one.before != nullptr) CHECK_FALSE(is_special(one.before));
    if (one.after != nullptr) CHECK_FALSE(is_special(one.after));
  }
}

TEST_CASE("an address of version 6 that embeds one of version 4 is checked as that one") {
  for (const char* prefix : {"::ffff:", "64:ff9b::"}) {
    CHECK(is_special((prefix + std::string("127.0.0.1")).c_str()));
    CHECK(is_special((prefix + std::string("169.254.169.254")).c_str()));
    CHECK(is_special((prefix + std::string("10.1.2.3")).c_str()));
    CHECK_FALSE(is_special((prefix + std::string("77.88.8.8")).c_str()));
  }
  CHECK(is_special("2002:7f00:1::"));          // 6to4 of 127.0.0.1
  CHECK(is_special("2002:a9fe:a9fe::1"));      // of 169.254.169.254
  CHECK_FALSE(is_special("2002:4d58:808::"));  // of 77.88.8.8
  CHECK(is_special("::77.88.8.8"));            // the withdrawn form
}

TEST_CASE("metadata services of clouds are not of the public Internet, resolvers of the public are") {
  for (const char* address :
       {"169.254.169.254", "100.100.100.200", "168.63.129.16", "fd00:ec2::254", "169.254.170.2"}) {
    CHECK(is_special(address));
  }
  for (const char* address : {"8.8.8.8", "77.88.8.8", "2a02:6b8::feed:ff", "2606:4700:4700::1111"}) {
    CHECK_FALSE(is_special(address));
  }
}

TEST_CASE("bytes that are no address are not public") {
  const unsigned char bytes[5] = {8, 8, 8, 8, 8};
  CHECK(st::http::special_network_of(bytes) != nullptr);
  CHECK(st::http::special_network_of({}) != nullptr);
  CHECK_FALSE(st::curl::is_public("not an address"));
  CHECK_FALSE(st::curl::is_public(""));
  CHECK(st::curl::is_public("77.88.8.8"));
  const sockaddr local{AF_UNIX, {}};
  CHECK_FALSE(st::curl::is_public(&local));
}

TEST_CASE("a URL for a proxy that says a special address in any notation is refused, a name is not") {
  for (const char* host : {"127.0.0.1",
                           "127.1",
                           "2130706433",
                           "0x7f000001",
                           "0x7f.1",
                           "0177.0.0.1",
                           "017700000001",
                           "0",
                           "[::1]",
                           "[::]",
                           "[::ffff:127.0.0.1]",
                           "[::ffff:7f00:1]",
                           "127.0.0.1.",
                           "%31%32%37.0.0.1",
                           "169.254.169.254",
                           "[fd00:ec2::254]",
                           "localhost",
                           "LocalHost",
                           "localhost.",
                           "x.localhost",
                           "10.0.0.1",
                           "[fe80::1]",
                           "[fe80::1%25eth0]",
                           "%6cocalhost"}) {
    INFO(host);
    const auto checked = st::curl::check_literal_host("https://" + std::string(host) + ":8443/path");
    REQUIRE_FALSE(checked);
    CHECK(checked.error().errc() == st::Errc::address_refused);
    CHECK_FALSE(checked.error().retryable());
  }
  for (const char* host : {"api.example.com", "77.88.8.8", "[2a02:6b8::feed:ff]", "127.0.0.1.example.com", "1.1.1"}) {
    INFO(host);
    CHECK(st::curl::check_literal_host("https://" + std::string(host) + "/"));
  }
}
