#include "adapters/ozon/error_map.hpp"

#include <charconv>

#include <stocktracker/http/rate_headers.hpp>

#include "json/lenient.hpp"
#include "marketplace/vendor_calls.hpp"

namespace stocktracker::inline v0::ozon {
namespace {

struct Verdict {
  Errc code;
  bool retryable;
};

Verdict verdict_of(int status) noexcept {
  switch (status) {
    case 401:
      return {Errc::vendor_unauthorized, false};
    case 403:
      return {Errc::vendor_forbidden, false};
    case 404:
    case 410:
      return {Errc::vendor_method_gone, false};
    case 429:
      return {Errc::vendor_throttled, true};
    default:
      break;
  }
  if (status >= 500) return {Errc::vendor_unavailable, true};
  if (status >= 400) return {Errc::vendor_rejected, false};
  return {Errc::vendor_schema, false};
}

std::optional<Duration> wait_in(std::string_view message) {
  constexpr std::string_view kBefore = "Retry after ";
  constexpr std::int64_t kLongest = 864'000;
  const std::size_t at = message.find(kBefore);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = message.substr(at + kBefore.size());
  std::int64_t seconds = 0;
  const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), seconds);
  const std::string_view unit = rest.substr(static_cast<std::size_t>(parsed.ptr - rest.data()));
  if (parsed.ec != std::errc() || seconds <= 0 || seconds > kLongest || !unit.starts_with(" second")) {
    return std::nullopt;
  }
  return std::chrono::seconds(seconds);
}

}  // namespace

Result<void> judge(const HttpRequest& request, const HttpResponse& response, Instant now) {
  if (response.status == 200) return success();
  const Verdict verdict = verdict_of(response.status);
  ErrorDetails details;
  details.vendor = "ozon";
  details.operation = request.operation;
  details.http_status = response.status;
  details.retryable = verdict.retryable;
  if (response.attempts > 1) details.attempts = response.attempts;
  if (response.status >= 400) {
    if (const auto document = json::Document::parse(response.body)) {
      const json::Value root = document.value().root();
      details.message = shown(root["message"].text().value_or(""));
      // A number like those of gRPC in some methods, a word in others.
      details.vendor_code = shown(json::identity(root["code"]).value_or(""));
    } else {
      details.message = shown(response.body);
    }
  }
  details.vendor_request_id = shown(response.header("X-O3-Trace-Id").value_or(""));
  if (verdict.code == Errc::vendor_throttled || verdict.code == Errc::vendor_unavailable) {
    details.retry_after = rate_headers(response, now).wait();
    if (!details.retry_after) details.retry_after = wait_in(details.message);
  }
  return Error(verdict.code, std::move(details));
}

}  // namespace stocktracker::inline v0::ozon
