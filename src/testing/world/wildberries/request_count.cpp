// Counts requests, and refuses.
#include "testing/world/wildberries/request_count.hpp"

#include <algorithm>

namespace stocktracker::inline v0::testing::world {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDeepest = INT64_MIN / 4;

std::string key_of(const std::string& seller, bool base_token, std::string_view group) {
  return seller + (base_token ? "/base/" : "/") + std::string(group);
}

std::int64_t seconds_up(std::int64_t micros) noexcept {
  return (std::max<std::int64_t>(micros, 0) + kSecond - 1) / kSecond;
}

}  // namespace

const WildberriesBucket* RequestCount::rule_of(std::string_view group, bool base_token) const noexcept {
  const WildberriesBucket* found = nullptr;
  for (const WildberriesBucket& bucket : limits_.wildberries) {
    if (bucket.group != group || (bucket.base_token && !base_token)) continue;
    if (found == nullptr || bucket.base_token) found = &bucket;
  }
  return found;
}

Allowance RequestCount::arrive(const std::string& seller, bool base_token, std::string_view group, Instant now) {
  const WildberriesBucket* rule = rule_of(group, base_token);
  if (rule == nullptr) return {};
  const std::int64_t interval = rule->interval.count();
  const std::int64_t full = interval * rule->burst;
  auto [found, fresh] = buckets_.try_emplace(key_of(seller, base_token, group));
  Bucket& bucket = found->second;
  if (fresh) bucket = {full, now.micros()};
  bucket.credit = std::min(full, bucket.credit + std::max<std::int64_t>(0, now.micros() - bucket.at));
  bucket.at = now.micros();
  Allowance answer;
  answer.limit = rule->burst;
  if (bucket.credit < interval) {
    answer.allowed = false;
    answer.retry = std::max<std::int64_t>(1, seconds_up(interval - bucket.credit));
    answer.reset = std::max<std::int64_t>(1, seconds_up(full - bucket.credit));
    return answer;
  }
  bucket.credit -= interval;
  answer.remaining = bucket.credit / interval;
  return answer;
}

void RequestCount::answered(const std::string& seller, bool base_token, std::string_view group, int status) {
  if (group != "marketplace" || status < 400 || status > 499) return;
  const WildberriesBucket* rule = rule_of(group, base_token);
  if (rule == nullptr) return;
  // At most 100 years each (WorldLimits::check): a debt that nobody waits for need not grow.
  std::int64_t& credit = buckets_[key_of(seller, base_token, group)].credit;
  if (credit > kDeepest) credit -= (limits_.wildberries_refusal_counts - 1) * rule->interval.count();
}

}  // namespace stocktracker::inline v0::testing::world
