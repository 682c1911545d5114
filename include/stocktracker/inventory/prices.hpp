/// @file
/// Prices: the seller's prices, as last reported.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/ids.hpp>
#include <stocktracker/core/money.hpp>
#include <stocktracker/core/page.hpp>

namespace stocktracker::inline v0 {

struct OfferPrice {
  AccountId account;
  std::string offer;  ///< Offer::key
  Money price;        ///< the price that the seller asks, after the seller's own discounts
  std::optional<Money> list_price;
  std::optional<Money> lowest_price;
  Instant changed_at;  ///< when a run first saw this price
};

/// Empty fields do not filter. A text that is not UTF-8 or contains a zero byte is Errc::invalid_argument.
struct PriceQuery {
  AccountId account{};    ///< required
  std::string offer{};    ///< the channel's key of the offer, exactly
  int page_size = 1'000;  ///< 1 to 10,000

  [[nodiscard]] STK_API Result<void> validate() const;
};

class InventoryCore;

/// Handle; cheap to copy, thread-safe.
///
/// @code
/// auto prices = engine.prices().list({.account = account.id});
/// while (auto row = prices.next()) {
///   STK_TRY(const st::OfferPrice& offer, *row);
///   std::printf("%s %s\n", offer.offer.c_str(), offer.price.text().c_str());
/// }
/// @endcode
class STK_API Prices {
 public:
  explicit Prices(std::shared_ptr<InventoryCore> core) noexcept : core_(std::move(core)) {}

  /// Ordered by offer. For their age see the account's source "prices" (Sync::sources). Errc::not_found if the
  /// account does not exist.
  [[nodiscard]] Pages<OfferPrice> list(PriceQuery query, const CallContext& context = {}) const;

 private:
  std::shared_ptr<InventoryCore> core_;
};

}  // namespace stocktracker::inline v0
