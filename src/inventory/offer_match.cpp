#include <stocktracker/inventory/offer_match.hpp>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <string_view>

namespace stocktracker::inline v0 {
namespace {

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
  std::vector<std::size_t> parent_;
  std::vector<char> by_barcode_;
};

/// Who has a text, each offer once, in order.
using Holders = std::map<std::string_view, std::vector<std::size_t>>;

void hold(Holders& holders, std::string_view text, std::size_t offer) {
  if (text.empty()) return;
  auto& all = holders[text];
  if (all.empty() || all.back() != offer) all.push_back(offer);
}

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

OfferMatches match_offers(std::span<const MatchOffer> offers) {
  Chains chains(offers.size());
  std::vector<std::set<std::size_t>> candidates(offers.size());
  std::map<std::string_view, std::vector<std::size_t>> said;
  Holders by_barcode;
  Holders by_article;
  for (std::size_t n = 0; n < offers.size(); ++n) {
    if (!offers[n].product.empty()) {
      said[offers[n].product].push_back(n);
      continue;
    }
    for (const std::string& code : offers[n].barcodes) hold(by_barcode, code, n);
    hold(by_article, offers[n].article, n);
  }
  const auto connect = [&](const Holders& holders, bool barcode) {
    for (const auto& [text, all] : holders) {
      bool one_each = true;
      for (std::size_t a = 0; a < all.size(); ++a) {
        for (std::size_t b = a + 1; b < all.size(); ++b) {
          if (offers[all[a]].account == offers[all[b]].account) {
            one_each = false;
          } else {
            candidates[all[a]].insert(all[b]);
            candidates[all[b]].insert(all[a]);
          }
        }
      }
      for (std::size_t n = 1; one_each && n < all.size(); ++n) chains.join(all[0], all[n], barcode);
    }
  };
  connect(by_barcode, true);
  connect(by_article, false);

  std::map<std::size_t, std::vector<std::size_t>> chained;
  for (std::size_t n = 0; n < offers.size(); ++n) {
    if (offers[n].product.empty()) chained[chains.root(n)].push_back(n);
  }
  OfferMatches matches;
  for (auto& [name, all] : said) matches.products.push_back({std::move(all), MatchedBy::person});
  for (auto& [root, all] : chained) {
    std::set<AccountId> accounts;
    bool clear = true;
    for (const std::size_t n : all) clear = accounts.insert(offers[n].account).second && clear;
    if (clear && all.size() > 1) {
      matches.products.push_back({std::move(all), chains.by_barcode(root) ? MatchedBy::barcode : MatchedBy::article});
      continue;
    }
    for (const std::size_t n : all) {
      const ReviewReason reason = candidates[n].empty() ? ReviewReason::alone : ReviewReason::ambiguous;
      matches.review.push_back({n, reason, {candidates[n].begin(), candidates[n].end()}});
    }
  }
  std::sort(matches.products.begin(), matches.products.end(),
            [](const MatchedProduct& a, const MatchedProduct& b) { return a.offers.front() < b.offers.front(); });
  std::sort(matches.review.begin(), matches.review.end(),
            [](const ReviewItem& a, const ReviewItem& b) { return a.offer < b.offer; });
  return matches;
}

}  // namespace stocktracker::inline v0
