// Which offers of several accounts are one product.
#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>
#include <random>
#include <set>

#include <stocktracker/inventory/offer_match.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/seed.hpp"

namespace st = stocktracker;

namespace {

st::AccountId account(int n) {
  std::string text = "01a20a90-0000-7000-8000-000000000000";
  text.back() = static_cast<char>('0' + n);
  return st::AccountId::parse(text).value();
}

st::MatchOffer offer(int of, std::string key, std::string article, std::vector<std::string> barcodes = {},
                     std::string product = {}) {
  return {account(of), std::move(key), std::move(article), "", std::move(barcodes), std::move(product)};
}

// The definition, spelled out pair by pair.
class Naive {
 public:
  explicit Naive(const std::vector<st::MatchOffer>& offers) : offers_(offers), chain_(offers.size()) {
    std::iota(chain_.begin(), chain_.end(), std::size_t{0});
    for (std::size_t a = 0; a < offers.size(); ++a) {
      for (std::size_t b = 0; b < offers.size(); ++b) {
        if (!pair(a, b)) continue;
        for (const std::string& text : shared(a, b)) {
          candidates[a].insert(b);
          if (one_each(text)) join(a, b);
        }
      }
    }
    std::map<std::size_t, std::vector<std::size_t>> chains;
    for (std::size_t n = 0; n < offers.size(); ++n) chains[chain_[n]].push_back(n);
    for (const auto& [first, all] : chains) {
      std::set<st::AccountId> accounts;
      for (const std::size_t n : all) accounts.insert(offers[n].account);
      if (all.size() > 1 && accounts.size() == all.size()) {
        products.insert(all);
      } else {
        review.insert(all.begin(), all.end());
      }
    }
  }

  std::set<std::vector<std::size_t>> products;
  std::set<std::size_t> review;
  std::map<std::size_t, std::set<std::size_t>> candidates;

 private:
  bool pair(std::size_t a, std::size_t b) const { return offers_[a].account != offers_[b].account; }
  static std::set<std::string> texts(const st::MatchOffer& offer) {
    std::set<std::string> all;
    for (const auto& code : offer.barcodes) all.insert("barcode " + code);
    all.insert("article " + offer.article);
    return all;
  }
  std::set<std::string> shared(std::size_t a, std::size_t b) const {
    std::set<std::string> both;
    for (const auto& text : texts(offers_[a])) {
      if (texts(offers_[b]).count(text) != 0) both.insert(text);
    }
    return both;
  }
  bool one_each(const std::string& text) const {
    std::set<st::AccountId> accounts;
    for (const auto& offer : offers_) {
      if (texts(offer).count(text) != 0 && !accounts.insert(offer.account).second) return false;
    }
    return true;
  }
  void join(std::size_t a, std::size_t b) {
    const auto [low, high] = std::minmax(chain_[a], chain_[b]);
    const std::size_t from = high;
    const std::size_t to = low;
    for (std::size_t& one : chain_) one = one == from ? to : one;
  }

  const std::vector<st::MatchOffer>& offers_;
  std::vector<std::size_t> chain_;
};

}  // namespace

TEST_CASE("one product is what shares a barcode or an article, and nothing that is alike") {
  const std::vector<st::MatchOffer> offers{
      offer(1, "11", "dress", {"460", "461"}),
      offer(1, "12", "dress", {"462"}),  // two sizes under one article
      offer(1, "13", "007"),
      offer(1, "14", "cup", {"470"}),
      offer(2, "dress-S", "dress-S", {"461"}),
      offer(2, "7", "7"),
      offer(2, "cup", "cup", {"999"}),
      offer(3, "dress-S", "dress-S", {"461"}),
      offer(3, "Cup", "Cup"),
  };
  const auto matches = st::match_offers(offers);
  REQUIRE(matches.products.size() == 2);
  CHECK(matches.products[0].offers == std::vector<std::size_t>{0, 4, 7});
  CHECK(matches.products[0].by == st::MatchedBy::barcode);
  CHECK(matches.products[1].offers == std::vector<std::size_t>{3, 6});
  CHECK(matches.products[1].by == st::MatchedBy::article);
  std::map<std::size_t, st::ReviewReason> review;
  for (const auto& item : matches.review) review[item.offer] = item.reason;
  CHECK(review.at(1) == st::ReviewReason::alone);
  CHECK(review.at(2) == st::ReviewReason::alone);  // 007 is not 7
  CHECK(review.at(5) == st::ReviewReason::alone);
  CHECK(review.at(8) == st::ReviewReason::alone);  // nor is Cup cup
}

TEST_CASE("what would make two offers of one account the same is for a person") {
  // By barcode A is B, by article B is C, and A and C are of one account.
  const std::vector<st::MatchOffer> offers{offer(1, "a", "x", {"1"}), offer(2, "b", "y", {"1"}), offer(1, "c", "y")};
  const auto matches = st::match_offers(offers);
  CHECK(matches.products.empty());
  REQUIRE(matches.review.size() == 3);
  for (const auto& item : matches.review) CHECK(item.reason == st::ReviewReason::ambiguous);
  CHECK(matches.review[1].candidates == std::vector<std::size_t>{0, 2});
  // One barcode on two offers of an account identifies neither.
  const std::vector<st::MatchOffer> twice{offer(1, "a", "x", {"1"}), offer(1, "b", "y", {"1"}),
                                          offer(2, "c", "z", {"1"})};
  CHECK(st::match_offers(twice).products.empty());
}

TEST_CASE("a person's word counts before everything") {
  const std::vector<st::MatchOffer> offers{offer(1, "a", "x", {"1"}, "kettle"), offer(2, "b", "x", {"1"}),
                                           offer(2, "c", "other", {}, "kettle"), offer(1, "d", "x")};
  const auto matches = st::match_offers(offers);
  REQUIRE(matches.products.size() == 2);
  CHECK(matches.products[0].offers == std::vector<std::size_t>{0, 2});
  CHECK(matches.products[0].by == st::MatchedBy::person);
  CHECK(matches.products[1].offers == std::vector<std::size_t>{1, 3});
}

TEST_CASE("each offer is listed once, and a product has one offer of an account, whatever matches") {
  for (const std::uint64_t seed : seeds_to_try(1, 200)) {
    std::mt19937 random(static_cast<unsigned>(seed));
    const auto any = [&](unsigned most) { return static_cast<int>(random() % most); };
    std::vector<st::MatchOffer> offers;
    for (int n = 0; n < 40; ++n) {
      std::vector<std::string> codes;
      for (int c = any(3); c > 0; --c) codes.push_back(std::to_string(any(30)));
      offers.push_back(offer(1 + any(3), std::to_string(n), std::to_string(any(25)), codes));
    }
    const auto matches = st::match_offers(offers);
    std::set<std::size_t> reported;
    INFO(replay(seed));
    for (const auto& product : matches.products) {
      std::set<st::AccountId> accounts;
      CHECK(product.offers.size() > 1);
      for (const std::size_t n : product.offers) {
        CHECK(reported.insert(n).second);
        CHECK(accounts.insert(offers[n].account).second);
      }
    }
    for (const auto& item : matches.review) {
      CHECK(reported.insert(item.offer).second);
      for (const std::size_t n : item.candidates) CHECK(offers[n].account != offers[item.offer].account);
    }
    CHECK(reported.size() == offers.size());
  }
}

TEST_CASE("products and candidates are those of the definition, pair by pair") {
  for (const std::uint64_t seed : seeds_to_try(1, 60)) {
    std::mt19937 random(static_cast<unsigned>(seed));
    const auto any = [&](unsigned most) { return static_cast<int>(random() % most); };
    std::vector<st::MatchOffer> offers;
    const int size = 10 + any(50);
    const unsigned codes_in_use = seed % 3 == 0 ? 6 : 40;  // few: more candidates than are listed
    for (int n = 0; n < size; ++n) {
      std::vector<std::string> codes;
      for (int c = any(3); c > 0; --c) codes.push_back(std::to_string(any(codes_in_use)));
      offers.push_back(offer(1 + any(4), std::to_string(n), std::to_string(any(30)), codes));
    }
    const Naive naive(offers);
    const auto matches = st::match_offers(offers);
    INFO(replay(seed));
    std::set<std::vector<std::size_t>> products;
    for (const auto& product : matches.products) products.insert(product.offers);
    CHECK(products == naive.products);
    std::set<std::size_t> review;
    for (const auto& item : matches.review) {
      review.insert(item.offer);
      const auto found = naive.candidates.find(item.offer);
      const auto all = found == naive.candidates.end() ? std::set<std::size_t>() : found->second;
      std::vector<std::size_t> first(all.begin(), all.end());
      first.resize(std::min(first.size(), st::ReviewItem::kMostCandidates));
      CHECK(item.candidates == first);
      CHECK((item.reason == st::ReviewReason::alone) == all.empty());
      if (all.size() < st::ReviewItem::kMostCandidates) CHECK(item.candidates_total == all.size());
      CHECK(item.candidates_total >= all.size());
    }
    CHECK(review == naive.review);
  }
}

TEST_CASE("a placeholder barcode on a third of two large catalogues costs no more than the offers themselves") {
  std::vector<st::MatchOffer> offers;
  constexpr int kEach = 100'000;
  offers.reserve(2 * kEach);
  for (int of = 1; of <= 2; ++of) {
    for (int n = 0; n < kEach; ++n) {
      const std::string name = std::to_string(n);
      const bool placeholder = n % 3 == 0;
      offers.push_back(
          offer(of, name, (of == 1 ? "wb-" : "ozon-") + name, {placeholder ? "0000000000000" : "46" + name}));
    }
  }
  const auto begun = std::chrono::steady_clock::now();
  const auto matches = st::match_offers(offers);
  const auto took = std::chrono::steady_clock::now() - begun;
  INFO(std::chrono::duration_cast<std::chrono::milliseconds>(took).count() << " ms");
  CHECK(took < std::chrono::seconds(60));  // of an unoptimised build on a machine that does other things too
  const std::size_t thirds = (kEach + 2) / 3;
  CHECK(matches.products.size() == kEach - thirds);
  REQUIRE(matches.review.size() == 2 * thirds);
  std::size_t listed = 0;
  for (const auto& item : matches.review) listed += item.candidates.size();
  CHECK(listed == 2 * thirds * st::ReviewItem::kMostCandidates);
  CHECK(matches.review.front().candidates_total == thirds);
  CHECK(matches.review.front().candidates.front() == kEach);
  CHECK(matches.review.back().candidates.front() == 0);
}
