#include "adapters/wildberries/error_map.hpp"

#include <stocktracker/http/rate_headers.hpp>

#include "json/document.hpp"
#include "marketplace/vendor_calls.hpp"

namespace stocktracker::inline v0::wildberries {
namespace {

struct Verdict {
  Errc code;
  bool retryable;
};

Verdict verdict_of(int status) noexcept {
  switch (status) {
    case 401:
      return {Errc::vendor_unauthorized, false};
    case 402:
      return {Errc::vendor_payment_required, false};
    case 403:
      return {Errc::vendor_forbidden, false};
    case 404:
    case 410:
      return {Errc::vendor_method_gone, false};
    case 413:
      return {Errc::vendor_rejected, false};
    case 429:
      return {Errc::vendor_throttled, true};
    default:
      break;
  }
  if (status >= 500) return {Errc::vendor_unavailable, true};
  if (status >= 400) return {Errc::vendor_rejected, false};
  return {Errc::vendor_schema, false};  // a redirect or an answer that no method documents
}

/// What the body says, in whichever of their forms it comes.
void read_body(const std::string& body, ErrorDetails& details) {
  const auto document = json::Document::parse(body);
  if (!document) {
    details.message = shown(body);
    return;
  }
  json::Value root = document.value().root();
  if (root.is_array()) {  // 409 of the marketplace category
    json::Value first;
    (void)root.each([&](json::Value item) -> Result<void> {
      if (!first.exists()) first = item;
      return success();
    });
    root = first;
  }
  std::string message;
  for (const char* name : {"title", "detail", "message", "errorText"}) {
    if (const auto text = root[name].text(); text && !text->empty()) {
      message.append(message.empty() ? "" : ": ").append(*text);
    }
  }
  json::Value errors = root["errors"];
  if (const auto text = errors.text()) message.append(message.empty() ? "" : ": ").append(*text);
  (void)errors.each([&](json::Value item) -> Result<void> {
    if (const auto text = item.text()) message.append(message.empty() ? "" : ": ").append(*text);
    return success();
  });
  details.message = shown(message);
  if (const auto code = root["code"].text()) details.vendor_code = shown(*code);
  if (const auto id = root["requestId"].text()) details.vendor_request_id = shown(*id);
}

}  // namespace

Result<void> judge(const HttpRequest& request, const HttpResponse& response, Instant now) {
  if (response.status == 200 || response.status == 204) return success();
  const Verdict verdict = verdict_of(response.status);
  ErrorDetails details;
  details.vendor = "wildberries";
  details.operation = request.operation;
  details.http_status = response.status;
  details.retryable = verdict.retryable;
  if (response.attempts > 1) details.attempts = response.attempts;
  if (response.status >= 400) read_body(response.body, details);
  if (details.vendor_request_id.empty())
    details.vendor_request_id = shown(response.header("X-Request-Id").value_or(""));
  if (verdict.code == Errc::vendor_throttled || verdict.code == Errc::vendor_unavailable) {
    details.retry_after = rate_headers(response, now).wait();
  }
  return Error(verdict.code, std::move(details));
}

}  // namespace stocktracker::inline v0::wildberries
