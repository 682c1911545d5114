// Requests as the servers of Wildberries count them: token buckets per seller, kind of token and group of methods.
// Shares no code with the library's limiter, because tests check the limiter against it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include <stocktracker/core/time.hpp>
#include <stocktracker/testing/world_limits.hpp>

namespace stocktracker::inline v0::testing::world {

struct Allowance {
  bool allowed = true;
  std::int64_t remaining = 0;
  std::int64_t limit = 0;  // 0: the group is not limited
  std::int64_t retry = 0;  // seconds, rounded up
  std::int64_t reset = 0;
};

class RequestCount {
 public:
  explicit RequestCount(WorldLimits limits) : limits_(std::move(limits)) {}

  // One request arrives.
  [[nodiscard]] Allowance arrive(const std::string& seller, bool base_token, std::string_view group, Instant now);
  // The request was answered with this status. In the group "marketplace" a refusal counts as several requests.
  void answered(const std::string& seller, bool base_token, std::string_view group, int status);

 private:
  struct Bucket {
    std::int64_t credit = 0;  // microseconds of refill; negative: in debt
    std::int64_t at = INT64_MIN;
  };
  [[nodiscard]] const WildberriesBucket* rule_of(std::string_view group, bool base_token) const noexcept;

  const WorldLimits limits_;
  std::map<std::string, Bucket, std::less<>> buckets_;
};

}  // namespace stocktracker::inline v0::testing::world
