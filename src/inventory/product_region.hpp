/// ProductRegion: the offers whose product may differ after some offers have changed, with everything that decides it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "inventory/product_model.hpp"

namespace stocktracker::inline v0::inventory {

/// match_offers gives an offer of the region the same product as over all offers of the store. This holds because an
/// offer joins others only through texts that no account has twice:
///
/// - A text that two unchanged offers of one account have joins nothing, before and after the change: its holders stay
///   out of the region, and the text is left out of matching.
/// - Any other text has few holders, at most one unchanged one for each account. All of them are in the region, and
///   their other texts are followed in turn. So the chains that the change splits or joins are there completely.
class ProductRegion {
 public:
  /// Larger regions are given up: matching everything costs less.
  static constexpr std::size_t kMostOffers = 5'000;

  explicit ProductRegion(Transaction& tx) noexcept : tx_(tx) {}

  /// False if the region is too large.
  [[nodiscard]] Result<bool> grow(const std::vector<OfferBefore>& changed);

  struct Difference {
    std::vector<ProductRow> rows;       ///< to write
    std::vector<std::string> accounts;  ///< of these rows
    std::vector<std::int64_t> removed;  ///< offers that have a row and must not have one
  };
  /// What the model must change.
  [[nodiscard]] Difference difference() const;

 private:
  enum class Kind : unsigned char { barcode, article, product };
  using Text = std::pair<Kind, std::string>;
  struct Member {
    MatchOffer offer;
    bool vanished = false;
    bool stored = false;
    ProductRow row;  // as stored
  };

  [[nodiscard]] Result<Member> read(std::int64_t offer) const;
  [[nodiscard]] Result<bool> begin(const std::vector<OfferBefore>& changed);
  [[nodiscard]] Result<void> follow(const Text& text);
  void note(Kind kind, const std::string& text);
  void note_texts(const std::string& article, const std::vector<std::string>& barcodes, const std::string& product);

  Transaction& tx_;
  std::int64_t most_holders_ = 0;  // with more holders, some account has two unchanged ones
  std::map<std::int64_t, Member> members_;
  std::set<std::int64_t> changed_;
  std::set<Text> seen_;
  std::vector<Text> open_;    // seen, and not followed yet
  std::set<Text> ambiguous_;  // two unchanged offers of an account have it
};

}  // namespace stocktracker::inline v0::inventory
