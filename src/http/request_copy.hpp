/// @file
/// A request for a transport that changes it on its way.
#pragma once

#include <stocktracker/ports/http_transport.hpp>

namespace stocktracker::inline v0 {

/// With its secrets, which cannot be copied otherwise.
[[nodiscard]] HttpRequest copy_of(const HttpRequest& request);

}  // namespace stocktracker::inline v0
