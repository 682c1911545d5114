#include "adapters/ozon/calls.hpp"

#include "adapters/ozon/error_map.hpp"

namespace stocktracker::inline v0::ozon {

Calls::Calls(Options options, ConnectorPorts ports)
    : VendorCalls(std::move(ports), judge), options_(std::move(options)) {}

Result<HttpResponse> Calls::post(std::string_view path, std::string_view operation, std::string body,
                                 const CallContext& context) const {
  HttpRequest request;
  request.method = HttpMethod::post;
  request.url = options_.host + std::string(path);
  request.headers.push_back({"Accept", "application/json"});
  if (!body.empty()) request.headers.push_back({"Content-Type", "application/json"});
  request.body = std::move(body);
  request.operation = operation;
  request.quota.vendor = "ozon";
  request.quota.category = "seller";
  return send(request, context);
}

}  // namespace stocktracker::inline v0::ozon
