// Decides which addresses are public.
#include "adapters/curl/reach.hpp"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netdb.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>

#include "http/special_networks.hpp"

namespace stocktracker::inline v0::curl {
namespace {

template <class Address>
bool is_public_address(const Address& address) noexcept {
  unsigned char bytes[sizeof address];
  std::memcpy(bytes, &address, sizeof address);
  return http::special_network_of(bytes) == nullptr;
}

/// The host as libcurl reads it: percent-encoding decoded, numbers in one notation, no brackets, no dot at the end.
std::string host_of(const std::string& url) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(curl_url(), &curl_url_cleanup);
  char* part = nullptr;
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK ||
      curl_url_get(parsed.get(), CURLUPART_HOST, &part, 0) != CURLUE_OK) {
    return {};
  }
  std::string host(part);
  curl_free(part);
  while (host.ends_with('.')) host.pop_back();
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  std::ranges::transform(host, host.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return host;
}

}  // namespace

bool is_public(const sockaddr* address) noexcept {
  if (address->sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, address, sizeof v4);
    return is_public_address(v4.sin_addr);
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, address, sizeof v6);
    return is_public_address(v6.sin6_addr);
  }
  return false;
}

bool is_public(const char* address) noexcept {
  in_addr v4;
  if (::inet_pton(AF_INET, address, &v4) == 1) return is_public_address(v4);
  in6_addr v6;
  return ::inet_pton(AF_INET6, address, &v6) == 1 && is_public_address(v6);
}

Result<void> check_literal_host(const std::string& url) {
  const std::string host = host_of(url);
  if (host.empty()) return Error(Errc::invalid_argument, "the host of the URL is malformed").about("url");
  if (host == "localhost" || host.ends_with(".localhost")) return address_refused(host);
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST;  // no name is resolved
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return success();
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> literal(found, &::freeaddrinfo);
  if (!is_public(literal->ai_addr)) return address_refused(host);
  return success();
}

Error address_refused(std::string_view host) {
  return Error(Errc::address_refused,
               "the host \"" + std::string(host) +
                   "\" leads to a private or special network; this request may go to the public Internet only")
      .about("url");
}

}  // namespace stocktracker::inline v0::curl
