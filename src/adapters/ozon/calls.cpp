#include "adapters/ozon/calls.hpp"

#include "adapters/ozon/error_map.hpp"

namespace stocktracker::inline v0::ozon {

Calls::Calls(Options options, ConnectorPorts ports)
    : VendorCalls(std::move(ports), errors()), options_(std::move(options)) {}

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

Result<bool> NextPage::ends(std::string_view at, std::string_view operation) const {
  if (has_next == false) return true;
  const bool nowhere = rows == 0 || cursor.empty();
  if (nowhere && !has_next) return true;
  if (nowhere || cursor == at) {
    return Error(Errc::vendor_schema, "the list goes on, and its next page is not told")
        .during(operation)
        .about("cursor")
        .may_retry();
  }
  return false;
}

}  // namespace stocktracker::inline v0::ozon
