/// @file
/// WorldLimits: how many requests the marketplaces of a World answer, as data that a test can change.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/duration.hpp>
#include <stocktracker/core/problems.hpp>
#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0::testing {

/// A token bucket of Wildberries, per seller and kind of token: `burst` requests at once, one more each `interval`.
struct WildberriesBucket {
  std::string group{};      ///< of methods: "ping", "content", "marketplace", ... as in WorldLimits::documented()
  bool base_token = false;  ///< for base tokens; without one they have a bucket of the same size as other tokens
  Duration interval{};
  int burst = 1;
};

/// Ozon counts requests of all methods in a window that slides.
struct OzonWindow {
  int requests = 50;
  Duration length = std::chrono::seconds(1);
};

/// Yandex Market grants an amount per resource and period; a method spends one, or as many as its page has items.
struct YandexMarketPeriod {
  std::string resource{};  ///< "stocks", "business-orders", ... as in WorldLimits::documented()
  std::int64_t amount = 0;
  Duration length{};
};

/// A value. A group or resource without an entry is not limited.
///
/// @code
/// auto limits = st::testing::WorldLimits::documented();
/// limits.ozon.requests = 10;
/// st::testing::World strict({.limits = true, .limit_table = limits, .channels = {st::Channel::ozon}});
/// @endcode
struct WorldLimits {
  std::vector<WildberriesBucket> wildberries{};
  /// What a refusal (status 400 to 499) by the group "marketplace" counts as.
  int wildberries_refusal_counts = 10;
  OzonWindow ozon{};
  std::vector<YandexMarketPeriod> yandex_market{};

  /// What the marketplaces document; also the names of all groups and resources.
  [[nodiscard]] STK_API static WorldLimits documented();
  /// Each as a problem of its field: names that no method has, names given twice, amounts or times below 1, and more
  /// time than 100 years, which are the most that a bucket takes to refill, that a refusal costs, that a period lasts.
  STK_API void check(Problems& problems) const;
};

}  // namespace stocktracker::inline v0::testing
