// The request limits that Wildberries documents, as its servers apply them: token buckets per seller, kind of token
// and group of methods. Shares nothing with the library's own count: it is what that is judged by.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0::testing::world {

enum class MethodGroup : unsigned char {
  ping,
  seller_info,
  content,
  marketplace,
  report,
  remains_create,
  remains_status,
  remains_download,
  order_feed,
  prices,
};

struct Allowance {
  bool allowed = true;
  std::int64_t remaining = 0;
  std::int64_t limit = 0;
  std::int64_t retry = 0;  // seconds, rounded up
  std::int64_t reset = 0;
};

class Limits {
 public:
  // One request arrives.
  [[nodiscard]] Allowance arrive(const std::string& seller, bool base_token, MethodGroup group, Instant now);
  // It was answered so: refusals of the marketplace category count as ten.
  void answered(const std::string& seller, bool base_token, MethodGroup group, int status);

 private:
  struct Bucket {
    std::int64_t credit = 0;  // microseconds of refill; negative: in debt
    std::int64_t at = INT64_MIN;
  };
  std::map<std::string, Bucket, std::less<>> buckets_;
};

}  // namespace stocktracker::inline v0::testing::world
