/// @file
/// Listings: one product across the accounts of a tenant, and what people decided of it.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/inventory/offer_match.hpp>

namespace stocktracker::inline v0 {

/// Positions in `matches` are those of `offers`.
struct MatchedListings {
  std::vector<MatchOffer> offers;  ///< all that have not vanished, by account and key
  OfferMatches matches;
};

class InventoryCore;

/// Handle; cheap to copy, thread-safe. Of the context's tenant.
class STK_API Listings {
 public:
  explicit Listings(std::shared_ptr<InventoryCore> core) noexcept : core_(std::move(core)) {}

  /// Computed from what is stored now.
  [[nodiscard]] Result<MatchedListings> matched(const CallContext& context = {}) const;
  /// A person's word: this offer is that product. Offers with one word are one product, whatever else they share.
  /// Errc::not_found when the account has no such offer, invalid_argument for an empty word.
  [[nodiscard]] Result<void> decide(const AccountId& account, std::string_view offer, std::string_view product,
                                    const CallContext& context = {});
  /// Takes the word back; success also where there was none.
  [[nodiscard]] Result<void> undecide(const AccountId& account, std::string_view offer,
                                      const CallContext& context = {});

 private:
  std::shared_ptr<InventoryCore> core_;
};

}  // namespace stocktracker::inline v0
