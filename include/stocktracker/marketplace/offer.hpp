/// @file
/// Offers: what a seller sells on a channel, under the channel's own identity.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <stocktracker/abi.hpp>

namespace stocktracker::inline v0 {

/// What is known about an offer's card.
enum class OfferState : unsigned char {
  listed,    ///< in the last complete catalogue
  uncarded,  ///< stock was reported for it, but no card was ever seen: only raw ids are known
  vanished,  ///< it had a card, but the last complete catalogue does not contain it: kept, not part of totals
};
[[nodiscard]] STK_API const char* to_string(OfferState state) noexcept;

/// An offer as stored. Empty text: the channel does not say (a value that a channel lacks is never invented).
/// Wildberries: key = chrtID, listing = nmID, article = vendorCode, size = techSize, barcodes = sizes[].skus.
struct Offer {
  std::string key;
  std::string listing;
  std::string article;
  std::string title;
  std::string brand;
  std::string size;
  OfferState state = OfferState::listed;
};

/// An offer on its way from a connector; views are valid during the call to the sink.
struct OfferRow {
  std::string_view key{};
  std::string_view listing{};
  std::string_view article{};
  std::string_view title{};
  std::string_view brand{};
  std::string_view size{};
  std::span<const std::string_view> barcodes{};
  /// False: only key (and listing, if given) are known this time; the stored card stays.
  bool details_known = true;
};

}  // namespace stocktracker::inline v0
