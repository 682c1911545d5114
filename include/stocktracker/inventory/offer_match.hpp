/// @file
/// Finds offers of several accounts that are the same product: by equal texts, never by similar ones.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <stocktracker/core/ids.hpp>

namespace stocktracker::inline v0 {

/// An offer as input of matching. Texts are compared byte by byte: leading zeros, blanks and case count.
struct MatchOffer {
  AccountId account;
  std::string key;  ///< Offer::key
  std::string article;
  std::string title;  ///< for people; not used for matching
  std::vector<std::string> barcodes;
  std::string product;  ///< the product that a person assigned; empty: none
};

enum class MatchedBy : unsigned char { person, barcode, article };
[[nodiscard]] STK_API const char* to_string(MatchedBy by) noexcept;

/// Offers of one product as ascending indices into the input; at most one per account, unless a person decided
/// otherwise.
struct MatchedProduct {
  std::vector<std::size_t> offers;
  MatchedBy by = MatchedBy::barcode;
};

enum class ReviewReason : unsigned char {
  alone,      ///< no other account has an offer with an equal text
  ambiguous,  ///< the equal texts would make two offers of one account the same product
};
[[nodiscard]] STK_API const char* to_string(ReviewReason reason) noexcept;

/// An offer that a person has to decide about.
struct ReviewItem {
  /// Limits the list: one placeholder barcode on every offer would give as many candidates as there are pairs of
  /// offers.
  static constexpr std::size_t kMostCandidates = 10;

  std::size_t offer = 0;
  ReviewReason reason = ReviewReason::alone;
  /// Offers of other accounts that share a barcode or the article: the first kMostCandidates of them, ascending.
  std::vector<std::size_t> candidates;
  /// Number of candidates. From kMostCandidates candidates on, one that shares several texts may count once for each.
  std::size_t candidates_total = 0;
};

/// @code
/// std::vector<st::MatchOffer> offers(2);
/// offers[0].key = "1", offers[0].barcodes = {"4600000000017"};
/// offers[1].key = "2", offers[1].barcodes = {"4600000000017"};
/// const st::OfferMatches found = st::match_offers(offers);  // of one account: for review, not one product
/// std::printf("%zu %zu\n", found.products.size(), found.review.size());
/// @endcode
struct OfferMatches {
  std::vector<MatchedProduct> products;  ///< ordered by their first offer
  std::vector<ReviewItem> review;        ///< ordered by offer; products and review together contain each offer once
};

/// Pure. Offers of different accounts are one product if they share a barcode or the article, and no account, not even
/// a third one, has two offers with that text. If a chain of such pairs reaches two offers of one account, the complete
/// chain goes to review. Decisions of people take precedence: decided offers are not compared. Time and memory grow
/// with the number of offers and barcodes, not with the number of pairs.
[[nodiscard]] STK_API OfferMatches match_offers(std::span<const MatchOffer> offers);

}  // namespace stocktracker::inline v0
