/// Catalogue: all offers of one complete listing, packed in memory. catalogue_apply.hpp applies it to the store.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/marketplace/offer.hpp>

#include "core/hash.hpp"

namespace stocktracker::inline v0::inventory {

/// Texts of all offers share one buffer: a hundred thousand offers are three allocations, not a million.
class Catalogue {
 public:
  void add(const OfferRow& row);
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  /// The row has views into the catalogue; `row.barcodes` is a view of `barcodes`, which this function fills.
  [[nodiscard]] OfferRow row(std::size_t at, std::vector<std::string_view>& barcodes) const;
  [[nodiscard]] std::string_view key(std::size_t at) const noexcept;
  [[nodiscard]] std::int64_t content_hash(std::size_t at) const noexcept { return entries_[at].content_hash; }
  [[nodiscard]] bool details_known(std::size_t at) const noexcept { return entries_[at].details_known; }
  /// Does not depend on the order of the offers.
  [[nodiscard]] std::string digest() const { return digest_.text(); }
  /// The distinct keys.
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

}  // namespace stocktracker::inline v0::inventory
