#include "adapters/yandex_market/calls.hpp"

#include "adapters/yandex_market/error_map.hpp"

namespace stocktracker::inline v0::yandex_market {
namespace {

HttpRequest request_for(HttpMethod method, std::string url, std::string_view operation) {
  HttpRequest request;
  request.method = method;
  request.url = std::move(url);
  request.headers.push_back({"Accept", "application/json"});
  request.operation = operation;
  request.quota.vendor = "yandex_market";
  request.quota.category = "partner";
  return request;
}

}  // namespace

Calls::Calls(Options options, ConnectorPorts ports)
    : VendorCalls(std::move(ports), errors()), options_(std::move(options)) {}

Result<HttpResponse> Calls::get(std::string path, std::string_view operation, const CallContext& context) const {
  return in_turn(request_for(HttpMethod::get, options_.host + path, operation), context);
}

Result<HttpResponse> Calls::post(std::string path, std::string_view operation, std::string body,
                                 const CallContext& context) const {
  auto request = request_for(HttpMethod::post, options_.host + path, operation);
  if (!body.empty()) request.headers.push_back({"Content-Type", "application/json"});
  request.body = std::move(body);
  return in_turn(request, context);
}

Result<HttpResponse> Calls::in_turn(const HttpRequest& request, const CallContext& context) const {
  {
    std::unique_lock lock(mutex_);
    if (!freed_.wait(lock, context.stop, [&] { return under_way_ < options_.requests_at_once; })) {
      return Error(Errc::cancelled).during(request.operation).in(context);
    }
    ++under_way_;
  }
  struct Turn {
    const Calls& calls;
    ~Turn() {
      {
        const std::lock_guard lock(calls.mutex_);
        --calls.under_way_;
      }
      calls.freed_.notify_one();
    }
  };
  const Turn turn{*this};
  return send(request, context);
}

std::string page_of(std::string_view path, int limit, std::string_view token) {
  std::string url = std::string(path) + "?limit=" + std::to_string(limit);
  if (token.empty()) return url;
  url += "&pageToken=";
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : token) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.' || c == '~';
    const auto byte = static_cast<unsigned char>(c);
    if (plain) {
      url += c;
    } else {
      url.append(1, '%').append(1, kHex[byte >> 4U]).append(1, kHex[byte & 15U]);
    }
  }
  return url;
}

std::string next_token(const json::Value& holder) {
  return std::string(holder["paging"]["nextPageToken"].text().value_or(""));
}

Error wrong(std::string_view list, std::size_t at, std::string_view member, std::string_view what) {
  const std::string field = std::string(list) + "[" + std::to_string(at) + "]." + std::string(member);
  return Error(Errc::vendor_schema, field + " " + std::string(what)).about(field);
}

Error stuck(std::string_view operation) {
  return Error(Errc::vendor_schema, "the list's next page is the page itself").during(operation).may_retry();
}

Result<Currency> currency_of(const json::Value& code) {
  const auto text = code.text();
  if (!text) return Error(Errc::vendor_schema, "a currency is not a text");
  return Currency::parse(*text == "RUR" ? std::string_view("RUB") : *text);
}

}  // namespace stocktracker::inline v0::yandex_market
