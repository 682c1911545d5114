#include "adapters/curl/url.hpp"

#include <algorithm>
#include <string>

namespace stocktracker::inline v0::curl {
namespace {

Error refused(std::string_view what) { return Error(Errc::invalid_argument, std::string(what)).about("url"); }

}  // namespace

bool is_this_machine(std::string_view host) noexcept {
  if (host == "localhost" || host == "::1") return true;
  // 127.0.0.0/8 in full, so that "127.evil.example" is none of it.
  if (!host.starts_with("127.")) return false;
  return std::count(host.begin(), host.end(), '.') == 3 && host.back() != '.' &&
         std::all_of(host.begin(), host.end(), [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

Result<Target> target_of(std::string_view url) {
  for (const char c : url) {
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f || c == '\\') return refused("a URL holds no blanks");
  }
  Target target;
  if (url.starts_with("https://")) {
    url.remove_prefix(8);
  } else if (url.starts_with("http://")) {
    url.remove_prefix(7);
    target.plain = true;
  } else {
    return refused("a URL begins with https://");
  }
  const std::string_view authority = url.substr(0, url.find_first_of("/?#"));
  if (authority.find('@') != std::string_view::npos) return refused("a URL holds no user and no password");
  target.authority = authority;
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) return refused("the host of the URL is malformed");
    target.host = authority.substr(1, end - 1);
  } else {
    target.host = authority.substr(0, authority.find(':'));
  }
  if (target.host.empty()) return refused("the URL names no host");
  if (target.plain && !is_this_machine(target.host)) {
    return refused("plain http is for this machine alone, not for " + std::string(target.host));
  }
  return target;
}

std::string host_key(const Target& target) {
  std::string key = target.plain ? "http://" : "";
  for (const char c : target.authority) key.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
  return key;
}

}  // namespace stocktracker::inline v0::curl
