// Routes of the Ozon API, checks of requests, limits.
#include "testing/world/ozon/face.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <stocktracker/core/time_text.hpp>

#include "testing/world/core/random.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

// Members that faults change.
constexpr std::array<std::string_view, 5> kRequired{"quantity", "amount", "present", "product_id", "id"};
constexpr std::array<std::string_view, 2> kAmounts{"quantity", "amount"};
constexpr FaultMembers kFaultMembers{.required = kRequired, .amounts = kAmounts};

// "[]" after a name becomes null.
std::string without_empty_lists(std::string_view json) {
  std::string out;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const bool empty = json.substr(at, 3) == ":[]";
    out += empty ? std::string_view(":null") : json.substr(at, 1);
    at += empty ? 2 : 0;
  }
  return out;
}

}  // namespace

OzonFace::OzonFace(const Catalogue& catalogue, Commerce& commerce, const WorldOptions& options)
    : Face(Shop::ozon, catalogue, commerce, options), window_(options.limit_table.ozon) {
  for (std::uint32_t size = 0; size < catalogue.sizes.size(); ++size) {
    if (!catalogue.sold_on(Shop::ozon, size)) continue;
    by_offer_.emplace(offer(size).offer_id, size);
    by_product_.emplace(offer(size).listing, size);
  }
}

const std::vector<OzonFace::Route>& OzonFace::routes() {
  using Here = OzonFace;
  static const std::vector<Route> kRoutes{
      {"/v1/roles", &Here::roles, true},
      {"/v1/seller/info", &Here::seller_info, true},
      {"/v3/product/list", &Here::product_list, false},
      {"/v3/product/info/list", &Here::product_info, false},
      {"/v5/product/info/prices", &Here::prices, false},
      {"/v2/warehouse/list", &Here::own_warehouses, false},
      {"/v1/warehouse/ozon/list", &Here::ozon_warehouses, false},
      {"/v1/product/info/stocks-by-warehouse/fbo", &Here::fbo_stock, false},
      {"/v1/product/info/warehouse/stocks", &Here::fbs_stock, false},
      {"/v3/posting/fbo/list", &Here::fbo_postings, false},
      {"/v4/posting/fbs/list", &Here::fbs_postings, false},
      {"/v1/returns/list", &Here::returns, false},
  };
  return kRoutes;
}

bool OzonFace::serves(std::string_view path) const noexcept {
  return std::any_of(routes().begin(), routes().end(), [&](const Route& route) { return route.path == path; });
}

std::string OzonFace::seller() const {
  Stream stream(catalogue_.seed, Purpose::seller, 1 + index_of(Shop::ozon));
  return std::to_string(stream.between(100'000, 3'999'999));
}

Secret OzonFace::token() const {
  Stream stream(catalogue_.seed, Purpose::token, 1 + index_of(Shop::ozon));
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string key;
  for (const int length : {8, 4, 4, 4, 12}) {
    if (!key.empty()) key += '-';
    for (int n = 0; n < length; ++n) key += kDigits[stream.below(16)];
  }
  return Secret(std::move(key));
}

WireAnswer OzonFace::answer(const HttpRequest& request, Instant now, Instant steady, FaultScript& script) {
  WireAnswer answered = undated(request, now, steady, script);
  // The marketplace's clock: it does not follow a machine's clock that is set back.
  answered.response.headers.push_back({"Date", http_date(steady)});
  return answered;
}

WireAnswer OzonFace::undated(const HttpRequest& request, Instant now, Instant steady, FaultScript& script) {
  ++requests_;
  const std::string_view path = path_of(request.url);
  const auto route = std::find_if(routes().begin(), routes().end(), [&](const Route& one) { return one.path == path; });
  if (route == routes().end()) return {problem(404, 5, "Not Found")};
  if (request.method != HttpMethod::post) return {problem(501, 12, "Method Not Allowed")};
  const Secret key = token();
  if (header_of(request, "Client-Id") != seller() || header_of(request, "Api-Key") != key.reveal()) {
    return {problem(403, 7, "Invalid Api-Key, please check the key and try again")};
  }
  const Hit hit = hit_by(script, Channel::ozon, start_, path, now);
  WireAnswer answered{routed(*route, request, now, steady, hit), hit.wire, hit.delay};
  if (answered.response.status == 200 && quirks_.null_lists)
    answered.response.body = without_empty_lists(answered.response.body);
  if (answered.response.status == 200) spoil(answered.response.body, hit, kFaultMembers);
  return answered;
}

HttpResponse OzonFace::routed(const Route& route, const HttpRequest& request, Instant now, Instant steady,
                              const Hit& hit) {
  if (limits_on_ && over_the_limit(seller(), steady)) {
    ++rejections_;
    return problem(429, 8, "You have reached request rate limit per second");
  }
  if (hit.blocked) {
    // The wait is only in the text, and the code is a word, as in the methods of the catalogue.
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*hit.blocked).count();
    std::string body;
    JsonWriter(body)
        .begin_object()
        .field("code", "RESOURCE_EXHAUSTED")
        .field("message", "You have reached operation items limits. Retry after " + std::to_string(seconds) +
                              " seconds. Remaining 0 items")
        .end_object();
    return json_answer(429, std::move(body));
  }
  if (hit.gone) return problem(404, 5, "Not Found");
  if (hit.status) {
    if (*hit.status >= 500) return json_answer(*hit.status, "upstream connect error", "text/plain");
    return problem(*hit.status, *hit.status == 429 ? 8 : *hit.status == 403 ? 7 : 3, "refused on purpose");
  }
  const auto body = route.bodiless ? std::nullopt : JsonValue::parse(request.body);
  bool spoilt = !route.bodiless && (!body || !body->is(JsonValue::Type::object));
  if (spoilt) return problem(400, 3, "proto: syntax error: unexpected token");
  const Fields fields(body ? &*body : nullptr, spoilt);
  HttpResponse response = (this->*route.handler)({route.path, fields, now, hit, spoilt});
  if (spoilt) return problem(400, 3, "proto: invalid value for a field of another type");
  return response;
}

HttpResponse OzonFace::problem(int status, int code, std::string_view message) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().field("code", code).field("message", message).key("details").begin_array().end_array();
  json.end_object();
  return json_answer(status, std::move(body));
}

// Over all methods.
bool OzonFace::over_the_limit(const std::string& client, Instant steady) {
  std::deque<Instant>& arrivals = arrivals_[client];
  while (!arrivals.empty() && arrivals.front() + window_.length <= steady) arrivals.pop_front();
  if (arrivals.size() >= static_cast<std::size_t>(window_.requests)) return true;
  arrivals.push_back(steady);
  return false;
}

OzonFace::Page OzonFace::endless_page(Endless how, std::string_view cursor, std::size_t limit, std::size_t rows) {
  Page page;
  page.end = how == Endless::empty_pages ? 0 : std::min(rows, limit);
  page.cursor =
      how == Endless::same_cursor ? "e1" : "e" + std::to_string(cursor.size() + 1) + std::string(cursor.size(), '.');
  return page;
}

OzonFace::Page OzonFace::page_of(const Call& call, std::string_view cursor, std::size_t limit, std::size_t rows) const {
  if (const auto endless = quirks_.endless.find(call.path);
      endless != quirks_.endless.end() && endless->second != Endless::no) {
    return endless_page(endless->second, cursor, limit, rows);
  }
  Page page;
  if (cursor.starts_with('c')) {
    const std::string_view digits = cursor.substr(1);
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), page.first);
    if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) call.spoilt = true;
  } else if (!cursor.empty()) {
    call.spoilt = true;
  }
  page.first = std::min(page.first, rows);
  const std::size_t from = page.first;
  if (from < rows) page.first -= std::min(page.first, call.hit.repeat);  // nothing comes after the last row
  page.end = std::min(rows, page.first + std::min(limit, call.hit.shrink.value_or(limit)));
  // A page that repeats all its rows would never end.
  page.end = std::max(page.end, std::min(rows, from + 1));
  if (page.end < rows) page.cursor = "c" + std::to_string(page.end);
  return page;
}

bool OzonFace::listed(std::size_t size) const noexcept {
  return catalogue_.sold_on(Shop::ozon, size) && catalogue_.cards[catalogue_.sizes[size].card].listed &&
         !commerce_.trashed(size) && quirks_.archived.count(size) == 0;
}

bool OzonFace::archived(std::size_t size) const noexcept {
  return catalogue_.sold_on(Shop::ozon, size) && !commerce_.trashed(size) && quirks_.archived.count(size) != 0;
}

HttpResponse OzonFace::roles(const Call&) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().field("expires_at", to_rfc3339(start_ + std::chrono::hours(24 * 180)));
  json.key("roles").begin_array().begin_object().field("name", "Admin read only").key("methods").begin_array();
  for (const Route& route : routes()) json.string(route.path);
  json.end_array().end_object().end_array().end_object();
  return json_answer(200, std::move(body));
}

HttpResponse OzonFace::seller_info(const Call&) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().key("company").begin_object();
  json.field("country", "RU").field("currency", "RUB").field("inn", catalogue_.seller.tin);
  json.field("legal_name", catalogue_.seller.name).field("name", catalogue_.seller.name);
  json.field("ogrn", "1027700132195").field("ownership_form", "LLC").field("tax_system", "USN").end_object();
  json.key("ratings").begin_array().end_array();
  json.key("subscription").begin_object().field("is_premium", false).field("type", "UNKNOWN").end_object();
  json.end_object();
  return json_answer(200, std::move(body));
}

}  // namespace stocktracker::inline v0::testing::world
