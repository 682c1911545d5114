// Sends a request to one of the API's hosts, and finds a refusal in an answer.
#include "adapters/wildberries/calls.hpp"

#include "adapters/wildberries/error_map.hpp"

namespace stocktracker::inline v0::wildberries {

Calls::Calls(Options options, ConnectorPorts ports)
    : VendorCalls(std::move(ports), errors()), options_(std::move(options)) {}

Result<HttpResponse> Calls::ask(const Method& method, const CallContext& context, std::string_view rest,
                                std::string body) const {
  std::string url = options_.hosts.*method.host;
  url.append(method.path).append(rest);
  return send(
      vendor_request(method.verb, std::move(url), method.operation, errors().vendor, method.category, std::move(body)),
      context);
}

Result<void> check_refusal(const json::Value& root) {
  if (!root["error"].boolean().value_or(false)) return success();
  std::string words = shown(root["errorText"].text().value_or(""));
  return Error(Errc::vendor_rejected,
               words.empty() ? "the marketplace refused the request and gave no reason" : std::move(words));
}

}  // namespace stocktracker::inline v0::wildberries
