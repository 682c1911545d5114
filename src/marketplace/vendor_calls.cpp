// Sends requests to a vendor, and checks the answers.
#include "marketplace/vendor_calls.hpp"

#include <algorithm>

namespace stocktracker::inline v0 {

HttpRequest vendor_request(HttpMethod method, std::string url, std::string_view operation, std::string_view vendor,
                           std::string_view category, std::string body) {
  HttpRequest request;
  request.method = method;
  request.url = std::move(url);
  request.headers.push_back({"Accept", "application/json"});
  if (!body.empty()) request.headers.push_back({"Content-Type", "application/json"});
  request.body = std::move(body);
  request.operation = operation;
  request.quota.vendor = vendor;
  request.quota.category = category;
  return request;
}

ConnectorPorts authorized(std::shared_ptr<Authorizer> authorizer, ConnectorPorts ports) {
  ports.transport = with_auth(std::move(authorizer), std::move(ports.transport), ports.clock);
  return ports;
}

namespace {

constexpr auto kMostAhead = std::chrono::hours(24 * 7);

}  // namespace

Result<HttpResponse> VendorCalls::send(const HttpRequest& request, const CallContext& context) const {
  if (auto may = context.check(ports_.clock->now()); !may) {
    return std::move(may).error().during(request.operation).in(context);
  }
  STK_TRY(auto response, ports_.transport->send(request, context));
  if (auto at = vendor_time(response)) {
    // A time far in the future is ignored: a period that ends there would never be read.
    at = std::min(*at, ports_.clock->now() + kMostAhead);
    std::int64_t known = reported_.load(std::memory_order_relaxed);
    while (at->micros() > known && !reported_.compare_exchange_weak(known, at->micros(), std::memory_order_relaxed)) {
    }
  }
  STK_TRY(check_response(errors_, request, response, ports_.clock->now()));
  return response;
}

std::optional<Instant> VendorCalls::reported_time() const noexcept {
  const std::int64_t at = reported_.load(std::memory_order_relaxed);
  return at == INT64_MIN ? std::nullopt : std::optional(Instant::from_micros(at));
}

Result<std::string> VendorCalls::recall(std::string_view name, const CallContext& context) const {
  if (!ports_.memory) return std::string();
  return ports_.memory->get(name, context);
}

Result<void> VendorCalls::remember(std::string_view name, std::string_view value, const CallContext& context) const {
  if (!ports_.memory) return success();
  return ports_.memory->set(name, value, context);
}

Result<void> VendorCalls::remember_place(std::string_view name, std::string_view value,
                                         const CallContext& context) const {
  if (!ports_.memory) return success();
  return ports_.memory->set_on_commit(name, value, context);
}

}  // namespace stocktracker::inline v0
