/// A copy of a request, secrets included: requests themselves are only moved.
#pragma once

#include <stocktracker/ports/http_transport.hpp>

namespace stocktracker::inline v0 {

[[nodiscard]] HttpRequest copy_of(const HttpRequest& request);

}  // namespace stocktracker::inline v0
