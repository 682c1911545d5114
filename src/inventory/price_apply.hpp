/// @file
/// Prices of one whole answer, and their application to the store.
#pragma once

#include <vector>

#include <stocktracker/inventory/changes.hpp>
#include <stocktracker/inventory/prices.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0::inventory {

struct PriceAnswer {
  AccountId account;
  const std::vector<OfferPrice>* prices = nullptr;  ///< an offer may come again, the last telling counts
  Instant recorded_at;
};

/// What is told as it is known is not written again. An offer without a price in a whole answer has none.
[[nodiscard]] Result<SourceChanges> apply_prices(Transaction& tx, const PriceAnswer& answer);

/// Does not depend on the order of the prices.
[[nodiscard]] std::string digest_of(const std::vector<OfferPrice>& prices);

}  // namespace stocktracker::inline v0::inventory
