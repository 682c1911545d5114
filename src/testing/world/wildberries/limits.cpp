// Counts requests, and refuses.
#include "testing/world/wildberries/limits.hpp"

#include <algorithm>

namespace stocktracker::inline v0::testing::world {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kCountsAs = 10;

struct Rule {
  std::int64_t interval;
  std::int64_t burst;
};

Rule rule_of(MethodGroup group, bool base_token) noexcept {
  switch (group) {
    case MethodGroup::ping:
      return {10 * kSecond, 3};
    case MethodGroup::seller_info:
      return base_token ? Rule{24 * 3600 * kSecond, 1} : Rule{60 * kSecond, 10};
    case MethodGroup::content:
      return {600'000, 5};
    case MethodGroup::marketplace:
      return {200'000, 20};
    case MethodGroup::report:
      return {20 * kSecond, 1};
    case MethodGroup::remains_create:
      return {60 * kSecond, 5};
    case MethodGroup::remains_status:
      return {5 * kSecond, 5};
    case MethodGroup::remains_download:
      return {60 * kSecond, 1};
    case MethodGroup::order_feed:
      return base_token ? Rule{3 * 3600 * kSecond, 1} : Rule{60 * kSecond, 1};
    case MethodGroup::prices:
      return base_token ? Rule{900 * kSecond, 1} : Rule{600'000, 5};
  }
  return {kSecond, 1};
}

std::string key_of(const std::string& seller, bool base_token, MethodGroup group) {
  return seller + (base_token ? "/base/" : "/") + std::to_string(static_cast<int>(group));
}

std::int64_t seconds_up(std::int64_t micros) noexcept {
  return (std::max<std::int64_t>(micros, 0) + kSecond - 1) / kSecond;
}

}  // namespace

Allowance Limits::arrive(const std::string& seller, bool base_token, MethodGroup group, Instant now) {
  const Rule rule = rule_of(group, base_token);
  const std::int64_t full = rule.interval * rule.burst;
  auto [found, fresh] = buckets_.try_emplace(key_of(seller, base_token, group));
  Bucket& bucket = found->second;
  if (fresh) bucket = {full, now.micros()};
  bucket.credit = std::min(full, bucket.credit + std::max<std::int64_t>(0, now.micros() - bucket.at));
  bucket.at = now.micros();
  Allowance answer;
  answer.limit = rule.burst;
  if (bucket.credit < rule.interval) {
    answer.allowed = false;
    answer.retry = std::max<std::int64_t>(1, seconds_up(rule.interval - bucket.credit));
    answer.reset = std::max<std::int64_t>(1, seconds_up(full - bucket.credit));
    return answer;
  }
  bucket.credit -= rule.interval;
  answer.remaining = bucket.credit / rule.interval;
  return answer;
}

void Limits::answered(const std::string& seller, bool base_token, MethodGroup group, int status) {
  if (group != MethodGroup::marketplace || status < 400 || status > 499) return;
  buckets_[key_of(seller, base_token, group)].credit -= (kCountsAs - 1) * rule_of(group, base_token).interval;
}

}  // namespace stocktracker::inline v0::testing::world
