// Reads the headers in which vendors report limits.
#include <stocktracker/http/rate_headers.hpp>

#include <charconv>

#include <stocktracker/core/time_text.hpp>

namespace stocktracker::inline v0 {
namespace {

constexpr std::int64_t kMostRequests = 1'000'000'000;

std::optional<std::int64_t> number_of(std::optional<std::string_view> header, std::int64_t most) {
  const std::string_view text = header.value_or("");
  if (text.empty() || text.front() == '-') return std::nullopt;
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || number > most) return std::nullopt;
  return number;
}

std::optional<Duration> seconds_of(std::optional<std::string_view> text) {
  constexpr auto kLongest = std::chrono::duration_cast<std::chrono::seconds>(RateHeaders::kMostStatedWait);
  if (const auto seconds = number_of(text, kLongest.count())) return std::chrono::seconds(*seconds);
  return std::nullopt;
}

/// Time until a date in the answer, measured from the answer's own Date if it has one.
std::optional<Duration> until(const HttpResponse& response, std::string_view text, Instant now) {
  const auto date = parse_http_date(text);
  if (!date) return std::nullopt;
  Instant from = now;
  if (const auto server_date = response.header("Date")) {
    if (const auto theirs = parse_http_date(*server_date)) from = theirs.value();
  }
  const Duration wait = date.value() - from;
  if (wait <= Duration::zero() || wait > RateHeaders::kMostStatedWait) return std::nullopt;
  return wait;
}

std::optional<Duration> retry_after_of(const HttpResponse& response, Instant now) {
  const auto text = response.header("Retry-After");
  if (!text) return std::nullopt;
  if (const auto wait = seconds_of(text)) return wait;
  return until(response, *text, now);
}

}  // namespace

RateHeaders rate_headers(const HttpResponse& response, Instant now) {
  RateHeaders headers;
  headers.remaining = number_of(response.header("X-Ratelimit-Remaining"), kMostRequests);
  headers.limit = number_of(response.header("X-Ratelimit-Limit"), kMostRequests);
  headers.retry = seconds_of(response.header("X-Ratelimit-Retry"));
  headers.reset = seconds_of(response.header("X-Ratelimit-Reset"));
  headers.retry_after = retry_after_of(response, now);
  // Sent with every answer; it is a wait only if the answer says that nothing remains.
  const auto period_ends = response.header("X-RateLimit-Resource-Until");
  if (period_ends && !headers.retry && response.status == 420) headers.retry = until(response, *period_ends, now);
  return headers;
}

}  // namespace stocktracker::inline v0
