/// @file
/// The parts of a URL that say where a request goes: the one parser of them.
#pragma once

#include <string_view>

#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0 {

/// Views point into the URL.
struct Address {
  std::string_view host{};  ///< without port and brackets, as written
  std::string_view rest{};  ///< from the path on: empty, or begins with one of / ? #
  int port = 443;           ///< the scheme's where none is written
  bool plain = false;       ///< http
};

/// Stricter than RFC 3986, so that no two readers disagree about the host: the scheme is http or https in lower case;
/// the host is a name of letters, digits, '-' and '_' between single dots, or an IPv6 address in brackets; no user, no
/// password, no blank, no backslash. The error never shows the URL: it may hold what is secret.
[[nodiscard]] Result<Address> parse_address(std::string_view url);

/// The loopback addresses in their usual form, and "localhost".
[[nodiscard]] bool is_this_machine(std::string_view host) noexcept;

/// Letter case of host names does not matter.
[[nodiscard]] bool same_host(std::string_view one, std::string_view other) noexcept;

/// Whether the path below which an API's methods stand is plain: unreserved characters between single slashes, without
/// segments "." and "..", query and fragment. Empty is.
[[nodiscard]] bool is_plain_path(std::string_view path) noexcept;

}  // namespace stocktracker::inline v0
