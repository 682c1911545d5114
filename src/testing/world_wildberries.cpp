#include "testing/world_wildberries.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "testing/world_random.hpp"
#include "testing/world_token.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

constexpr std::string_view kProblem = "application/problem+json";

std::string_view path_of(std::string_view url) noexcept {
  if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos) {
    const std::size_t slash = url.find('/', scheme + 3);
    url = slash == std::string_view::npos ? std::string_view("/") : url.substr(slash);
  }
  return url.substr(0, url.find_first_of("?#"));
}

bool same_name(std::string_view a, std::string_view b) noexcept {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::string_view authorization(const HttpRequest& request) noexcept {
  for (const SecretHeader& header : request.secret_headers) {
    if (same_name(header.name, "Authorization")) return header.value.reveal();
  }
  for (const HttpHeader& header : request.headers) {
    if (same_name(header.name, "Authorization")) return header.value;
  }
  return {};
}

// "/a/{}" fits "/a/" and one more segment.
bool fits(std::string_view route, std::string_view path) noexcept {
  if (!route.ends_with("{}")) return route == path;
  route.remove_suffix(2);
  return path.starts_with(route) && path.size() > route.size() &&
         path.find('/', route.size()) == std::string_view::npos;
}

}  // namespace

HttpResponse json_answer(int status, std::string body, std::string_view type) {
  HttpResponse response;
  response.status = status;
  response.headers.push_back({"Content-Type", std::string(type)});
  body.reserve(body.size() + kBodyPadding);
  response.body = std::move(body);
  return response;
}

WildberriesFace::WildberriesFace(const Catalogue& catalogue, const Commerce& commerce)
    : catalogue_(catalogue), commerce_(commerce) {}

const std::vector<WildberriesFace::Route>& WildberriesFace::routes() {
  static const std::vector<Route> kRoutes{
      {"/ping", HttpMethod::get, &WildberriesFace::ping},
      {"/api/v1/seller-info", HttpMethod::get, &WildberriesFace::seller_info},
      {"/content/v2/get/cards/list", HttpMethod::post, &WildberriesFace::cards_list},
      {"/api/analytics/v1/stocks-report/wb-warehouses", HttpMethod::post, &WildberriesFace::stocks_report},
      {"/api/v3/warehouses", HttpMethod::get, &WildberriesFace::warehouses},
      {"/api/v3/stocks/{}", HttpMethod::post, &WildberriesFace::seller_stocks},
  };
  return kRoutes;
}

HttpResponse WildberriesFace::answer(const HttpRequest& request, Instant now) {
  ++requests_;
  const Call call{request, path_of(request.url), now};
  const Route* known = nullptr;
  const Route* route = nullptr;
  for (const Route& candidate : routes()) {
    if (!fits(candidate.path, call.path)) continue;
    known = &candidate;
    if (candidate.method == request.method) route = &candidate;
  }
  if (known == nullptr) {
    return gateway_problem(call, 404, "path not found", "no such method in the catalogue of the API", "Not Found");
  }
  if (route == nullptr) {
    HttpResponse response = gateway_problem(call, 405, "method not allowed",
                                            "the path exists, its HTTP method is another", "Method Not Allowed");
    response.headers.push_back({"Allow", known->method == HttpMethod::get ? "GET" : "POST"});
    return response;
  }
  if (const std::string refusal = refuse_token(authorization(request), now); !refusal.empty()) {
    return gateway_problem(call, 401, "unauthorized", refusal, "Unauthorized");
  }
  // A request that comes this far is one of the seller's: limits and faults act here, knowing the route.
  return (this->*route->handler)(call);
}

// Differs from answer to answer, and is the same for the same world and the same requests.
std::string WildberriesFace::request_id() const {
  Stream stream(catalogue_.seed, Purpose::answer, static_cast<std::uint64_t>(requests_));
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string id;
  for (int n = 0; n < 32; ++n) id += kDigits[stream.below(16)];
  return id;
}

HttpResponse WildberriesFace::gateway_problem(const Call& call, int status, std::string_view title,
                                              std::string_view detail, std::string_view status_text) {
  const std::string id = request_id();
  std::string body;
  JsonWriter json(body);
  json.begin_object()
      .field("title", title)
      .field("detail", detail)
      .field("code",
             id.substr(0, 8) + "--" + id.substr(8, 12) + "; " + id.substr(20, 5) + "=" + std::to_string(requests_))
      .field("requestId", id)
      .field("origin", "s2s-api-auth-catalog")
      .field("status", status)
      .field("statusText", status_text)
      .field("timestamp", to_rfc3339(Instant::from_seconds(call.now.micros() / 1'000'000)))
      .end_object();
  return json_answer(status, std::move(body), kProblem);
}

HttpResponse WildberriesFace::content_error(std::string_view text, std::string_view field, std::string_view what) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().key("data").null().field("error", true).field("errorText", text);
  json.key("additionalErrors").begin_object().field(field, what).end_object().end_object();
  return json_answer(400, std::move(body));
}

HttpResponse WildberriesFace::analytics_error(std::string_view title, std::string_view detail) {
  std::string body;
  JsonWriter(body)
      .begin_object()
      .field("title", title)
      .field("detail", detail)
      .field("requestId", request_id())
      .field("origin", "analytic-open-api")
      .end_object();
  return json_answer(400, std::move(body));
}

HttpResponse WildberriesFace::marketplace_error(int status, std::string_view code, std::string_view message) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().field("code", code).field("message", message).key("data").null().end_object();
  return json_answer(status, std::move(body));
}

HttpResponse WildberriesFace::ping(const Call& call) {
  // Moscow wall time, with its offset.
  std::string at = to_rfc3339(Instant::from_seconds(call.now.micros() / 1'000'000) + std::chrono::hours(3));
  at.replace(at.size() - 1, 1, "+03:00");
  std::string body;
  JsonWriter(body).begin_object().field("TS", at).field("Status", "OK").end_object();
  return json_answer(200, std::move(body));
}

HttpResponse WildberriesFace::seller_info(const Call&) {
  const Seller& seller = catalogue_.seller;
  std::string body;
  JsonWriter(body)
      .begin_object()
      .field("name", seller.name)
      .field("sid", seller.sid)
      .field("tin", seller.tin)
      .field("tradeMark", seller.trade_mark)
      .end_object();
  return json_answer(200, std::move(body));
}

HttpResponse WildberriesFace::warehouses(const Call&) {
  std::string body;
  JsonWriter json(body);
  json.begin_array();
  for (const SellerWarehouse& warehouse : catalogue_.seller_warehouses) {
    json.begin_object()
        .field("name", warehouse.name)
        .field("officeId", warehouse.office_id)
        .field("id", warehouse.id)
        .field("cargoType", warehouse.cargo_type)
        .field("deliveryType", warehouse.delivery_type)
        .field("isDeleting", warehouse.deleting)
        .field("isProcessing", warehouse.processing)
        .end_object();
  }
  json.end_array();
  return json_answer(200, std::move(body));
}

}  // namespace stocktracker::inline v0::testing::world
