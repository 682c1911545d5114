// Draws the faults of bad days from a seed.
#include "tests/fault/bad_days.hpp"

#include <algorithm>
#include <map>

#include <stocktracker/ports/http_transport.hpp>

namespace st = stocktracker;
using namespace std::chrono_literals;
using st::testing::Fault;
using st::testing::FaultKind;

namespace {

// Parts of paths, by marketplace.
const std::map<st::Channel, std::vector<const char*>> kPaths{
    {st::Channel::wildberries,
     {"", "cards/list", "wb-warehouses", "/api/v3/warehouses", "/api/v3/st", "/api/", "warehouse_remains", "content",
      "order-feed", "list/goods"}},
    {st::Channel::ozon,
     {"", "product/list", "product/info", "stocks-by-warehouse", "warehouse", "posting/", "returns/list", "prices"}},
    {st::Channel::yandex_market,
     {"", "offer-mappings", "offers/stocks", "campaigns", "warehouses", "offer-prices", "/orders"}}};
const int kStatuses[] = {400, 401, 402, 403, 404, 409, 420, 429, 500, 502, 503, 504};

constexpr Lie kLies[] = {
    {st::Channel::wildberries, "wb-warehouses", "items"},
    {st::Channel::wildberries, "/api/v3/stocks/", "stocks"},
    {st::Channel::wildberries, "/api/v3/warehouses", ""},
    {st::Channel::wildberries, "cards/list", "cards", true},
    {st::Channel::wildberries, "list/goods", "listGoods"},
    {st::Channel::ozon, "stocks-by-warehouse/fbo", "products"},
    {st::Channel::ozon, "info/warehouse/stocks", "stocks"},
    {st::Channel::ozon, "/v2/warehouse/list", "warehouses"},
    {st::Channel::ozon, "product/list", "items", true},
    {st::Channel::ozon, "info/prices", "items"},
    {st::Channel::yandex_market, "/v2/campaigns/", "warehouses"},
    {st::Channel::yandex_market, "/offers/stocks", "offers"},
    {st::Channel::yandex_market, "/warehouses", "warehouses"},
    {st::Channel::yandex_market, "offer-mappings", "offerMappings", true},
    {st::Channel::yandex_market, "offer-prices", "offers"},
};

// The end of the value that begins at `from`.
std::size_t end_of_value(const std::string& text, std::size_t from) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t at = from; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted) {
      if (c == '\\') ++at;
      quoted = c != '"';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (c == ']' || c == '}') {
      if (--depth <= 0) return depth < 0 ? at : at + 1;
    } else if (c == ',' && depth == 0) {
      return at;
    }
  }
  return text.size();
}

}  // namespace

Fault random_fault(Dice& dice, const std::vector<st::Channel>& channels) {
  Fault fault;
  // All of them but rows that a list lost for good: no reader can know of those (FaultKind::skip_rows).
  constexpr int kKinds = static_cast<int>(FaultKind::byte_order_mark) + 1;
  do fault.kind = static_cast<FaultKind>(dice.between(0, kKinds - 1));
  while (fault.kind == FaultKind::skip_rows);
  const st::Channel channel = dice.any(channels);
  if (!dice.one_in(4)) fault.channel = channel;
  fault.path = dice.any(kPaths.at(channel));
  fault.status = dice.any(kStatuses);
  fault.size = static_cast<std::size_t>(dice.between(1, 12));
  if (fault.kind == FaultKind::throttle) fault.wait = 1s * dice.between(1, 1'800);
  if (fault.kind == FaultKind::slow) fault.wait = 1s * dice.between(1, 240);
  if (dice.one_in(2)) fault.times = static_cast<int>(dice.between(1, 30));
  fault.lasts = 1min * dice.between(1, 24 * 60);
  // A short page of the order feed is its end, as documented: one request a minute leaves none for a closing page.
  const bool wildberries = fault.channel == st::Channel() || fault.channel == st::Channel::wildberries;
  const bool of_feed = std::string_view("/api/analytics/v1/order-feed").find(fault.path) != std::string_view::npos;
  if (fault.kind == FaultKind::shrink_pages && wildberries && of_feed) fault.kind = FaultKind::repeat_rows;
  return fault;
}

const Lie& random_lie(Dice& dice, const std::vector<st::Channel>& channels) {
  while (true) {
    const Lie& lie = dice.any(kLies);
    if (std::find(channels.begin(), channels.end(), lie.channel) != channels.end()) return lie;
  }
}

std::string emptied(std::string body, std::string_view list, std::size_t keep) {
  const std::string name = "\"" + std::string(list) + "\":[";
  const std::size_t found = list.empty() ? (body.starts_with('[') ? 0 : std::string::npos) : body.find(name);
  if (found == std::string::npos) return body;
  const std::size_t open = list.empty() ? 0 : found + name.size() - 1;
  const std::size_t close = end_of_value(body, open) - 1;
  std::size_t from = open + 1;
  for (std::size_t n = 0; n < keep && from < close; ++n) {
    from = end_of_value(body, from);
    if (n + 1 < keep && from < close) ++from;
  }
  if (from > close) from = close;
  body.erase(from, close - from);
  const std::string_view more = "\"has_next\":true";
  if (const auto at = body.find(more); at != std::string::npos) body.replace(at, more.size(), "\"has_next\":false");
  body.reserve(body.size() + st::kBodyPadding);
  return body;
}
