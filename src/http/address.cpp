// Parses URLs: host, port and the rest; classifies and compares hosts.
#include "http/address.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "core/ascii.hpp"

namespace stocktracker::inline v0 {
namespace {

Error refused(std::string_view what) { return Error(Errc::invalid_argument, std::string(what)).about("url"); }

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Names in other scripts must be in their ASCII form (xn--...).
bool is_name(std::string_view host) noexcept {
  char before = '.';
  for (const char c : host) {
    if (c == '.' ? before == '.' : !(is_letter(c) || is_digit(c) || c == '-' || c == '_')) return false;
    before = c;
  }
  return before != '.';  // not empty, and without a dot at its end
}

bool is_ipv6(std::string_view host) noexcept {
  const auto good = [](char c) {
    return is_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f') || c == ':' || c == '.';
  };
  return host.find(':') != std::string_view::npos && std::all_of(host.begin(), host.end(), good);
}

Result<int> port_of(std::string_view digits) {
  int port = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  const bool number = !digits.empty() && std::all_of(digits.begin(), digits.end(), is_digit);
  if (!number || read.ec != std::errc() || port < 1 || port > 65'535) {
    return refused("the port of the URL is not a number from 1 to 65535");
  }
  return port;
}

}  // namespace

Result<Address> parse_address(std::string_view url) {
  for (const char c : url) {
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f || c == '\\') return refused("a URL holds no blanks");
  }
  Address address;
  if (url.starts_with("https://")) {
    url.remove_prefix(8);
  } else if (url.starts_with("http://")) {
    url.remove_prefix(7);
    address.plain = true;
    address.port = 80;
  } else {
    return refused("a URL begins with https://");
  }
  const std::string_view authority = url.substr(0, url.find_first_of("/?#"));
  address.rest = url.substr(authority.size());
  if (authority.find('@') != std::string_view::npos) return refused("a URL holds no user and no password");
  const bool brackets = authority.starts_with('[');
  const std::size_t end = brackets ? authority.find(']') : authority.find(':');
  if (brackets && end == std::string_view::npos) return refused("the host of the URL is malformed");
  address.host = brackets ? authority.substr(1, end - 1) : authority.substr(0, end);
  if (address.host.empty()) return refused("the URL names no host");
  if (!(brackets ? is_ipv6(address.host) : is_name(address.host))) return refused("the host of the URL is malformed");
  const std::string_view after = end == std::string_view::npos ? std::string_view() : authority.substr(end + brackets);
  if (after.empty()) return address;
  if (after.front() != ':') return refused("the host of the URL is malformed");
  STK_TRY(address.port, port_of(after.substr(1)));
  return address;
}

bool is_this_machine(std::string_view host) noexcept {
  if (same_host(host, "localhost") || host == "::1") return true;
  // 127.0.0.0/8 only if the text is a complete address, so that "127.evil.example" is not in it.
  if (!host.starts_with("127.")) return false;
  return std::count(host.begin(), host.end(), '.') == 3 && host.back() != '.' &&
         std::all_of(host.begin(), host.end(), [](char c) { return c == '.' || is_digit(c); });
}

bool same_host(std::string_view one, std::string_view other) noexcept {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](char a, char b) { return ascii_lower(a) == ascii_lower(b); });
}

bool is_plain_path(std::string_view path) noexcept {
  if (path.empty()) return true;
  if (path.front() != '/') return false;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    if ((segment.empty() && !path.empty()) || segment == "." || segment == "..") return false;
    const auto plain = [](char c) {
      return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
    };
    if (!std::all_of(segment.begin(), segment.end(), plain)) return false;
  }
  return true;
}

}  // namespace stocktracker::inline v0
