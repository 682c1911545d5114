/// @file
/// Which addresses may be asked.
#pragma once

#include <string>
#include <string_view>

#include <stocktracker/core/result.hpp>

#include "http/address.hpp"

namespace stocktracker::inline v0::curl {

struct Target {
  std::string_view host;  ///< without port and brackets
  int port = 443;
  bool plain = false;  ///< http, to this machine
};

/// https to anybody, http to this machine alone; no user part. The error shows scheme and host, never the rest.
[[nodiscard]] Result<Target> target_of(std::string_view url);

/// Name and port in lower case, with the scheme before plain http: what connections can be shared for.
[[nodiscard]] std::string host_key(const Target& target);

}  // namespace stocktracker::inline v0::curl
