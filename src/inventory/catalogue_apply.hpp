/// Applies one complete catalogue to the offers, inside the transaction of a run.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <stocktracker/core/ids.hpp>
#include <stocktracker/inventory/changes.hpp>
#include <stocktracker/inventory/mass_zero.hpp>
#include <stocktracker/ports/database.hpp>

#include "inventory/catalogue.hpp"
#include "inventory/offer_index.hpp"
#include "inventory/product_model.hpp"

namespace stocktracker::inline v0::inventory {

struct CatalogueAnswer {
  AccountId account;
  const Catalogue* catalogue = nullptr;
  bool first_load = false;
  /// Offers with a row that could not be read: they do not vanish. With `silence_means_nothing` no offer vanishes.
  std::span<const std::string> odd{};
  bool silence_means_nothing = false;
  MassZeroGuard guard{};
  bool accept_mass_zero = false;
};

struct CatalogueApplied {
  bool held = false;
  SourceChanges changes;
  std::int64_t listed_before = 0;
  ProductChanges products;  ///< for update_products
  std::string note;
};

/// Writes new and changed offers, and marks listed offers that the catalogue lacks as vanished; deletes nothing. Writes
/// nothing if the catalogue is held.
[[nodiscard]] Result<CatalogueApplied> apply_catalogue(Transaction& tx, const CatalogueAnswer& answer,
                                                       OfferIndex& index);

}  // namespace stocktracker::inline v0::inventory
