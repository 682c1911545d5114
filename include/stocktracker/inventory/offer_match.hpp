/// @file
/// Which offers of several accounts are one product: by what is equal, never by what is alike.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <stocktracker/core/ids.hpp>

namespace stocktracker::inline v0 {

/// An offer as matching sees it. Texts are compared byte by byte: leading zeros, blanks and case count.
struct MatchOffer {
  AccountId account;
  std::string key;  ///< Offer::key
  std::string article;
  std::string title;  ///< for people; nothing is concluded from it
  std::vector<std::string> barcodes;
  std::string product;  ///< that a person said it is; empty: nobody has
};

enum class MatchedBy : unsigned char { person, barcode, article };
[[nodiscard]] STK_API const char* to_string(MatchedBy by) noexcept;

/// Offers of one product, at most one of each account unless a person said otherwise; ascending positions in the input.
struct MatchedProduct {
  std::vector<std::size_t> offers;
  MatchedBy by = MatchedBy::barcode;
};

enum class ReviewReason : unsigned char {
  alone,      ///< no other account has anything equal
  ambiguous,  ///< what is equal would make two offers of one account the same
};
[[nodiscard]] STK_API const char* to_string(ReviewReason reason) noexcept;

/// What a person has to look at.
struct ReviewItem {
  /// One placeholder barcode on every offer would make as many candidates as there are pairs of offers.
  static constexpr std::size_t kMostCandidates = 10;

  std::size_t offer = 0;
  ReviewReason reason = ReviewReason::alone;
  /// Offers of other accounts that share a barcode or the article: the first kMostCandidates of them, ascending.
  std::vector<std::size_t> candidates;
  /// How many there are; from kMostCandidates on, one that shares several texts may count for each of them.
  std::size_t candidates_total = 0;
};

struct OfferMatches {
  std::vector<MatchedProduct> products;  ///< by their first offer
  std::vector<ReviewItem> review;        ///< by offer; with the products, each offer once
};

/// Pure. Offers of different accounts are one product where they share a barcode or the article, and that belongs to
/// one offer of each account alone; a chain of such that meets two offers of one account is for review, whole. What a
/// person said counts before everything. Time and memory grow with the number of offers and barcodes, not with the
/// number of pairs.
[[nodiscard]] STK_API OfferMatches match_offers(std::span<const MatchOffer> offers);

}  // namespace stocktracker::inline v0
