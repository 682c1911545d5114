/// Decides which URLs may be requested.
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

/// https to any host, http only to this machine; no user part. The error shows scheme and host, never the rest.
[[nodiscard]] Result<Target> target_of(std::string_view url);

/// Name and port in lower case; for plain http with the scheme in front. Requests with the same key may share
/// connections.
[[nodiscard]] std::string host_key(const Target& target);

}  // namespace stocktracker::inline v0::curl
