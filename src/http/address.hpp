/// The only parser of the parts of a URL that decide where a request goes.
#pragma once

#include <string_view>

#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0 {

/// Views point into the URL.
struct Address {
  std::string_view host{};  ///< without port and brackets, as written
  std::string_view rest{};  ///< from the path on: empty, or begins with /, ? or #
  int port = 443;           ///< the scheme's default if the URL has none
  bool plain = false;       ///< http
};

/// Stricter than RFC 3986, so that no two parsers disagree about the host: the scheme is http or https in lower case;
/// the host is a name of letters, digits, '-' and '_' between single dots, or an IPv6 address in brackets; no user, no
/// password, no blank, no backslash. The error never shows the URL, because it may contain a secret.
[[nodiscard]] Result<Address> parse_address(std::string_view url);

/// True for loopback addresses in their usual form, and "localhost".
[[nodiscard]] bool is_this_machine(std::string_view host) noexcept;

/// Compares host names; letter case is ignored.
[[nodiscard]] bool same_host(std::string_view one, std::string_view other) noexcept;

/// True if a base path of an API is plain: unreserved characters between single slashes, without the segments "." and
/// "..", query and fragment. An empty path is plain.
[[nodiscard]] bool is_plain_path(std::string_view path) noexcept;

}  // namespace stocktracker::inline v0
