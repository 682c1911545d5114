/// @file
/// Which addresses may be asked.
#pragma once

#include <string_view>

#include <stocktracker/core/result.hpp>

#include "http/address.hpp"

namespace stocktracker::inline v0::curl {

struct Target {
  std::string_view host;  ///< without port and brackets
  bool plain = false;     ///< http, to this machine
};

/// https to anybody, http to this machine alone; no user part. The error shows scheme and host, never the rest.
[[nodiscard]] Result<Target> target_of(std::string_view url);

}  // namespace stocktracker::inline v0::curl
