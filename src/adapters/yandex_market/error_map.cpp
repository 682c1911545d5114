#include "adapters/yandex_market/error_map.hpp"

#include <stocktracker/http/rate_headers.hpp>

#include "json/document.hpp"
#include "marketplace/vendor_calls.hpp"

namespace stocktracker::inline v0::yandex_market {
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
    case 405:
    case 410:
      return {Errc::vendor_method_gone, false};
    case 420:
    case 429:
      return {Errc::vendor_throttled, true};
    case 423:  // locked while the cabinet is being moved
    case 499:  // their gateway gave up
      return {Errc::vendor_unavailable, true};
    default:
      break;
  }
  if (status >= 500) return {Errc::vendor_unavailable, true};
  if (status >= 400) return {Errc::vendor_rejected, false};
  return {Errc::vendor_schema, false};
}

}  // namespace

Result<void> judge(const HttpRequest& request, const HttpResponse& response, Instant now) {
  if (response.status == 200) return success();
  const Verdict verdict = verdict_of(response.status);
  ErrorDetails details;
  details.vendor = "yandex_market";
  details.operation = request.operation;
  details.http_status = response.status;
  details.retryable = verdict.retryable;
  if (response.attempts > 1) details.attempts = response.attempts;
  if (response.status >= 400) {
    if (const auto document = json::Document::parse(response.body)) {
      std::string message;
      (void)document.value().root()["errors"].each([&](json::Value one) -> Result<void> {
        if (details.vendor_code.empty()) details.vendor_code = shown(one["code"].text().value_or(""));
        const auto text = one["message"].text();
        if (text && !text->empty()) message.append(message.empty() ? "" : "; ").append(*text);
        return success();
      });
      details.message = shown(message);
    } else {
      details.message = shown(response.body);
    }
  }
  details.vendor_request_id = shown(response.header("X-Market-Req-Id").value_or(""));
  if (verdict.code == Errc::vendor_throttled || verdict.code == Errc::vendor_unavailable) {
    details.retry_after = rate_headers(response, now).wait();
  }
  return Error(verdict.code, std::move(details));
}

}  // namespace stocktracker::inline v0::yandex_market
