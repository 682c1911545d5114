// Reads hosts and TLS modes from a URL, and decides whether the server may be on another machine.
#include "adapters/postgres/server_identity.hpp"

#include <arpa/inet.h>
#include <libpq-fe.h>

#include <cstdlib>
#include <memory>
#include <vector>

namespace stocktracker::inline v0::postgres {
namespace {

struct FreeOptions {
  void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};
using Parts = std::unique_ptr<PQconninfoOption, FreeOptions>;

Parts parse(const std::string& url) {
  char* complaint = nullptr;
  Parts parts(PQconninfoParse(url.c_str(), &complaint));
  PQfreemem(complaint);  // quotes the input, which may contain a password
  return parts;
}

std::string value_of(const Parts& parts, std::string_view keyword) {
  for (const PQconninfoOption* part = parts.get(); part != nullptr && part->keyword != nullptr; ++part) {
    if (part->keyword == keyword) return part->val == nullptr ? std::string() : part->val;
  }
  return {};
}

/// As libpq: if the URL does not say, the environment counts.
std::string value_or_environment(const Parts& parts, std::string_view keyword, const char* variable) {
  std::string value = value_of(parts, keyword);
  if (!value.empty()) return value;
  const char* const outside = std::getenv(variable);
  return outside == nullptr ? std::string() : outside;
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> items(1);
  for (const char c : list) {
    if (c == ',') {
      items.emplace_back();
    } else {
      items.back() += c;
    }
  }
  return items;
}

bool is_loopback(const std::string& address) {
  in_addr four{};
  if (::inet_pton(AF_INET, address.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24U) == 127;
  in6_addr six{};
  return ::inet_pton(AF_INET6, address.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

/// A socket's folder, an abstract socket, libpq's default (a socket), or a loopback address.
bool is_here(const std::string& host) {
  return host.empty() || host.front() == '/' || host.front() == '@' || host == "localhost" || is_loopback(host);
}

bool may_be_elsewhere(const Parts& parts) {
  // Only libpq reads service files.
  if (!value_or_environment(parts, "service", "PGSERVICE").empty()) return true;
  const auto hosts = split(value_or_environment(parts, "host", "PGHOST"));
  const auto addresses = split(value_or_environment(parts, "hostaddr", "PGHOSTADDR"));
  // If there is an address, the connection goes to it; the name beside it is only compared.
  for (std::size_t at = 0; at < std::max(hosts.size(), addresses.size()); ++at) {
    const bool by_address = at < addresses.size() && !addresses[at].empty();
    if (by_address ? !is_loopback(addresses[at]) : !is_here(at < hosts.size() ? hosts[at] : std::string())) return true;
  }
  return false;
}

}  // namespace

bool must_verify(const PostgresOptions& options) {
  return !options.allow_unverified_server && may_be_elsewhere(parse(options.url));
}

void check_url(const PostgresOptions& options, Problems& problems) {
  const Parts parts = parse(options.url);
  if (!parts) return problems.add("url", "must be a postgresql:// URL or a list of key=value");
  for (const char* keyword : {"password", "sslpassword"}) {
    if (value_of(parts, keyword).empty()) continue;
    problems.add("url", "must not contain a password; give it separately, or in a password file (PGPASSFILE)");
  }
  if (options.allow_unverified_server || !may_be_elsewhere(parts)) return;
  const std::string mode = value_of(parts, "sslmode");
  const std::string kerberos = value_of(parts, "gssencmode");
  if ((mode.empty() || mode == "verify-full") && (kerberos.empty() || kerberos == "disable")) return;
  problems.add("url",
               "must have sslmode=verify-full, and no gssencmode, for a server that is not on this machine: with less, "
               "another machine can pass for it; allow_unverified_server (--allow-unverified-server) allows it");
}

}  // namespace stocktracker::inline v0::postgres
