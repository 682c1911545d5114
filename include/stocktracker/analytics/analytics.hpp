/// @file
/// Analytics: the pure numbers over what is stored.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <stocktracker/analytics/stock_health.hpp>
#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/ids.hpp>

namespace stocktracker::inline v0 {

struct HealthQuery {
  AccountId account{};                 ///< required
  int days = 7;                        ///< whole days of the marketplace's zone, up to its last midnight; 1 to 366
  std::int64_t low_stock = 10;         ///< units: at or below is low
  int warning_days = 14;               ///< days of stock: at or below is told
  std::string zone = "Europe/Moscow";  ///< the channel's (Capabilities::zone); this is that of all of ours

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// One offer over all its warehouses.
struct OfferHealth {
  std::string offer;  ///< Offer::key
  std::string article;
  std::string title;
  std::optional<std::int64_t> on_hand;  ///< fbo + fbs; nullopt: a part of it, or all, is not known
  std::optional<std::int64_t> orders;   ///< units in the period; nullopt: orders of the period are not known whole
  DaysOfStock days;
  StockAlert alert = StockAlert::unknown;
  bool ends_soon = false;
};

struct StockHealth {
  AccountId account;
  Period period;
  bool orders_known = false;  ///< the period is covered
  std::int64_t offers = 0;    ///< whose stock is known
  std::int64_t low = 0;
  std::int64_t out = 0;
  std::int64_t unknown = 0;            ///< offers whose stock is not known: in no other number
  std::int64_t score_tenths = 1'000;   ///< health_score_tenths(low, out, offers)
  std::optional<Instant> observed_at;  ///< of the least fresh source; nullopt while one was never seen
  std::vector<OfferHealth> each;       ///< what ends first comes first: out, then by days of stock, then the rest
};

class InventoryCore;

/// Handle; cheap to copy, thread-safe.
class STK_API Analytics {
 public:
  explicit Analytics(std::shared_ptr<InventoryCore> core) noexcept : core_(std::move(core)) {}

  /// Reads the account's offers and the period's order lines.
  [[nodiscard]] Result<StockHealth> stock_health(const HealthQuery& query, const CallContext& context = {}) const;

 private:
  std::shared_ptr<InventoryCore> core_;
};

}  // namespace stocktracker::inline v0
