/// @file
/// Yandex Market's answers as errors of the library, translated here and nowhere else.
#pragma once

#include <stocktracker/core/result.hpp>
#include <stocktracker/ports/http_transport.hpp>

namespace stocktracker::inline v0::yandex_market {

/// Success for 200; otherwise the status' code with the vendor's own words. 420 is the Market's 429; how long to wait
/// is told by a date.
[[nodiscard]] Result<void> judge(const HttpRequest& request, const HttpResponse& response, Instant now);

}  // namespace stocktracker::inline v0::yandex_market
