/// @file
/// Listings: which offers of a tenant's accounts are the same product, and what people decided about it.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/page.hpp>
#include <stocktracker/inventory/offer_match.hpp>
#include <stocktracker/inventory/products.hpp>

namespace stocktracker::inline v0 {

/// Positions in `matches` are indices into `offers`.
///
/// @code
/// STK_TRY(const auto listings, engine.listings().matched());
/// for (const st::MatchedProduct& product : listings.matches.products) {
///   for (const std::size_t at : product.offers) std::puts(listings.offers[at].article.c_str());
/// }
/// @endcode
struct MatchedListings {
  std::vector<MatchOffer> offers;  ///< all that have not vanished, by account and key
  OfferMatches matches;
};

/// Result of Listings::recompute_products.
struct ProductsReport {
  std::int64_t offers = 0;   ///< offers that have not vanished: each is in one product
  std::int64_t changed = 0;  ///< offers with a stored row that was missing, wrong or too much
};

class InventoryCore;

/// Handle; cheap to copy, thread-safe. Works on the context's tenant.
///
/// @code
/// STK_TRY(const auto listings, engine.listings().matched());
/// for (const st::ReviewItem& item : listings.matches.review) std::puts(listings.offers[item.offer].title.c_str());
/// STK_TRY(engine.listings().decide(account.id, "4711", "mug-blue"));  // a person's decision takes precedence
/// @endcode
class STK_API Listings {
 public:
  explicit Listings(std::shared_ptr<InventoryCore> core) noexcept : core_(std::move(core)) {}

  /// The products across accounts, page by page. Every offer that has not vanished is in exactly one product: an offer
  /// that matches nothing is a product of its own. In the order in which the first offer of each product came into the
  /// store. The list continues after a cursor; each page is one snapshot. Products are stored: runs and decisions keep
  /// them up to date in their own transactions. In a store that was last written by an earlier version, the first call
  /// computes them; if it cannot write there, it fails with store_read_only or tenant_suspended (see
  /// recompute_products). Errc::not_found if the query names an account that does not exist.
  [[nodiscard]] Pages<Product> products(ProductQuery query = {}, const CallContext& context = {}) const;
  /// Computes all stored products again, in one transaction, and writes those that differ: in a store that was last
  /// written by an earlier version, after a migration, or if Engine::doctor finds damaged ones. Holds all offers in
  /// memory. Reports progress; a call that is cancelled changes nothing.
  ///
  /// @code
  /// STK_TRY(const auto report, engine.listings().recompute_products());
  /// std::printf("%lld of %lld\n", static_cast<long long>(report.changed), static_cast<long long>(report.offers));
  /// @endcode
  [[nodiscard]] Result<ProductsReport> recompute_products(const CallContext& context = {});
  /// All offers, matched in memory, with candidates for those that need a person's decision. Costs memory and time for
  /// all offers; for pages use `products`.
  [[nodiscard]] Result<MatchedListings> matched(const CallContext& context = {}) const;
  /// Records a person's decision: this offer is that product. Offers with the same `product` are one product, whatever
  /// else they share. Errc::not_found when the account has no such offer, invalid_argument when `product` is empty.
  [[nodiscard]] Result<void> decide(const AccountId& account, std::string_view offer, std::string_view product,
                                    const CallContext& context = {});
  /// Removes the decision; success also if there was none. Errc::not_found when there is no such account.
  [[nodiscard]] Result<void> undecide(const AccountId& account, std::string_view offer,
                                      const CallContext& context = {});

 private:
  std::shared_ptr<InventoryCore> core_;
};

}  // namespace stocktracker::inline v0
