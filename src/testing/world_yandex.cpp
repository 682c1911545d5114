#include "testing/world_yandex.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <utility>

#include <stocktracker/core/time_text.hpp>

#include "testing/world_random.hpp"

namespace stocktracker::inline v0::testing::world {
YandexFace::YandexFace(const Catalogue& catalogue, Commerce& commerce, const WorldOptions& options)
    : catalogue_(catalogue),
      commerce_(commerce),
      limits_on_(options.limits),
      groups_(options.warehouse_groups),
      start_(options.start) {
  Stream stream(catalogue.seed, Purpose::seller, 1 + index_of(Shop::yandex_market));
  business_ = stream.between(900'000, 4'999'999);
  campaign_ = stream.between(21'000'000, 148'999'998);
  for (std::uint32_t size = 0; size < catalogue.sizes.size(); ++size) {
    if (catalogue.sold_on(Shop::yandex_market, size)) by_offer_.emplace(offer(size).offer_id, size);
  }
}

const std::vector<YandexFace::Route>& YandexFace::routes() {
  using Here = YandexFace;
  using namespace std::chrono_literals;
  constexpr HttpMethod kPost = HttpMethod::post;
  constexpr HttpMethod kGet = HttpMethod::get;
  static const std::vector<Route> kRoutes{
      {"/v2/auth/token", kPost, &Here::auth_token, "token", 100, 1h},
      {"/v2/campaigns", kGet, &Here::campaigns, "campaigns", 1'000, 1h},
      {"/v2/businesses/{}/offer-mappings", kPost, &Here::offer_mappings, "offer-mappings", 100, 1min},
      {"/v2/businesses/{}/warehouses", kPost, &Here::grouped_warehouses, "paged-warehouses", 1'000, 1h},
      {"/v3/businesses/{}/warehouses", kPost, &Here::own_warehouses, "partner-warehouses", 100, 1h},
      {"/v2/warehouses", kGet, &Here::market_warehouses, "fulfillment-warehouses", 100, 1min},
      {"/v2/campaigns/{}/offers/stocks", kPost, &Here::campaign_stock, "stocks", 100'000, 1min, 100},
      {"/v3/businesses/{}/offers/stocks", kPost, &Here::own_stock, "partner-stocks", 500, 1min},
      {"/v2/businesses/{}/offer-prices", kPost, &Here::prices, "default-prices", 10'000, 1min, 500},
      {"/v1/businesses/{}/orders", kPost, &Here::orders_list, "business-orders", 10'000, 1h},
  };
  return kRoutes;
}

bool YandexFace::serves(std::string_view path) const noexcept {
  return std::any_of(routes().begin(), routes().end(), [&](const Route& route) { return fits(route.path, path); });
}

Secret YandexFace::token(const TokenShape&) const {
  Stream stream(catalogue_.seed, Purpose::token, 1 + index_of(Shop::yandex_market));
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string key = "ACMA:";
  for (int n = 0; n < 40; ++n) key += kLetters[stream.below(kLetters.size())];
  return Secret(std::move(key));
}

WireAnswer YandexFace::answer(const HttpRequest& request, Instant now, Instant steady, FaultScript& script) {
  ++requests_;
  const std::string_view path = path_of(request.url);
  const auto route = std::find_if(routes().begin(), routes().end(), [&](const Route& one) {
    return fits(one.path, path) && one.method == request.method;
  });
  if (route == routes().end()) return {problem(405, "METHOD_NOT_ALLOWED", "Request method is not supported")};
  const Secret key = token({});
  if (header_of(request, "Api-Key") != key.reveal()) {
    return {problem(401, "UNAUTHORIZED", "Api-Key token is invalid")};
  }
  const Hit hit = hit_by(script, Channel::yandex_market, start_, path, now);
  WireAnswer answered{routed(*route, request, path, now, steady, hit), hit.wire, hit.delay};
  if (answered.response.status == 200) spoil(answered.response.body, hit);
  return answered;
}

HttpResponse YandexFace::routed(const Route& route, const HttpRequest& request, std::string_view path, Instant now,
                                Instant steady, const Hit& hit) {
  Period& period = periods_[route.resource];
  if (steady - period.began >= route.period) period = {steady, 0};
  Instant until = period.began + route.period;
  HttpResponse response;
  bool throttled = false;
  if (limits_on_ && period.spent + route.items_at_once > route.requests) {
    ++rejections_;
    throttled = true;
  } else {
    period.spent += route.items_at_once;
  }
  if (hit.blocked || (hit.status && *hit.status == 429)) {
    throttled = true;
    until = steady + hit.blocked.value_or(std::chrono::seconds(1));
  }
  if (throttled) {
    response = problem(420, "LIMIT_EXCEEDED",
                       "Hit rate limit of '" + std::to_string(route.requests) +
                           "' requests per 'period' for resource '" + std::string(route.resource) + "'");
  } else if (hit.gone) {
    response = problem(403, "NO_ACCESS_BY_DEPRECATION_POLICY", "The method is switched off");
  } else if (hit.status) {
    response = *hit.status >= 500
                   ? json_answer(*hit.status, "<html>" + std::to_string(*hit.status) + "</html>", "text/html")
                   : problem(*hit.status, *hit.status == 403 ? "FORBIDDEN" : "BAD_REQUEST", "on purpose");
  } else {
    const auto body = request.body.empty() ? std::nullopt : JsonValue::parse(request.body);
    bool spoilt = !request.body.empty() && (!body || !body->is(JsonValue::Type::object));
    if (request.body.size() > 512 * 1024) return problem(400, "BAD_REQUEST", "The body is larger than 512 KB");
    const Fields fields(body ? &*body : nullptr, spoilt);
    if (!spoilt) response = (this->*route.handler)({request, path, fields, now, hit, spoilt});
    if (spoilt) response = problem(400, "BAD_REQUEST", "JSON parse error");
  }
  // By the marketplace's clock: the same distance from its date.
  const Instant date = Instant::from_seconds(steady.micros() / 1'000'000);
  const Instant end = Instant::from_seconds((until.micros() + 999'999) / 1'000'000);
  response.headers.push_back({"Date", http_date(date)});
  response.headers.push_back({"X-RateLimit-Resource-Limit", std::to_string(route.requests)});
  response.headers.push_back(
      {"X-RateLimit-Resource-Remaining", std::to_string(std::max<std::int64_t>(0, route.requests - period.spent))});
  response.headers.push_back({"X-RateLimit-Resource-Until", http_date(end)});
  return response;
}

HttpResponse YandexFace::problem(int status, std::string_view code, std::string_view message) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().field("status", "ERROR").key("errors").begin_array().begin_object();
  json.field("code", code).field("message", message).end_object().end_array().end_object();
  return json_answer(status, std::move(body));
}

// Sizes above the method's own are cut in silence.
YandexFace::Page YandexFace::page_of(const Call& call, std::size_t most, std::size_t rows) {
  const std::string_view given = parameter_of(call.request.url, "limit");
  std::size_t limit = most;
  if (!given.empty()) {
    const auto parsed = std::from_chars(given.data(), given.data() + given.size(), limit);
    if (parsed.ec != std::errc() || limit == 0) call.spoilt = true;
    limit = std::clamp<std::size_t>(limit, 1, most);
  }
  Page page;
  const std::string_view token = parameter_of(call.request.url, "pageToken");
  if (!token.empty()) {
    // Ours end with "==", as those that are base64 do: a URL writes that as %3D%3D.
    const std::string_view digits = token.starts_with("n") ? token.substr(1, token.find('%') - 1) : std::string_view();
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), page.first);
    if (digits.empty() || parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size() ||
        !token.ends_with("%3D%3D")) {
      call.spoilt = true;
    }
  }
  page.first = std::min(page.first, rows);
  const std::size_t from = page.first;
  page.first -= std::min(page.first, call.hit.repeat);
  page.end = std::min(rows, page.first + std::min(limit, call.hit.shrink.value_or(limit)));
  page.end = std::max(page.end, std::min(rows, from + 1));  // a page that repeats more than it holds would never end
  if (page.end < rows) page.token = "n" + std::to_string(page.end) + "==";
  return page;
}

void YandexFace::write_paging(JsonWriter& json, const Page& page) {
  json.key("paging").begin_object();
  if (!page.token.empty()) json.field("nextPageToken", page.token);
  json.end_object();
}

bool YandexFace::listed(std::size_t size) const noexcept {
  return catalogue_.sold_on(Shop::yandex_market, size) && catalogue_.cards[catalogue_.sizes[size].card].listed &&
         !commerce_.trashed(size);
}

std::vector<std::uint32_t> YandexFace::listed_sizes() const {
  std::vector<std::uint32_t> all;
  for (std::uint32_t size = 0; size < catalogue_.sizes.size(); ++size) {
    if (listed(size)) all.push_back(size);
  }
  return all;
}

HttpResponse YandexFace::auth_token(const Call&) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().field("status", "OK").key("result").begin_object().key("apiKey").begin_object();
  json.field("name", "stocktracker").key("authScopes").begin_array();
  json.string("INVENTORY_AND_ORDER_PROCESSING_READ_ONLY").string("OFFERS_AND_CARDS_MANAGEMENT_READ_ONLY").end_array();
  json.end_object().end_object().end_object();
  return json_answer(200, std::move(body));
}

HttpResponse YandexFace::campaigns(const Call&) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().key("campaigns").begin_array();
  const auto campaign = [&](std::int64_t id, std::string_view model, std::string_view access) {
    json.begin_object().field("domain", catalogue_.seller.trade_mark).field("id", id).key("business").begin_object();
    json.field("id", business_).field("name", catalogue_.seller.name).end_object();
    json.field("placementType", model).field("apiAvailability", access).end_object();
  };
  campaign(own_campaign(), "FBS", "AVAILABLE");
  campaign(market_campaign(), "FBY", "AVAILABLE");
  campaign(market_campaign() + 1, "FBY", "DISABLED_BY_INACTIVITY");
  json.end_array().key("paging").begin_object().end_object().end_object();
  return json_answer(200, std::move(body));
}

}  // namespace stocktracker::inline v0::testing::world
