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

Calls::Calls(Options options, ConnectorPorts ports)
    : VendorCalls(std::move(ports), errors()), options_(std::move(options)) {}

}  // namespace stocktracker::inline v0::wildberries
