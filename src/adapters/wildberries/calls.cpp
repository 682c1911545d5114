#include "adapters/wildberries/calls.hpp"

#include "adapters/wildberries/error_map.hpp"

namespace stocktracker::inline v0::wildberries {

HttpRequest request_for(HttpMethod method, std::string url, std::string_view operation, std::string_view category) {
  HttpRequest request;
  request.method = method;
  request.url = std::move(url);
  request.headers.push_back({"Accept", "application/json"});
  if (method == HttpMethod::post) request.headers.push_back({"Content-Type", "application/json"});
  request.operation = operation;
  request.quota.vendor = "wildberries";
  request.quota.category = category;
  return request;
}

Result<HttpResponse> Calls::send(const HttpRequest& request, const CallContext& context) const {
  if (auto may = context.check(ports_.clock->now()); !may) {
    return std::move(may).error().during(request.operation).in(context);
  }
  STK_TRY(auto response, ports_.transport->send(request, context));
  STK_TRY(judge(request, response, ports_.clock->now()));
  return response;
}

Result<std::string> Calls::recall(std::string_view name, const CallContext& context) const {
  if (!ports_.memory) return std::string();
  return ports_.memory->get(name, context);
}

Result<void> Calls::remember(std::string_view name, std::string_view value, const CallContext& context) const {
  if (!ports_.memory) return success();
  return ports_.memory->set(name, value, context);
}

}  // namespace stocktracker::inline v0::wildberries
