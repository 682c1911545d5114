/// @file
/// Wildberries' answers as errors of the library, translated here and nowhere else.
#pragma once

#include <stocktracker/core/result.hpp>
#include <stocktracker/ports/http_transport.hpp>

namespace stocktracker::inline v0::wildberries {

/// Success for 200 and 204; otherwise the status' code with the vendor's own words (cut), its request id, and how long
/// it asks to wait. `now` turns a date of Retry-After into a wait.
[[nodiscard]] Result<void> judge(const HttpRequest& request, const HttpResponse& response, Instant now);

}  // namespace stocktracker::inline v0::wildberries
