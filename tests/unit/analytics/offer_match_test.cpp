#include <map>
#include <random>
#include <set>

#include <stocktracker/inventory/offer_match.hpp>

#include "tests/support/catch.hpp"

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
  // One barcode on two offers of an account tells nothing of either.
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

TEST_CASE("each offer is told once, products hold one offer of an account, whatever is equal to what") {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    const auto any = [&](unsigned most) { return static_cast<int>(random() % most); };
    std::vector<st::MatchOffer> offers;
    for (int n = 0; n < 40; ++n) {
      std::vector<std::string> codes;
      for (int c = any(3); c > 0; --c) codes.push_back(std::to_string(any(30)));
      offers.push_back(offer(1 + any(3), std::to_string(n), std::to_string(any(25)), codes));
    }
    const auto matches = st::match_offers(offers);
    std::set<std::size_t> told;
    INFO("seed " << seed);
    for (const auto& product : matches.products) {
      std::set<st::AccountId> accounts;
      CHECK(product.offers.size() > 1);
      for (const std::size_t n : product.offers) {
        CHECK(told.insert(n).second);
        CHECK(accounts.insert(offers[n].account).second);
      }
    }
    for (const auto& item : matches.review) {
      CHECK(told.insert(item.offer).second);
      for (const std::size_t n : item.candidates) CHECK(offers[n].account != offers[item.offer].account);
    }
    CHECK(told.size() == offers.size());
  }
}
