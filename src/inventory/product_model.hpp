/// The stored products (table product_offer): match_offers over all offers that have not vanished, kept up to date by
/// every transaction that changes offers or decisions. products.cpp reads them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/inventory/listings.hpp>
#include <stocktracker/inventory/offer_match.hpp>
#include <stocktracker/inventory/products.hpp>
#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0::inventory {

/// The texts that an offer had before a transaction changed it. A new offer had none.
struct OfferBefore {
  std::int64_t id = 0;
  std::string article{};
  std::vector<std::string> barcodes{};  ///< sorted
  std::string product{};                ///< the product that a person assigned
};

/// The offers that a transaction adds, changes or removes from the catalogue.
struct ProductChanges {
  /// With more changed offers than this, matching everything costs less than matching what surrounds each of them.
  static constexpr std::size_t kMostOffers = 2'000;

  std::vector<OfferBefore> offers{};
  bool everything = false;  ///< too many to name them

  void add(const ProductChanges& more);
};

/// An offer's row of the model.
struct ProductRow {
  std::int64_t offer = 0;
  std::int64_t product = 0;  ///< the lowest id among the product's offers
  ProductMatch match = ProductMatch::none;
  friend bool operator==(const ProductRow&, const ProductRow&) noexcept = default;
};

/// Pure. One row for each offer, in the order of `offers`; `ids` are their ids.
[[nodiscard]] std::vector<ProductRow> product_rows(const std::vector<MatchOffer>& offers,
                                                   const std::vector<std::int64_t>& ids);

/// What update_products needs to know of an offer that is about to change.
[[nodiscard]] Result<OfferBefore> read_before(Transaction& tx, std::int64_t offer);

/// False if the model was never computed in this store, or by another version of the rule.
[[nodiscard]] Result<bool> has_products(Transaction& tx);

/// Call it before the first read that a change depends on: transactions that change offers or decisions at one moment
/// would not see what the other one writes. The second one waits for the first one.
[[nodiscard]] Result<void> hold_products(Transaction& tx);

/// Brings the model up to date after `changes`, and computes it if the store has none. Call it after the changes, in
/// their transaction. Writes only rows that differ, and nothing if there are no changes.
[[nodiscard]] Result<void> update_products(Transaction& tx, const ProductChanges& changes);

/// Computes the complete model again, whatever is stored, and writes the rows that differ. Checks `context` while it
/// reads, and reports progress.
[[nodiscard]] Result<ProductsReport> recompute_products(Transaction& tx, const CallContext& context,
                                                        const Clock& clock);

/// The doctor's check: rows that differ from match_offers over everything, named; at most 20. Nothing if the store has
/// no model yet.
[[nodiscard]] Result<std::vector<std::string>> check_products(Transaction& tx);

}  // namespace stocktracker::inline v0::inventory
