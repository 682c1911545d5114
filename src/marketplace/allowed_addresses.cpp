// Decides which base URLs an account may have.
#include "marketplace/allowed_addresses.hpp"

#include <algorithm>
#include <optional>

#include "http/address.hpp"
#include "marketplace/vendor_credentials.hpp"

namespace stocktracker::inline v0 {
namespace {

std::string_view path_of(const Address& address) noexcept {
  return address.rest.substr(0, address.rest.find_first_of("?#"));
}

/// True if a server could read another path than the one that the text begins with.
bool has_detours(std::string_view path) noexcept {
  for (const std::string_view detour : {"/./", "/../", "//", "%2e", "%2E", "%2f", "%2F", "%5c", "%5C"}) {
    if (path.find(detour) != std::string_view::npos) return true;
  }
  return path.ends_with("/.") || path.ends_with("/..");
}

bool is_below(const Address& address, std::string_view base_url) {
  const auto base = parse_address(base_url);
  if (!base || base.value().plain != address.plain || base.value().port != address.port ||
      !same_host(base.value().host, address.host)) {
    return false;
  }
  std::string_view prefix = path_of(base.value());
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  if (prefix.empty()) return true;
  const std::string_view path = path_of(address);
  if (!path.starts_with(prefix) || has_detours(path)) return false;
  return path.size() == prefix.size() || path[prefix.size()] == '/';
}

bool is_host(std::string_view host, std::string_view pattern) noexcept {
  if (!pattern.starts_with("*.")) return same_host(host, pattern);
  pattern.remove_prefix(1);
  return host.size() > pattern.size() && same_host(host.substr(host.size() - pattern.size()), pattern);
}

std::string origin_of(const Address& address) {
  std::string text(address.plain ? "http://" : "https://");
  const bool brackets = address.host.find(':') != std::string_view::npos;
  text.append(brackets ? "[" : "").append(address.host).append(brackets ? "]" : "");
  if (address.port != (address.plain ? 80 : 443)) text += ":" + std::to_string(address.port);
  return text;
}

Error refused(const std::string& what) {
  return Error(Errc::address_refused,
               what +
                   "; nothing was sent; connect the account without base_url, or let the operator allow the "
                   "address (--allow-base-url, OpenOptions::allowed_base_urls)")
      .about(kBaseUrlPart);
}

}  // namespace

Result<Reach> AllowedAddresses::reach_of(std::string_view url, std::span<const std::string> hosts) const {
  const auto parsed = parse_address(url);
  if (!parsed) return refused("the address of the account cannot be used: " + parsed.error().message());
  const Address& address = parsed.value();
  const auto below = [&](const std::string& base) { return is_below(address, base); };
  if (std::any_of(bases_.begin(), bases_.end(), below)) return Reach::anywhere;
  const auto own = [&](const std::string& host) { return host.find("://") != std::string::npos && below(host); };
  if (std::any_of(hosts.begin(), hosts.end(), own)) return Reach::anywhere;
  if (this_machine_ && is_this_machine(address.host)) return Reach::anywhere;
  const auto named = [&](const std::string& host) { return is_host(address.host, host); };
  if (!address.plain && address.port == 443 && std::any_of(hosts.begin(), hosts.end(), named)) {
    return Reach::public_internet;
  }
  return refused(origin_of(address) + " is not an address of this marketplace's API");
}

Result<void> AllowedAddresses::check(const Credentials& credentials, std::span<const std::string> hosts) const {
  const auto url = base_url_of(credentials);
  if (hosts.empty() || !url) return success();
  STK_TRY([[maybe_unused]] const Reach reach, reach_of(*url, hosts));
  if (is_api_address(*url)) return success();
  return refused("the base_url of the account holds more than scheme, host, port and a plain path");
}

}  // namespace stocktracker::inline v0
