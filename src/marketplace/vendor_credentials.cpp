// Reads the base URL in credentials, and keeps parts of earlier credentials.
#include "marketplace/vendor_credentials.hpp"

#include <algorithm>

#include "http/address.hpp"

namespace stocktracker::inline v0 {

std::optional<std::string> base_url_of(const Credentials& credentials) {
  const Secret* part = credentials.find(kBaseUrlPart);
  if (part == nullptr) return std::nullopt;
  std::string url(part->reveal());
  while (url.ends_with('/')) url.pop_back();
  return url;
}

std::vector<std::string> api_hosts(std::span<const std::string_view> vendor,
                                   std::initializer_list<std::string_view> bases) {
  std::vector<std::string> hosts(vendor.begin(), vendor.end());
  for (const std::string_view base : bases) {
    const auto usual = [base](std::string_view host) { return base == "https://" + std::string(host); };
    if (std::none_of(vendor.begin(), vendor.end(), usual)) hosts.emplace_back(base);
  }
  return hosts;
}

Credentials keep_parts_if(Credentials held, Credentials fresh, FunctionRef<bool(const CredentialPart&)> stays) {
  for (CredentialPart& part : held.parts) {
    if (fresh.find(part.name) == nullptr && stays(part)) fresh.parts.push_back(std::move(part));
  }
  return fresh;
}

Credentials keep_parts(Credentials held, Credentials fresh, std::initializer_list<std::string_view> names) {
  return keep_parts_if(std::move(held), std::move(fresh), [&](const CredentialPart& part) {
    return std::find(names.begin(), names.end(), part.name) != names.end();
  });
}

Result<const Secret*> header_part(const Credentials& credentials, std::string_view name, std::string_view called,
                                  std::size_t longest) {
  const Secret* part = credentials.find(name);
  if (part == nullptr || part->reveal().empty()) {
    return Error(Errc::credentials_missing, "the credentials have no " + std::string(called)).about(name);
  }
  const std::string_view text = part->reveal();
  if (text.size() > longest || !std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; })) {
    return Error(Errc::invalid_argument,
                 "the " + std::string(called) + " is too long or holds characters that none has")
        .about(name);
  }
  return part;
}

bool is_api_address(std::string_view url) noexcept {
  const auto address = parse_address(url);
  if (!address || !is_plain_path(address.value().rest)) return false;
  return !address.value().plain || is_this_machine(address.value().host);
}

}  // namespace stocktracker::inline v0
