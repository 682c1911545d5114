// Parses hosts and ports, and refuses what a URL must not contain.
#include "adapters/curl/url.hpp"

#include <string>

namespace stocktracker::inline v0::curl {

Result<Target> target_of(std::string_view url) {
  STK_TRY(const auto address, parse_address(url));
  if (address.plain && !is_this_machine(address.host)) {
    return Error(Errc::invalid_argument, "plain http is for this machine alone, not for " + std::string(address.host))
        .about("url");
  }
  return Target{address.host, address.port, address.plain};
}

std::string host_key(const Target& target) {
  std::string key = target.plain ? "http://" : "";
  for (const char c : target.host) key.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
  return key + ":" + std::to_string(target.port);
}

}  // namespace stocktracker::inline v0::curl
