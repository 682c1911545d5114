// The marketplaces' documented limits, and what a table of limits may not say.
#include <stocktracker/testing/world_limits.hpp>

#include <algorithm>
#include <utility>

namespace stocktracker::inline v0::testing {
namespace {

using namespace std::chrono_literals;

// Sums of a few such times are far from where 64 bits of microseconds end.
constexpr Duration kLongest = std::chrono::hours(24) * 36'525;

bool within(std::int64_t count, Duration each) noexcept {
  return count >= 1 && each > Duration::zero() && each <= kLongest / count;
}

template <class Entry, class Key>
void check_names(const std::vector<Entry>& given, const std::vector<Entry>& known, std::string_view field,
                 Problems& problems, Key&& key_of) {
  for (std::size_t n = 0; n < given.size(); ++n) {
    const auto same = [&](const Entry& other) { return key_of(other) == key_of(given[n]); };
    const auto named = [&](const Entry& other) { return key_of(other).first == key_of(given[n]).first; };
    problems.require(std::any_of(known.begin(), known.end(), named), field,
                     "must name only methods of the marketplace: " + std::string(key_of(given[n]).first));
    problems.require(std::none_of(given.begin(), given.begin() + static_cast<std::ptrdiff_t>(n), same), field,
                     "must name each once: " + std::string(key_of(given[n]).first));
  }
}

}  // namespace

WorldLimits WorldLimits::documented() {
  WorldLimits limits;
  limits.wildberries = {
      {"ping", false, 10s, 3},
      {"seller_info", false, 1min, 10},
      {"seller_info", true, 24h, 1},
      {"content", false, 600ms, 5},
      {"marketplace", false, 200ms, 20},
      {"report", false, 20s, 1},
      {"remains_create", false, 1min, 5},
      {"remains_status", false, 5s, 5},
      {"remains_download", false, 1min, 1},
      {"order_feed", false, 1min, 1},
      {"order_feed", true, 3h, 1},
      {"prices", false, 600ms, 5},
      {"prices", true, 15min, 1},
  };
  limits.yandex_market = {
      {"token", 100, 1h},
      {"campaigns", 1'000, 1h},
      {"offer-mappings", 100, 1min},
      {"paged-warehouses", 1'000, 1h},
      {"partner-warehouses", 100, 1h},
      {"fulfillment-warehouses", 100, 1min},
      {"stocks", 100'000, 1min},
      {"partner-stocks", 500, 1min},
      {"default-prices", 10'000, 1min},
      {"business-orders", 10'000, 1h},
  };
  return limits;
}

void WorldLimits::check(Problems& problems) const {
  const WorldLimits known = documented();
  check_names(wildberries, known.wildberries, "limit_table.wildberries", problems, [](const WildberriesBucket& one) {
    return std::pair<std::string_view, bool>(one.group, one.base_token);
  });
  for (const WildberriesBucket& one : wildberries) {
    problems.require(within(one.burst, one.interval), "limit_table.wildberries",
                     "must refill within 100 years, with a burst and an interval above zero: " + one.group);
    problems.require(one.group != "marketplace" || wildberries_refusal_counts < 1 ||
                         within(wildberries_refusal_counts, one.interval),
                     "limit_table.wildberries_refusal_counts", "must cost at most 100 years");
  }
  problems.require(wildberries_refusal_counts >= 1, "limit_table.wildberries_refusal_counts", "must be at least 1");
  problems.require(ozon.requests >= 1 && within(1, ozon.length), "limit_table.ozon",
                   "must last at most 100 years, with requests and a length above zero");
  check_names(yandex_market, known.yandex_market, "limit_table.yandex_market", problems,
              [](const YandexMarketPeriod& one) { return std::pair<std::string_view, bool>(one.resource, false); });
  for (const YandexMarketPeriod& one : yandex_market) {
    problems.require(one.amount >= 1 && within(1, one.length), "limit_table.yandex_market",
                     "must last at most 100 years, with an amount and a length above zero: " + one.resource);
  }
}

}  // namespace stocktracker::inline v0::testing
