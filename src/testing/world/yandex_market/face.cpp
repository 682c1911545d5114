// Routes of the Yandex Market API, checks of requests, limits.
#include "testing/world/yandex_market/face.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <utility>

#include <stocktracker/core/time_text.hpp>

#include "testing/world/core/random.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

// Members that faults change.
constexpr std::array<std::string_view, 3> kRequired{"count", "offerId", "id"};
constexpr FaultMembers kFaultMembers{.required = kRequired};

constexpr std::string_view kControl = "/world/yandex_market";

// An answer in which the list is null.
std::string no_list(std::string_view list) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  if (list.starts_with("result.")) {
    json.field("status", "OK").key("result").begin_object().key(list.substr(7)).null();
    json.key("paging").null().end_object();
  } else {
    json.key(list).null().key("paging").begin_object().end_object();
  }
  json.end_object();
  return body;
}

}  // namespace

YandexFace::YandexFace(const Catalogue& catalogue, Commerce& commerce, const WorldOptions& options)
    : Face(Shop::yandex_market, catalogue, commerce, options),
      limits_(options.limit_table),
      groups_(options.warehouse_groups) {
  Stream stream(catalogue.seed, Purpose::seller, 1 + index_of(Shop::yandex_market));
  business_ = stream.between(900'000, 4'999'999);
  campaign_ = stream.between(21'000'000, 148'999'998);
  for (std::uint32_t size = 0; size < catalogue.sizes.size(); ++size) {
    if (catalogue.sold_on(Shop::yandex_market, size)) by_offer_.emplace(offer(size).offer_id, size);
  }
}

const std::vector<YandexFace::Route>& YandexFace::routes() {
  using Here = YandexFace;
  constexpr HttpMethod kPost = HttpMethod::post;
  constexpr HttpMethod kGet = HttpMethod::get;
  static const std::vector<Route> kRoutes{
      {"/v2/auth/token", kPost, &Here::auth_token, "token"},
      {"/v2/campaigns", kGet, &Here::campaigns, "campaigns", 1, "campaigns"},
      {"/v2/businesses/{}/offer-mappings", kPost, &Here::offer_mappings, "offer-mappings", 1, "result.offerMappings"},
      {"/v2/businesses/{}/warehouses", kPost, &Here::grouped_warehouses, "paged-warehouses", 1, "result.warehouses"},
      {"/v3/businesses/{}/warehouses", kPost, &Here::own_warehouses, "partner-warehouses", 1, "result.warehouses"},
      {"/v2/warehouses", kGet, &Here::market_warehouses, "fulfillment-warehouses", 1, "result.warehouses"},
      {"/v2/campaigns/{}/offers/stocks", kPost, &Here::campaign_stock, "stocks", 100, "result.warehouses"},
      {"/v3/businesses/{}/offers/stocks", kPost, &Here::own_stock, "partner-stocks", 1, "result.offers"},
      {"/v2/businesses/{}/offer-prices", kPost, &Here::prices, "default-prices", 500, "result.offers"},
      {"/v1/businesses/{}/orders", kPost, &Here::orders_list, "business-orders", 1, "orders"},
  };
  return kRoutes;
}

bool YandexFace::serves(std::string_view path) const noexcept {
  if (path == kControl) return true;
  return std::any_of(routes().begin(), routes().end(), [&](const Route& route) { return fits(route.path, path); });
}

Secret YandexFace::token() const {
  Stream stream(catalogue_.seed, Purpose::token, 1 + index_of(Shop::yandex_market));
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string key = "ACMA:";
  for (int n = 0; n < 40; ++n) key += kLetters[stream.below(kLetters.size())];
  return Secret(std::move(key));
}

WireAnswer YandexFace::answer(const HttpRequest& request, Instant now, Instant steady, FaultScript& script) {
  const std::string_view path = path_of(request.url);
  if (path == kControl) return {control(request, now)};
  ++requests_;
  WireAnswer answered = answer_to(request, path, now, steady, script);
  HttpResponse& response = answered.response;
  // By the marketplace's clock, as in every answer.
  if (!without_date_) response.headers.push_back({"Date", http_date(steady)});
  if (mark_) response.body.insert(0, "\xEF\xBB\xBF");
  response.body.reserve(response.body.size() + kBodyPadding);
  return answered;
}

WireAnswer YandexFace::answer_to(const HttpRequest& request, std::string_view path, Instant now, Instant steady,
                                 FaultScript& script) {
  const auto route = std::find_if(routes().begin(), routes().end(), [&](const Route& one) {
    return fits(one.path, path) && one.method == request.method;
  });
  if (route == routes().end()) return {problem(405, "METHOD_NOT_ALLOWED", "Request method is not supported")};
  const Secret key = token();
  if (header_of(request, "Api-Key") != key.reveal()) {
    return {problem(401, "UNAUTHORIZED", "Api-Key token is invalid")};
  }
  const Hit hit = hit_by(script, Channel::yandex_market, start_, path, now);
  WireAnswer answered{routed(*route, request, path, now, steady, hit), hit.wire, hit.delay};
  if (answered.response.status == 200) spoil(answered.response.body, hit, kFaultMembers);
  return answered;
}

HttpResponse YandexFace::routed(const Route& route, const HttpRequest& request, std::string_view path, Instant now,
                                Instant steady, const Hit& hit) {
  const YandexMarketPeriod limit = limit_of(route.resource);
  Period& period = periods_[route.resource];
  if (steady - period.began >= limit.length) period = {steady, 0};
  Instant until = period.began + limit.length;
  HttpResponse response;
  bool throttled = false;
  if (limits_on_ && limit.amount > 0 && period.spent + route.items_at_once > limit.amount) {
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
                       "Hit rate limit of '" + std::to_string(limit.amount) + "' requests per 'period' for resource '" +
                           std::string(route.resource) + "'");
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
    if (!spoilt) response = (this->*route.handler)({request, route.resource, path, fields, now, hit, spoilt});
    if (null_lists_ && response.status == 200 && !route.list.empty()) response = json_answer(200, no_list(route.list));
    if (spoilt) response = problem(400, "BAD_REQUEST", "JSON parse error");
  }
  // By the marketplace's clock: the same distance from its date.
  const Instant end = Instant::from_seconds((until.micros() + 999'999) / 1'000'000);
  if (limit.amount == 0) return response;
  response.headers.push_back({"X-RateLimit-Resource-Limit", std::to_string(limit.amount)});
  response.headers.push_back(
      {"X-RateLimit-Resource-Remaining", std::to_string(std::max<std::int64_t>(0, limit.amount - period.spent))});
  response.headers.push_back({"X-RateLimit-Resource-Until", http_date(end)});
  return response;
}

// Amount 0: not limited.
YandexMarketPeriod YandexFace::limit_of(std::string_view resource) const {
  for (const YandexMarketPeriod& limit : limits_.yandex_market) {
    if (limit.resource == resource) return limit;
  }
  return {};
}

HttpResponse YandexFace::problem(int status, std::string_view code, std::string_view message) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().field("status", "ERROR").key("errors").begin_array().begin_object();
  json.field("code", code).field("message", message).end_object().end_array().end_object();
  return json_answer(status, std::move(body));
}

// Sizes above the method's limit are reduced without an error.
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
  page.end = std::max(page.end, std::min(rows, from + 1));  // a page that repeats all its rows would never end
  if (page.end < rows) page.token = "n" + std::to_string(page.end) + "==";
  if (!endless_.empty() && call.resource == endless_) never_end(page, rows, token);
  return page;
}

void YandexFace::never_end(Page& page, std::size_t rows, std::string_view token) {
  ++endless_pages_;
  const std::string fresh = "n" + std::to_string(rows + static_cast<std::size_t>(endless_pages_)) + "==";
  if (way_ == "cycle") {
    if (page.token.empty())
      page.token = token.empty() ? "n0==" : "n" + std::to_string(std::min<std::size_t>(rows, 1)) + "==";
    return;
  }
  page.token = fresh;
  page.end = way_ == "empty" ? 0 : std::min(rows, std::max<std::size_t>(1, page.end - page.first));
  page.first = 0;
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

HttpResponse YandexFace::auth_token(const Call&) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().field("status", "OK").key("result").begin_object().key("apiKey").begin_object();
  json.field("name", "stocktracker").key("authScopes").begin_array();
  json.string("INVENTORY_AND_ORDER_PROCESSING_READ_ONLY").string("OFFERS_AND_CARDS_MANAGEMENT_READ_ONLY").end_array();
  json.end_object().end_object().end_object();
  return json_answer(200, std::move(body));
}

HttpResponse YandexFace::campaigns(const Call& call) {
  struct Campaign {
    std::int64_t id;
    std::string_view model;
    std::string_view access;
  };
  std::vector<Campaign> shops{{market_campaign(), "FBY", "AVAILABLE"}, {campaign_, "FBY", "DISABLED_BY_INACTIVITY"}};
  for (std::size_t n = 0; n < catalogue_.seller_warehouses.size(); ++n) {
    shops.push_back({campaign_of(n), "FBS", "AVAILABLE"});
  }
  const Page page = page_of(call, 100, shops.size());
  std::string body;
  JsonWriter json(body);
  json.begin_object().key("campaigns").begin_array();
  if (odd_here(page)) json.begin_object().field("domain", "odd").field("placementType", "FBS").end_object();
  for (std::size_t n = page.first; n < page.end; ++n) {
    json.begin_object().field("domain", catalogue_.seller.trade_mark).field("id", shops[n].id);
    json.key("business").begin_object().field("id", business_).field("name", catalogue_.seller.name).end_object();
    json.field("placementType", shops[n].model).field("apiAvailability", shops[n].access).end_object();
  }
  json.end_array();
  write_paging(json, page);
  json.end_object();
  return json_answer(200, std::move(body));
}

HttpResponse YandexFace::control(const HttpRequest& request, Instant now) {
  const auto body = JsonValue::parse(request.body);
  bool spoilt = !body || !body->is(JsonValue::Type::object);
  const Fields fields(body ? &*body : nullptr, spoilt);
  odd_rows_ = fields.flag("odd_rows", odd_rows_);
  null_lists_ = fields.flag("null_lists", null_lists_);
  mark_ = fields.flag("byte_order_mark", mark_);
  without_date_ = fields.flag("without_date", without_date_);
  if (fields.has("endless")) {
    endless_ = fields.text("endless");
    way_ = fields.text("way");
  }
  if (fields.has("oversold")) oversold_.insert(fields.text("oversold"));
  if (fields.has("order")) edit_order(fields, now);
  return spoilt ? problem(400, "BAD_REQUEST", "The world does not know this") : json_answer(200, "{}");
}

}  // namespace stocktracker::inline v0::testing::world
