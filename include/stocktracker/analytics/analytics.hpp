/// @file
/// Analytics: the pure numbers over what is stored.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/analytics/offer_stock.hpp>
#include <stocktracker/analytics/stock_health.hpp>
#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/ids.hpp>

namespace stocktracker::inline v0 {

struct HealthQuery {
  AccountId account{};                      ///< required
  int days = 7;                             ///< complete days of the zone, up to its last midnight; 1 to 366
  std::optional<std::int64_t> low_stock{};  ///< units: at or below is low; nullopt: TenantSettings::low_stock
  int warning_days = 14;                    ///< days of stock: at or below is a warning
  std::string zone{};                       ///< IANA name: what a day is; empty: TenantSettings::zone

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// One offer over all its warehouses.
struct OfferHealth {
  std::string offer;  ///< Offer::key
  std::string article;
  std::string title;
  /// fbo + fbs, without warehouses that left the account. nullopt: a part of it, or all, is not known, or the sum does
  /// not fit. 0 also where no answer names the offer, and every source that could hold it was read completely and means
  /// zero by its silence.
  std::optional<std::int64_t> on_hand;
  std::optional<std::int64_t> orders;  ///< units in the period; nullopt: not all orders of the period are known
  std::int64_t low_stock = 0;          ///< the threshold that counted: the offer's own, the query's or the tenant's
  DaysOfStock days;
  StockAlert alert = StockAlert::unknown;
  bool ends_soon = false;
};

struct StockHealth {
  AccountId account;
  Period period;
  std::string zone;           ///< of the period's midnights
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

  /// Reads the account's offers and the period's order lines. Errc::invalid_argument about `zone` for an unknown one,
  /// the tenant's included.
  [[nodiscard]] Result<StockHealth> stock_health(const HealthQuery& query, const CallContext& context = {}) const;

  /// The account's offers that have a position, ordered by key. An offer whose warehouses all left the account is in it
  /// with OfferStock::positions 0; an offer that was never reported is not. Reads every position of the account.
  [[nodiscard]] Result<std::vector<OfferStock>> offer_stock(const AccountId& account,
                                                            const CallContext& context = {}) const;

  /// The offer's own threshold of low stock, before the query's and the tenant's; nullopt takes it back.
  /// Errc::not_found when the account has no such offer, invalid_argument unless it is 0 to 1,000,000,000.
  [[nodiscard]] Result<void> set_low_stock(const AccountId& account, std::string_view offer,
                                           std::optional<std::int64_t> units, const CallContext& context = {});
  /// nullopt: it has none of its own. Errc::not_found when the account has no such offer.
  [[nodiscard]] Result<std::optional<std::int64_t>> low_stock_of(const AccountId& account, std::string_view offer,
                                                                 const CallContext& context = {}) const;

 private:
  std::shared_ptr<InventoryCore> core_;
};

}  // namespace stocktracker::inline v0
