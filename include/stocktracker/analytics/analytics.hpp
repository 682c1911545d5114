/// @file
/// Analytics: figures that are computed from stored stock and orders.
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
  AccountId account{};  ///< required
  int days = 7;         ///< complete days of `zone`, the last one ends at its last midnight; 1 to 366
  std::optional<std::int64_t> low_stock{};  ///< units: at or below it is low; nullopt: TenantSettings::low_stock
  int warning_days = 14;                    ///< days of stock: an offer at or below it is a warning
  std::string zone{};                       ///< IANA name, defines where a day begins; empty: TenantSettings::zone

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// One offer, summed over its warehouses.
struct OfferHealth {
  std::string offer;  ///< Offer::key
  std::string article;
  std::string title;
  /// fbo + fbs, without warehouses that left the account. nullopt: some or all of it is not known, or the sum does not
  /// fit. An offer that no answer names has 0 only if every source that could hold it was read completely and an absent
  /// offer means 0 there (Absent::zero).
  std::optional<std::int64_t> on_hand;
  std::optional<std::int64_t> orders;  ///< units in the period; nullopt: not all orders of the period are known
  std::int64_t low_stock = 0;  ///< the threshold that was applied: the offer's own, else the query's, else the tenant's
  DaysOfStock days;
  StockAlert alert = StockAlert::unknown;
  bool ends_soon = false;
};

struct StockHealth {
  AccountId account;
  Period period;
  std::string zone;           ///< the zone that was applied
  bool orders_known = false;  ///< true: all orders of the period are known
  std::int64_t offers = 0;    ///< offers with known stock
  std::int64_t low = 0;
  std::int64_t out = 0;
  std::int64_t unknown = 0;            ///< offers with unknown stock; not counted in any other number
  std::int64_t score_tenths = 1'000;   ///< health_score_tenths(low, out, offers)
  std::optional<Instant> observed_at;  ///< of the least fresh source; nullopt until every source has been seen
  std::vector<OfferHealth> by_offer;   ///< first what is out, then by days of stock, shortest first, then the rest
};

class InventoryCore;

/// Handle; cheap to copy, thread-safe.
///
/// @code
/// STK_TRY(const auto health, engine.analytics().stock_health({.account = account.id, .days = 7}));
/// for (const st::OfferHealth& offer : health.by_offer) {
///   std::printf("%s: %s\n", offer.article.c_str(), offer.days.text().c_str());  // "12.5", "sold out", "?"
/// }
/// @endcode
class STK_API Analytics {
 public:
  explicit Analytics(std::shared_ptr<InventoryCore> core) noexcept : core_(std::move(core)) {}

  /// Reads the account's offers and the period's order lines, in one snapshot; holds only what it returns.
  /// Errc::not_found if the account does not exist, invalid_argument (field "zone") for an unknown zone, also if it
  /// comes from the tenant's settings.
  [[nodiscard]] Result<StockHealth> stock_health(const HealthQuery& query, const CallContext& context = {}) const;

  /// The account's offers that have a position, ordered by key. If all warehouses of an offer have left the account, it
  /// has OfferStock::positions 0; an offer that was never reported is not included. Reads every position of the
  /// account. Errc::not_found if the account does not exist.
  [[nodiscard]] Result<std::vector<OfferStock>> offer_stock(const AccountId& account,
                                                            const CallContext& context = {}) const;

  /// Sets the offer's own low-stock threshold, which replaces the query's and the tenant's; nullopt removes it.
  /// Errc::not_found when the account has no such offer, invalid_argument unless it is 0 to 1,000,000,000.
  [[nodiscard]] Result<void> set_low_stock(const AccountId& account, std::string_view offer,
                                           std::optional<std::int64_t> units, const CallContext& context = {});
  /// nullopt: the offer has no threshold of its own. Errc::not_found when the account has no such offer.
  [[nodiscard]] Result<std::optional<std::int64_t>> low_stock_of(const AccountId& account, std::string_view offer,
                                                                 const CallContext& context = {}) const;

 private:
  std::shared_ptr<InventoryCore> core_;
};

}  // namespace stocktracker::inline v0
