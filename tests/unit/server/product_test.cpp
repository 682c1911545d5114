// Products side by side and offers for review, as tables.
#include "server/render/product.hpp"

#include <algorithm>
#include <chrono>

#include "tests/support/catch.hpp"

namespace {

namespace st = stocktracker;

const st::AccountId kFirst = st::AccountId::parse("01a20a90-0000-7000-8000-00000000000a").value();
const st::AccountId kSecond = st::AccountId::parse("01a20a90-0000-7000-8000-00000000000b").value();
const st::Instant kNow = st::Instant::from_micros(1'800'000'000'000'000);

st::OfferStock stock_of(const char* offer, std::int64_t fbo, std::int64_t fbs, std::chrono::minutes ago) {
  st::OfferStock stock;
  stock.offer = offer;
  stock.fbo = st::Quantity::from_units(fbo).value();
  stock.fbs = st::Quantity::from_units(fbs).value();
  stock.positions = 2;
  stock.observed_at = kNow - ago;
  return stock;
}

// Two accounts; "mug" and "plate" are sold by both, "bowl" by the first alone.
server::ProductView two_accounts() {
  server::ProductView view;
  for (const auto& [id, label] : {std::pair{kFirst, "Anna"}, std::pair{kSecond, "Boris"}}) {
    st::Account account;
    account.id = id;
    account.label = label;
    view.accounts.push_back(account);
  }
  view.listings.offers = {{kFirst, "bowl", "bowl", {}, {}, {}},
                          {kFirst, "mug", "mug", {}, {}, {}},
                          {kFirst, "plate", "plate", {}, {}, {}},
                          {kSecond, "mug-1", "mug", {}, {}, {}},
                          {kSecond, "plate-1", "plate-big", {}, {}, {}}};
  view.listings.matches.products = {
      {{0}, st::MatchedBy::person}, {{1, 3}, st::MatchedBy::article}, {{2, 4}, st::MatchedBy::barcode}};
  view.stock[{kFirst, "mug"}] = stock_of("mug", 3, 4, std::chrono::minutes(30));
  view.stock[{kSecond, "mug-1"}] = stock_of("mug-1", 0, 7, std::chrono::minutes(5));
  view.stock[{kFirst, "plate"}] = stock_of("plate", 1, 0, std::chrono::minutes(10));
  view.stock[{kFirst, "plate"}].unknown = 1;
  view.asked_at = kNow;
  return view;
}

std::string row_of(const std::string& table, std::string_view first) {
  const auto begin = table.find("\n" + std::string(first) + " ");
  if (begin == std::string::npos) return {};
  return table.substr(begin + 1, table.find('\n', begin + 1) - begin - 1);
}

}  // namespace

TEST_CASE("a product shows the stock of each account, and the age of the least fresh") {
  server::StringSink out;
  CHECK(server::side_by_side_as_table(two_accounts(), 10, out) == 0);
  const std::string mug = row_of(out.text(), "mug");
  CHECK(mug.find(" 3 + 4 ") < mug.find(" 0 + 7 "));
  CHECK(mug.find(" 0 + 7 ") != std::string::npos);
  CHECK(mug.find("article") != std::string::npos);
  CHECK(mug.find("30 min ago") != std::string::npos);
}

TEST_CASE("a sum that is not complete says so, and what was never seen is no zero") {
  server::StringSink out;
  CHECK(server::side_by_side_as_table(two_accounts(), 10, out) == 0);
  const std::string plate = row_of(out.text(), "plate-big");  // the article that names the size
  CHECK(plate.find("1 + 0 + ?") != std::string::npos);
  CHECK(plate.find(" ?  barcode") != std::string::npos);
  CHECK(plate.find("10 min ago") != std::string::npos);
  const std::string bowl = row_of(out.text(), "bowl");
  CHECK(bowl.find(" ? ") < bowl.find(" -  person"));  // the other account does not sell it
  CHECK(bowl.find("never") != std::string::npos);
}

TEST_CASE("products on most marketplaces come first, and those left out are counted") {
  server::StringSink out;
  CHECK(server::side_by_side_as_table(two_accounts(), 2, out) == 1);
  CHECK_FALSE(row_of(out.text(), "mug").empty());
  CHECK_FALSE(row_of(out.text(), "plate-big").empty());
  CHECK(row_of(out.text(), "bowl").empty());
}

TEST_CASE("offers for review show who shares what, and no more rows than asked for") {
  auto view = two_accounts();
  view.listings.matches.products.clear();
  view.listings.matches.review = {{1, st::ReviewReason::ambiguous, {3}, 1},
                                  {2, st::ReviewReason::ambiguous, {3, 4}, 12},
                                  {0, st::ReviewReason::alone, {}, 0}};
  server::StringSink all;
  server::review_as_table(view, 10, all);
  const std::string text = all.text();
  CHECK(text.find("Boris mug-1\n") != std::string::npos);
  CHECK(text.find("12 offers, e.g. Boris mug-1, Boris plate-1\n") != std::string::npos);
  CHECK(std::count(text.begin(), text.end(), '\n') == 4);
  server::StringSink two;
  server::review_as_table(view, 2, two);
  CHECK(two.text().find("bowl") == std::string::npos);
  CHECK(two.text().find("plate") != std::string::npos);
}
