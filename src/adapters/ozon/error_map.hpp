/// @file
/// Ozon's answers as errors of the library, translated here and nowhere else.
#pragma once

#include <stocktracker/core/result.hpp>
#include <stocktracker/ports/http_transport.hpp>

namespace stocktracker::inline v0::ozon {

/// Success for 200; otherwise the status' code with the vendor's own words. A wait that is told in words alone ("Retry
/// after 120 seconds") is read from them.
[[nodiscard]] Result<void> judge(const HttpRequest& request, const HttpResponse& response, Instant now);

}  // namespace stocktracker::inline v0::ozon
