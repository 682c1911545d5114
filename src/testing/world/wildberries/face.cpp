// Routes of the Wildberries API, checks of requests, limits.
#include "testing/world/wildberries/face.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "testing/world/core/random.hpp"
#include "testing/world/wildberries/token.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

constexpr std::string_view kProblem = "application/problem+json";
// Members that faults change.
constexpr std::array<std::string_view, 7> kRequired{"quantity", "amount", "chrtID", "sizeID", "taskId", "id", "sid"};
constexpr std::array<std::string_view, 2> kAmounts{"quantity", "amount"};
constexpr std::array<std::string_view, 1> kDecimals{"discountedPrice"};
constexpr FaultMembers kFaultMembers{.required = kRequired, .amounts = kAmounts, .decimals = kDecimals};

// Wildberries' codes of SellerWarehouse::delivery_way.
constexpr std::array<int, kDeliveryWays> kDeliveryTypes{1, 2, 3, 5, 6};

}  // namespace

WildberriesFace::WildberriesFace(const Catalogue& catalogue, Commerce& commerce, const WorldOptions& options)
    : Face(Shop::wildberries, catalogue, commerce, options), limits_(options.limit_table) {}

const std::vector<WildberriesFace::Route>& WildberriesFace::routes() {
  using Here = WildberriesFace;
  constexpr HttpMethod kGet = HttpMethod::get;
  constexpr HttpMethod kPost = HttpMethod::post;
  static const std::vector<Route> kRoutes{
      {"/ping", kGet, &Here::ping, "ping", 0},
      {"/api/v1/seller-info", kGet, &Here::seller_info, "seller_info", 0},
      {"/content/v2/get/cards/list", kPost, &Here::cards_list, "content", kContentBit},
      {"/api/analytics/v1/stocks-report/wb-warehouses", kPost, &Here::stocks_report, "report", kAnalyticsBit},
      {"/api/v3/warehouses", kGet, &Here::warehouses, "marketplace", kMarketplaceBit},
      {"/api/v3/stocks/{}", kPost, &Here::seller_stocks, "marketplace", kMarketplaceBit},
      {"/api/v3/stocks/{}", HttpMethod::put, &Here::update_seller_stocks, "marketplace", kMarketplaceBit},
      {"/api/v1/warehouse_remains", kGet, &Here::remains_create, "remains_create", kAnalyticsBit},
      {"/api/v1/warehouse_remains/tasks/{}/status", kGet, &Here::remains_status, "remains_status", kAnalyticsBit},
      {"/api/v1/warehouse_remains/tasks/{}/download", kGet, &Here::remains_download, "remains_download", kAnalyticsBit},
      {"/api/analytics/v1/order-feed", kPost, &Here::order_feed, "order_feed", kAnalyticsBit},
      {"/api/v2/list/goods/filter", kGet, &Here::prices, "prices", kPricesBit},
  };
  return kRoutes;
}

bool WildberriesFace::serves(std::string_view path) const noexcept {
  return std::any_of(routes().begin(), routes().end(), [&](const Route& route) { return fits(route.path, path); });
}

WireAnswer WildberriesFace::answer(const HttpRequest& request, Instant now, Instant steady, FaultScript& script) {
  ++requests_;
  WireAnswer answered = unstamped(request, now, steady, script);
  // The marketplace's own clock, which is never set back.
  answered.response.headers.push_back({"Date", http_date(steady)});
  return answered;
}

WireAnswer WildberriesFace::unstamped(const HttpRequest& request, Instant now, Instant steady, FaultScript& script) {
  const std::string_view path = path_of(request.url);
  const Hit none;
  const Call call{request, path, now, steady, none};
  std::string allowed;
  const Route* route = nullptr;
  for (const Route& candidate : routes()) {
    if (!fits(candidate.path, path)) continue;
    if (!allowed.empty()) allowed += ", ";
    allowed += to_string(candidate.method);
    if (candidate.method == request.method) route = &candidate;
  }
  if (allowed.empty()) {
    return {gateway_problem(call, 404, "path not found", "no such method in the catalogue of the API", "Not Found")};
  }
  if (route == nullptr) {
    HttpResponse response = gateway_problem(call, 405, "method not allowed",
                                            "the path exists, its HTTP method is another", "Method Not Allowed");
    response.headers.push_back({"Allow", allowed});
    return {std::move(response)};
  }
  const TokenRights rights = read_token(header_of(request, "Authorization"), now);
  if (!rights.refusal.empty()) {
    return {gateway_problem(call, 401, "unauthorized", rights.refusal, "Unauthorized")};
  }
  const Hit hit = hit_by(script, Channel::wildberries, start_, path, now);
  WireAnswer answered{routed(*route, {request, path, now, steady, hit}, rights), hit.wire, hit.delay};
  if (answered.response.status == 200) spoil(answered.response.body, hit, kFaultMembers);
  return answered;
}

HttpResponse WildberriesFace::routed(const Route& route, const Call& call, const TokenRights& rights) {
  const bool base = rights.type == static_cast<std::int64_t>(WildberriesTokenType::base);
  Allowance allowance;
  if (limits_on_) {
    allowance = limits_.arrive(rights.seller, base, route.group, call.steady);
    if (!allowance.allowed) {
      ++rejections_;
      limits_.answered(rights.seller, base, route.group, 429);
      return throttled(call, allowance);
    }
  }
  HttpResponse response;
  if (call.hit.blocked) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*call.hit.blocked).count();
    response = throttled(call, {false, 0, std::max<std::int64_t>(1, allowance.limit), seconds, seconds});
  } else if (call.hit.gone) {
    response = gateway_problem(call, 404, "path not found",
                               "the method is switched off for a time, see release note 583", "Not Found");
  } else if (call.hit.status) {
    response = faulty(*call.hit.status, route, call);
  } else if (route.category_bit != 0 && (rights.categories >> route.category_bit & 1) == 0) {
    response = gateway_problem(call, 401, "unauthorized", "token scope not allowed", "Unauthorized");
  } else if (base && route.group == "report") {
    response = forbidden(route, call);
  } else {
    response = (this->*route.handler)(call);
  }
  if (limits_on_) {
    limits_.answered(rights.seller, base, route.group, response.status);
    if (response.status != 429 && allowance.limit > 0) {
      response.headers.push_back({"X-Ratelimit-Remaining", std::to_string(allowance.remaining)});
    }
  }
  return response;
}

HttpResponse WildberriesFace::faulty(int status, const Route& route, const Call& call) {
  switch (status) {
    case 401:
      return gateway_problem(call, 401, "unauthorized", "token problem; token is revoked", "Unauthorized");
    case 402:
      return json_answer(402, R"({"title":"payment required","detail":"insufficient funds on the balance"})", kProblem);
    case 403:
      return forbidden(route, call);
    case 404:
      return route.category_bit == kMarketplaceBit
                 ? marketplace_error(404, "NotFound", "")
                 : gateway_problem(call, 404, "path not found", "not found", "Not Found");
    case 429:
      return throttled(call, {false, 0, 1, 1, 1});
    default:
      break;
  }
  if (status < 500) return marketplace_error(status, "IncorrectRequest", "Переданы некорректные данные");
  return json_answer(status, "<html><body><h1>" + std::to_string(status) + "</h1></body></html>", "text/html");
}

HttpResponse WildberriesFace::throttled(const Call& call, const Allowance& allowance) {
  HttpResponse response =
      gateway_problem(call, 429, "too many requests", "limited by global limiter", "Too Many Requests");
  response.headers.push_back({"X-Ratelimit-Retry", std::to_string(allowance.retry)});
  response.headers.push_back({"X-Ratelimit-Limit", std::to_string(allowance.limit)});
  response.headers.push_back({"X-Ratelimit-Reset", std::to_string(allowance.reset)});
  return response;
}

HttpResponse WildberriesFace::forbidden(const Route& route, const Call& call) {
  if (route.category_bit == kMarketplaceBit) return marketplace_error(403, "AccessDenied", "Доступ запрещён");
  if (route.category_bit == kAnalyticsBit) {
    return gateway_problem(call, 403, "access denied", "the method is not available for this type of token",
                           "Forbidden");
  }
  std::string body;
  JsonWriter json(body);
  json.begin_object().key("data").null().field("error", true).field("errorText", "Access denied");
  json.key("additionalErrors").null().end_object();
  return json_answer(403, std::move(body));
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
  std::string body;
  JsonWriter(body).begin_object().field("TS", moscow_time(call.now)).field("Status", "OK").end_object();
  return json_answer(200, std::move(body));
}

HttpResponse WildberriesFace::seller_info(const Call&) {
  const Seller& seller = catalogue_.seller;
  std::string body;
  JsonWriter(body)
      .begin_object()
      .field("name", seller.name)
      .field("sid", seller.id)
      .field("tin", seller.tin)
      .field("tradeMark", seller.trade_mark)
      .end_object();
  return json_answer(200, std::move(body));
}

HttpResponse WildberriesFace::warehouses(const Call&) {
  std::string body;
  JsonWriter json(body);
  json.begin_array();
  for (const std::size_t place : catalogue_.open_seller_warehouses()) {
    const SellerWarehouse& warehouse = catalogue_.seller_warehouses[place];
    json.begin_object()
        .field("name", warehouse.name)
        .field("officeId", warehouse.drop_off_id)
        .field("id", warehouse.id)
        .field("cargoType", warehouse.goods_size)
        .field("deliveryType", kDeliveryTypes[static_cast<std::size_t>(warehouse.delivery_way)])
        .field("isDeleting", warehouse.deleting)
        .field("isProcessing", warehouse.processing)
        .end_object();
  }
  json.end_array();
  return json_answer(200, std::move(body));
}

}  // namespace stocktracker::inline v0::testing::world
