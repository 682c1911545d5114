// RequestCounts: a connector that knows how many requests its lists take. SyncPlan uses it; without it the number is
// estimated from Capabilities.
#pragma once

#include <algorithm>
#include <cstdint>

namespace stocktracker::inline v0 {

enum class ListedSource : unsigned char { catalogue, warehouses, fbo, fbs, orders, prices };

/// What the store knows of an account.
struct KnownRows {
  std::int64_t offers = 0;      ///< listed
  std::int64_t listings = 0;    ///< of those offers
  std::int64_t positions = 0;   ///< of FBO stock
  std::int64_t in_stock = 0;    ///< of those positions
  std::int64_t fbo_offers = 0;  ///< that have such positions
};

struct RequestCount {
  std::int64_t requests = 1;
  bool at_least = false;
};

/// Pages of `per_page` rows, at least one.
[[nodiscard]] constexpr std::int64_t pages_of(std::int64_t rows, int per_page) noexcept {
  return std::max<std::int64_t>(1, (rows + per_page - 1) / per_page);
}

class RequestCounts {
 public:
  RequestCounts() = default;
  RequestCounts(const RequestCounts&) = delete;
  RequestCounts& operator=(const RequestCounts&) = delete;
  virtual ~RequestCounts() = default;
  /// For FBS: of one seller warehouse.
  [[nodiscard]] virtual RequestCount requests_of(ListedSource source, const KnownRows& known) const noexcept = 0;
};

}  // namespace stocktracker::inline v0
