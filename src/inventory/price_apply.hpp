/// Applies the prices of one complete answer, inside the transaction of a run.
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
  const std::vector<OfferPrice>* prices = nullptr;  ///< of rows with one offer the last counts
  Instant recorded_at;
  std::vector<std::string> odd_offers{};  ///< offers with a row that could not be read; "": any offer
  MassZeroGuard guard{};
  bool accept_mass_zero = false;  ///< drop even what the guard would hold
};

struct PriceApplied {
  bool held = false;  ///< nothing was written
  SourceChanges changes;
  std::string note;  ///< why it was held; otherwise empty
};

/// An unchanged price is not written again. If a complete answer has no price for an offer, the offer has none, unless
/// a row about it could not be read: then the known price is kept.
[[nodiscard]] Result<PriceApplied> apply_prices(Transaction& tx, const PriceAnswer& answer);

/// Does not depend on the order of the prices and of the odd offers. An answer with the digest of the last one changes
/// nothing.
[[nodiscard]] std::string digest_of(const std::vector<OfferPrice>& prices,
                                    const std::vector<std::string>& odd_offers = {});

}  // namespace stocktracker::inline v0::inventory
