/// @file
/// Catalogue: all offers of one whole listing, packed, and its application to the store.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/inventory/changes.hpp>
#include <stocktracker/inventory/mass_zero.hpp>
#include <stocktracker/marketplace/offer.hpp>
#include <stocktracker/ports/database.hpp>

#include "core/hash.hpp"
#include "inventory/offer_index.hpp"

namespace stocktracker::inline v0::inventory {

/// Texts of all offers share one buffer: a hundred thousand offers are three allocations, not a million.
class Catalogue {
 public:
  void add(const OfferRow& row);
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  /// Views into the catalogue; `barcodes` is filled with what `row.barcodes` shows.
  [[nodiscard]] OfferRow row(std::size_t at, std::vector<std::string_view>& barcodes) const;
  [[nodiscard]] std::string_view key(std::size_t at) const noexcept;
  [[nodiscard]] std::int64_t content_hash(std::size_t at) const noexcept { return entries_[at].content_hash; }
  [[nodiscard]] bool details_known(std::size_t at) const noexcept { return entries_[at].details_known; }
  /// Does not depend on the order of the offers.
  [[nodiscard]] std::string digest() const { return digest_.text(); }
  /// The keys, each once, as texts.
  [[nodiscard]] std::vector<std::string> keys() const;

 private:
  struct Entry {
    std::size_t from = 0;
    std::uint32_t first_length = 0;  // into lengths_
    std::uint32_t parts = 0;         // six fields, then barcodes
    bool details_known = true;
    std::int64_t content_hash = 0;
  };
  std::string texts_;
  std::vector<std::uint32_t> lengths_;
  std::vector<Entry> entries_;
  Digest128 digest_{};
};

struct CatalogueAnswer {
  AccountId account;
  const Catalogue* catalogue = nullptr;
  bool first_load = false;
  /// Offers whose rows could not be read: they do not vanish. With `silence_means_nothing` nobody does.
  std::span<const std::string> odd{};
  bool silence_means_nothing = false;
  MassZeroGuard guard{};
  bool accept_mass_zero = false;
};

struct CatalogueApplied {
  bool held = false;
  SourceChanges changes;
  std::int64_t listed_before = 0;
  std::string note;
};

/// New and changed offers are written, listed offers that are gone become vanished; nothing is deleted. Writes nothing
/// when held.
[[nodiscard]] Result<CatalogueApplied> apply_catalogue(Transaction& tx, const CatalogueAnswer& answer,
                                                       OfferIndex& index);

}  // namespace stocktracker::inline v0::inventory
