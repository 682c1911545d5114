/// Translates failures of libcurl.
#pragma once

#include <curl/curl.h>

#include <stocktracker/core/error.hpp>

namespace stocktracker::inline v0::curl {

/// How far a transfer had come when it failed.
struct Reached {
  bool sent = false;      ///< at least a part of the request left
  bool answered = false;  ///< a status line came back
};

[[nodiscard]] Error error_of(CURLcode code, Reached reached, const char* detail);

}  // namespace stocktracker::inline v0::curl
