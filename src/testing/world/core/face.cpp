// Routes, parameters, headers and answers that all APIs of a world share.
#include "testing/world/core/face.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <stocktracker/core/time_text.hpp>

#include "core/ascii.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

bool same_name(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

}  // namespace

Face::Face(Shop shop, const Catalogue& catalogue, Commerce& commerce, const WorldOptions& options)
    : shop_(shop), catalogue_(catalogue), commerce_(commerce), limits_on_(options.limits), start_(options.start) {}

Face::~Face() = default;

std::string_view path_of(std::string_view url) noexcept {
  if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos) {
    const std::size_t slash = url.find('/', scheme + 3);
    url = slash == std::string_view::npos ? std::string_view("/") : url.substr(slash);
  }
  return url.substr(0, url.find_first_of("?#"));
}

std::string_view parameter_of(std::string_view url, std::string_view name) noexcept {
  const std::size_t mark = url.find('?');
  if (mark == std::string_view::npos) return {};
  std::string_view query = url.substr(mark + 1);
  query = query.substr(0, query.find('#'));
  while (!query.empty()) {
    const std::string_view one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), one.size() + 1));
    if (one.starts_with(name) && one.size() > name.size() && one[name.size()] == '=') {
      return one.substr(name.size() + 1);
    }
  }
  return {};
}

bool fits(std::string_view route, std::string_view path) noexcept {
  const std::size_t hole = route.find("{}");
  if (hole == std::string_view::npos) return route == path;
  const std::string_view before = route.substr(0, hole);
  const std::string_view after = route.substr(hole + 2);
  if (!path.starts_with(before) || !path.ends_with(after) || path.size() <= before.size() + after.size()) return false;
  return path.substr(before.size(), path.size() - before.size() - after.size()).find('/') == std::string_view::npos;
}

std::string_view header_of(const HttpRequest& request, std::string_view name) noexcept {
  for (const SecretHeader& header : request.secret_headers) {
    if (same_name(header.name, name)) return header.value.reveal();
  }
  for (const HttpHeader& header : request.headers) {
    if (same_name(header.name, name)) return header.value;
  }
  return {};
}

HttpResponse json_answer(int status, std::string body, std::string_view type) {
  HttpResponse response;
  response.status = status;
  response.headers.push_back({"Content-Type", std::string(type)});
  body.reserve(body.size() + kBodyPadding);
  response.body = std::move(body);
  return response;
}

std::string http_date(Instant at) {
  static constexpr std::array<std::string_view, 7> kDays{"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  static constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::int64_t seconds = at.micros() / 1'000'000;
  const std::string text = to_rfc3339(Instant::from_seconds(seconds));  // YYYY-MM-DDThh:mm:ssZ
  const auto month = static_cast<std::size_t>((text[5] - '0') * 10 + (text[6] - '0') - 1);
  return std::string(kDays[static_cast<std::size_t>(seconds / 86'400 % 7)]) + ", " + text.substr(8, 2) + " " +
         std::string(kMonths[month]) + " " + text.substr(0, 4) + " " + text.substr(11, 8) + " GMT";
}

TruePosition position_of(const ShopOffer& offer, std::int64_t warehouse, StockKind kind, std::int64_t on_hand,
                         std::int64_t reserved) {
  TruePosition made;
  made.offer = offer.offer_id;
  made.listing = std::to_string(offer.listing);
  made.article = offer.offer_id;
  made.warehouse = std::to_string(warehouse);
  made.kind = kind;
  made.on_hand = on_hand;
  made.reserved = reserved;
  return made;
}

void sort_positions(std::vector<TruePosition>& positions, std::size_t first) {
  std::sort(positions.begin() + static_cast<std::ptrdiff_t>(first), positions.end(),
            [](const TruePosition& a, const TruePosition& b) {
              return a.kind != b.kind ? a.kind < b.kind : a.warehouse < b.warehouse;
            });
}

std::string moscow_time(Instant at) {
  std::string text = to_rfc3339(Instant::from_seconds(at.micros() / 1'000'000) + std::chrono::hours(3));
  text.replace(text.size() - 1, 1, "+03:00");
  return text;
}

std::size_t first_of(const Hit& hit, std::size_t offset) noexcept {
  if (hit.endless || offset == 0) return 0;
  return offset - std::min(offset, hit.repeat) + hit.skip;
}

void spoil(std::string& body, const Hit& hit, const FaultMembers& members) {
  if (hit.null_lists) body = with_null_lists(body);
  if (hit.negative > 0) body = with_negative_amounts(std::move(body), members.amounts, hit.negative);
  if (hit.odd_decimals > 0) body = with_odd_decimals(std::move(body), members.decimals, hit.odd_decimals);
  if (hit.unknown_fields) body = with_unknown_fields(body);
  if (hit.wrong_types) body = with_wrong_types(std::move(body), members.required);
  if (hit.broken_json) body = without_its_end(std::move(body));
  if (hit.byte_order_mark) body.insert(0, "\xEF\xBB\xBF");
  body.reserve(body.size() + kBodyPadding);
}

}  // namespace stocktracker::inline v0::testing::world
