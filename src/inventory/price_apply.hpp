/// Applying the prices of one complete answer, inside the transaction of a run.
#pragma once

#include <string>
#include <vector>

#include <stocktracker/inventory/changes.hpp>
#include <stocktracker/inventory/mass_zero.hpp>
#include <stocktracker/inventory/prices.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0::inventory {

struct PriceAnswer {
  AccountId account;
  const std::vector<OfferPrice>* prices = nullptr;  ///< an offer may come again, the last row counts
  Instant recorded_at;
  std::vector<std::string> odd_offers{};  ///< of rows that could not be read; an empty one: of any offer
  MassZeroGuard guard{};
  bool accept_mass_zero = false;  ///< drop even what the guard would hold
};

struct PriceApplied {
  bool held = false;  ///< nothing was written
  SourceChanges changes;
  std::string note;  ///< why it was held; otherwise empty
};

/// A price that is reported as it is known is not written again. An offer without a price in a complete answer has
/// none, unless a row of it could not be read: then its known price stays.
[[nodiscard]] Result<PriceApplied> apply_prices(Transaction& tx, const PriceAnswer& answer);

/// Does not depend on the order of the prices or of the odd offers: with the same digest, an answer changes nothing.
[[nodiscard]] std::string digest_of(const std::vector<OfferPrice>& prices,
                                    const std::vector<std::string>& odd_offers = {});

}  // namespace stocktracker::inline v0::inventory
