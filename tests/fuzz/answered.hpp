// An answer of a marketplace made of any bytes: status, every header that the library reads, body.
#pragma once

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

#include <stocktracker/http/rate_headers.hpp>

#include "marketplace/vendor_answers.hpp"

namespace answered {

namespace st = stocktracker;

inline constexpr std::array kHeaders{"Retry-After",
                                     "Date",
                                     "X-Ratelimit-Retry",
                                     "X-Ratelimit-Limit",
                                     "X-Ratelimit-Remaining",
                                     "X-Ratelimit-Reset",
                                     "X-RateLimit-Resource-Until",
                                     "X-Request-Id",
                                     "X-O3-Trace-Id",
                                     "X-Market-Req-Id",
                                     "Content-Type"};
inline constexpr std::array kStatuses{200, 204, 301, 400, 401, 402, 403, 404, 405,
                                      409, 410, 413, 420, 423, 429, 499, 500, 503};

/// Lines before an empty one are values of the headers, one after another, and what follows is the body; a text without
/// an empty line is the value of each header and the body. All bytes together choose the status.
inline st::HttpResponse answer_of(std::string_view text) {
  std::size_t sum = text.size();
  for (const char c : text) sum = sum * 31 + static_cast<unsigned char>(c);
  st::HttpResponse response;
  response.status = kStatuses[sum % kStatuses.size()];
  const std::size_t empty = text.find("\n\n");
  if (empty == std::string_view::npos) {
    for (const char* name : kHeaders) response.headers.push_back({name, std::string(text)});
    response.body = text;
    return response;
  }
  response.body = text.substr(empty + 2);
  std::string_view lines = text.substr(0, empty);
  for (const char* name : kHeaders) {
    const std::size_t end = lines.find('\n');
    response.headers.push_back({name, std::string(lines.substr(0, end))});
    if (end == std::string_view::npos) break;
    lines.remove_prefix(end + 1);
  }
  return response;
}

/// Every error says why, and a wait is one: neither in the past nor longer than ten days.
inline void check(const st::VendorErrors& vendor, const st::HttpResponse& response) {
  const st::Instant now = st::Instant::from_seconds(1'795'300'000);
  const auto judged = st::check_response(vendor, {}, response, now);
  (void)st::vendor_time(response);
  if (judged) return;
  const auto& details = judged.error().details();
  if (judged.error().message().empty()) std::abort();
  if (details.http_status != response.status) std::abort();
  if (details.retry_after && (details.retry_after->count() < 0 || *details.retry_after > std::chrono::hours(240)))
    std::abort();
  // What speaks of the credentials is never a reason to try again.
  const bool final = response.status >= 400 && response.status < 405;
  if (final && (judged.error().retryable() || details.retry_after)) std::abort();
}

}  // namespace answered
