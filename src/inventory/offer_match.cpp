// Matching by equal barcodes and articles, linear in the offers.
#include <stocktracker/inventory/offer_match.hpp>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace stocktracker::inline v0 {
namespace {

using Positions = std::vector<std::size_t>;

class Chains {
 public:
  explicit Chains(std::size_t offers) : parent_(offers), by_barcode_(offers, 0) {
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
  }
  std::size_t root(std::size_t at) {
    while (parent_[at] != at) {
      parent_[at] = parent_[parent_[at]];
      at = parent_[at];
    }
    return at;
  }
  void join(std::size_t a, std::size_t b, bool barcode) {
    a = root(a);
    b = root(b);
    const bool by_barcode = barcode || by_barcode_[a] != 0 || by_barcode_[b] != 0;
    parent_[std::max(a, b)] = std::min(a, b);
    by_barcode_[std::min(a, b)] = by_barcode ? 1 : 0;
  }
  bool by_barcode(std::size_t root) const { return by_barcode_[root] != 0; }

 private:
  Positions parent_;
  std::vector<char> by_barcode_;
};

/// The offers with a text: each once, ascending.
class Holders {
 public:
  void add(std::string_view text, std::size_t offer) {
    if (text.empty()) return;
    const auto [found, fresh] = place_.try_emplace(text, groups_.size());
    if (fresh) groups_.emplace_back();
    Positions& group = groups_[found->second];
    if (group.empty() || group.back() != offer) group.push_back(offer);
  }
  [[nodiscard]] const std::vector<Positions>& groups() const noexcept { return groups_; }

 private:
  std::unordered_map<std::string_view, std::size_t> place_;
  std::vector<Positions> groups_;
};

class Matcher {
 public:
  explicit Matcher(std::span<const MatchOffer> offers)
      : offers_(offers), chains_(offers.size()), account_(offers.size()), in_review_(offers.size(), 0) {
    std::unordered_map<std::string, std::size_t> number;
    for (std::size_t n = 0; n < offers.size(); ++n) {
      account_[n] = n > 0 && offers[n].account == offers[n - 1].account
                        ? account_[n - 1]
                        : number.try_emplace(offers[n].account.text(), number.size()).first->second;
    }
    last_seen_.assign(number.size(), 0);
  }

  OfferMatches run() {
    std::unordered_map<std::string_view, std::size_t> said;
    for (std::size_t n = 0; n < offers_.size(); ++n) {
      const MatchOffer& offer = offers_[n];
      if (!offer.product.empty()) {
        const auto [found, fresh] = said.try_emplace(offer.product, matches_.products.size());
        if (fresh) matches_.products.push_back({{}, MatchedBy::person});
        matches_.products[found->second].offers.push_back(n);
        continue;
      }
      for (const std::string& code : offer.barcodes) by_barcode_.add(code, n);
      by_article_.add(offer.article, n);
    }
    connect(by_barcode_, true);
    connect(by_article_, false);
    divide();
    list_candidates();
    std::sort(matches_.products.begin(), matches_.products.end(),
              [](const MatchedProduct& a, const MatchedProduct& b) { return a.offers.front() < b.offers.front(); });
    return std::move(matches_);
  }

 private:
  bool one_of_each_account(const Positions& all) {
    ++mark_;
    return std::all_of(all.begin(), all.end(),
                       [&](std::size_t n) { return std::exchange(last_seen_[account_[n]], mark_) != mark_; });
  }

  void connect(const Holders& holders, bool barcode) {
    for (const Positions& all : holders.groups()) {
      if (!one_of_each_account(all)) continue;
      for (std::size_t n = 1; n < all.size(); ++n) chains_.join(all[0], all[n], barcode);
    }
  }

  /// Sorts the offers into products and candidates for review.
  void divide() {
    std::vector<Positions> chained(offers_.size());  // by the chain's first offer
    for (std::size_t n = 0; n < offers_.size(); ++n) {
      if (offers_[n].product.empty()) chained[chains_.root(n)].push_back(n);
    }
    for (Positions& all : chained) {
      if (all.size() > 1 && one_of_each_account(all)) {
        const MatchedBy by = chains_.by_barcode(all.front()) ? MatchedBy::barcode : MatchedBy::article;
        matches_.products.push_back({std::move(all), by});
      } else {
        for (const std::size_t n : all) in_review_[n] = 1;
      }
    }
  }

  void list_candidates() {
    Positions item(offers_.size());
    for (std::size_t n = 0; n < offers_.size(); ++n) {
      if (in_review_[n] == 0) continue;
      item[n] = matches_.review.size();
      matches_.review.push_back({n, ReviewReason::alone, {}, 0});
    }
    for (const Holders* holders : {&by_barcode_, &by_article_}) {
      for (const Positions& all : holders->groups()) add_candidates(all, item);
    }
    for (ReviewItem& one : matches_.review) {
      if (!one.candidates.empty()) one.reason = ReviewReason::ambiguous;
      // Fewer than the maximum: these are all, each once.
      if (one.candidates.size() < ReviewItem::kMostCandidates) one.candidates_total = one.candidates.size();
    }
  }

  /// The first holders of other accounts are the same for all holders of one account: found once for each account. A
  /// search passes the account's own holders at most, so that all searches together read the group a few times.
  void add_candidates(const Positions& all, const Positions& item) {
    if (all.size() < 2) return;
    std::unordered_map<std::size_t, Positions> of_account;
    for (const std::size_t n : all) of_account[account_[n]].push_back(n);
    if (of_account.size() < 2) return;
    Positions others;
    for (const auto& [account, own] : of_account) {
      others.clear();
      for (std::size_t n = 0; n < all.size() && others.size() < ReviewItem::kMostCandidates; ++n) {
        if (account_[all[n]] != account) others.push_back(all[n]);
      }
      for (const std::size_t n : own) {
        if (in_review_[n] != 0) merge(matches_.review[item[n]], others, all.size() - own.size());
      }
    }
  }

  static void merge(ReviewItem& into, const Positions& others, std::size_t total) {
    Positions merged;
    std::set_union(into.candidates.begin(), into.candidates.end(), others.begin(), others.end(),
                   std::back_inserter(merged));
    if (merged.size() > ReviewItem::kMostCandidates) merged.resize(ReviewItem::kMostCandidates);
    into.candidates = std::move(merged);
    into.candidates_total += total;
  }

  std::span<const MatchOffer> offers_;
  Chains chains_;
  Positions account_;    // each account has a small number
  Positions last_seen_;  // by that number
  std::size_t mark_ = 0;
  std::vector<char> in_review_;
  Holders by_barcode_;
  Holders by_article_;
  OfferMatches matches_;
};

}  // namespace

const char* to_string(MatchedBy by) noexcept {
  switch (by) {
    case MatchedBy::person:
      return "person";
    case MatchedBy::barcode:
      return "barcode";
    case MatchedBy::article:
      return "article";
  }
  return "unknown";
}

const char* to_string(ReviewReason reason) noexcept { return reason == ReviewReason::alone ? "alone" : "ambiguous"; }

OfferMatches match_offers(std::span<const MatchOffer> offers) { return Matcher(offers).run(); }

}  // namespace stocktracker::inline v0
