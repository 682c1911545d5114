// Computes the stored products, completely or around what changed, and compares them with the rule.
#include "inventory/product_model.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <stocktracker/core/progress_stages.hpp>

#include "inventory/doctor_rules.hpp"
#include "inventory/product_region.hpp"

namespace stocktracker::inline v0::inventory {
namespace {

constexpr std::string_view kName = "products";
// Raise it if match_offers gives another result: stores then compute their products anew.
constexpr std::int64_t kVersion = 1;
constexpr std::size_t kMostFaults = 20;

constexpr Statement kModel{"product.model", "SELECT version FROM read_model WHERE name = $1"};
// 2: OfferState::vanished.
constexpr Statement kOffers{"product.offers",
                            "SELECT o.offer_id, o.account_id, o.article, l.product, b.barcode FROM offer o "
                            "LEFT JOIN offer_link l ON l.account_id = o.account_id AND l.offer_key = o.offer_key "
                            "LEFT JOIN offer_barcode b ON b.offer_id = o.offer_id WHERE o.state <> 2 "
                            "ORDER BY o.offer_id, b.barcode"};
constexpr Statement kRows{"product.rows",
                          "SELECT offer_id, product_id, matched_by, account_id FROM product_offer ORDER BY offer_id"};
constexpr Statement kRemove{"product.remove", "DELETE FROM product_offer WHERE offer_id = $1"};
static_assert(static_cast<int>(OfferState::vanished) == 2);

ProductMatch match_of(MatchedBy by) noexcept {
  switch (by) {
    case MatchedBy::person:
      return ProductMatch::person;
    case MatchedBy::barcode:
      return ProductMatch::barcode;
    case MatchedBy::article:
      return ProductMatch::article;
  }
  return ProductMatch::none;
}

struct AllOffers {
  std::vector<MatchOffer> offers;
  std::vector<std::int64_t> ids;  // ascending
};

/// Called with the number of offers that were read; an error ends the reading.
using Watch = FunctionRef<Result<void>(std::size_t)>;
constexpr std::size_t kOffersBetweenChecks = 4'096;

constexpr auto kUnwatched = [](std::size_t) -> Result<void> { return success(); };

Result<AllOffers> read_all(Transaction& tx, Watch watch = kUnwatched) {
  AllOffers all;
  STK_TRY(auto rows, tx.query(kOffers));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) break;
    if (all.ids.empty() || all.ids.back() != rows->integer(0)) {
      if (all.ids.size() % kOffersBetweenChecks == kOffersBetweenChecks - 1) {
        STK_TRY(watch(all.ids.size()));
      }
      all.ids.push_back(rows->integer(0));
      MatchOffer& offer = all.offers.emplace_back();
      STK_TRY(offer.account, AccountId::parse(rows->text(1)));
      offer.article = rows->text(2);
      offer.product = rows->text(3);
    }
    if (!rows->is_null(4)) all.offers.back().barcodes.emplace_back(rows->text(4));
  }
  STK_TRY(watch(all.ids.size()));
  return all;
}

/// A row of the table that names another account than its offer's is damaged: its `match` is one that no rule gives, so
/// that the row differs from any wanted one.
constexpr auto kOtherAccount = static_cast<ProductMatch>(0xFF);

Result<std::vector<ProductRow>> read_rows(Transaction& tx, const AllOffers& all) {
  std::vector<ProductRow> stored;
  std::size_t at = 0;
  STK_TRY(auto rows, tx.query(kRows));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) return stored;
    stored.push_back({rows->integer(0), rows->integer(1), static_cast<ProductMatch>(rows->integer(2))});
    while (at < all.ids.size() && all.ids[at] < rows->integer(0)) ++at;
    const bool listed = at < all.ids.size() && all.ids[at] == rows->integer(0);
    if (listed && all.offers[at].account.text() != rows->text(3)) stored.back().match = kOtherAccount;
  }
}

/// Calls `differs(stored, wanted)` for each offer with different rows; a row that is not there is nullptr. Both lists
/// are by offer.
template <class Differs>
void compare(const std::vector<ProductRow>& stored, const std::vector<ProductRow>& wanted, const Differs& differs) {
  std::size_t at = 0;
  for (const ProductRow& row : wanted) {
    for (; at < stored.size() && stored[at].offer < row.offer; ++at) differs(&stored[at], nullptr);
    if (at == stored.size() || stored[at].offer != row.offer) {
      differs(nullptr, &row);
    } else if (!(stored[at++] == row)) {
      differs(&stored[at - 1], &row);
    }
  }
  for (; at < stored.size(); ++at) differs(&stored[at], nullptr);
}

Result<void> write(Transaction& tx, const ProductRegion::Difference& difference) {
  for (const std::int64_t offer : difference.removed) {
    STK_TRY(tx.execute(kRemove, {offer}));
  }
  if (difference.rows.empty()) return success();
  std::vector<std::int64_t> offers;
  std::vector<std::int64_t> products;
  std::vector<std::int64_t> matches;
  for (const ProductRow& row : difference.rows) {
    offers.push_back(row.offer);
    products.push_back(row.product);
    matches.push_back(static_cast<std::int64_t>(row.match));
  }
  const std::vector<std::string_view> accounts(difference.accounts.begin(), difference.accounts.end());
  const std::array columns{SqlColumn::integers("offer_id", offers), SqlColumn::integers("product_id", products),
                           SqlColumn::texts("account_id", accounts), SqlColumn::integers("matched_by", matches)};
  STK_TRY(tx.bulk_upsert("product_offer", OnConflict::update, columns));
  return success();
}

Result<ProductsReport> match_everything(Transaction& tx, Watch watch = kUnwatched) {
  STK_TRY(const AllOffers all, read_all(tx, watch));
  STK_TRY(const auto stored, read_rows(tx, all));
  ProductRegion::Difference difference;
  const auto wanted = product_rows(all.offers, all.ids);
  STK_TRY(watch(all.ids.size()));
  compare(stored, wanted, [&](const ProductRow* is, const ProductRow* must) {
    if (must == nullptr) {
      difference.removed.push_back(is->offer);
      return;
    }
    difference.rows.push_back(*must);
    difference.accounts.push_back(all.offers[static_cast<std::size_t>(must - wanted.data())].account.text());
  });
  STK_TRY(write(tx, difference));
  return ProductsReport{static_cast<std::int64_t>(all.ids.size()),
                        static_cast<std::int64_t>(difference.rows.size() + difference.removed.size())};
}

/// Waits until no other transaction changes the model.
Result<void> take_turn(Transaction& tx) {
  STK_TRY(tx.upsert("read_model", OnConflict::update,
                    {SqlColumn::constant("name", kName), SqlColumn::constant("version", kVersion)}));
  return success();
}

std::string text_of(const ProductRow* row) {
  if (row == nullptr) return "no row";
  if (row->match == kOtherAccount) return "another account";
  return "product " + std::to_string(row->product) + " by " + to_string(row->match);
}

}  // namespace

void ProductChanges::add(const ProductChanges& more) {
  everything = everything || more.everything || offers.size() + more.offers.size() > kMostOffers;
  if (everything) {
    offers.clear();
  } else {
    offers.insert(offers.end(), more.offers.begin(), more.offers.end());
  }
}

std::vector<ProductRow> product_rows(const std::vector<MatchOffer>& offers, const std::vector<std::int64_t>& ids) {
  std::vector<ProductRow> rows(offers.size());
  for (std::size_t n = 0; n < offers.size(); ++n) rows[n] = {ids[n], ids[n], ProductMatch::none};
  const OfferMatches matches = match_offers(offers);
  for (const MatchedProduct& product : matches.products) {
    std::int64_t first = ids[product.offers.front()];
    for (const std::size_t n : product.offers) first = std::min(first, ids[n]);
    for (const std::size_t n : product.offers) rows[n] = {ids[n], first, match_of(product.by)};
  }
  return rows;
}

Result<bool> has_products(Transaction& tx) {
  STK_TRY(auto rows, tx.query(kModel, {kName}));
  STK_TRY(const bool any, rows->next());
  return any && rows->integer(0) == kVersion;
}

Result<void> hold_products(Transaction& tx) {
  STK_TRY(const bool known, has_products(tx));
  return known ? take_turn(tx) : Result<void>(success());
}

Result<void> update_products(Transaction& tx, const ProductChanges& changes) {
  STK_TRY(const bool known, has_products(tx));
  if (known && !changes.everything && changes.offers.empty()) return success();
  STK_TRY(take_turn(tx));
  if (known && !changes.everything) {
    ProductRegion region(tx);
    STK_TRY(const bool small, region.grow(changes.offers));
    if (small) return write(tx, region.difference());
  }
  STK_TRY(match_everything(tx));
  return success();
}

Result<ProductsReport> recompute_products(Transaction& tx, const CallContext& context, const Clock& clock) {
  STK_TRY(take_turn(tx));
  return match_everything(tx, [&](std::size_t read) -> Result<void> {
    STK_TRY(context.check(clock.now()));
    context.report({kStageProducts, read, 0});
    return success();
  });
}

Result<std::vector<std::string>> check_products(Transaction& tx) {
  std::vector<std::string> faults;
  STK_TRY(const bool known, has_products(tx));
  if (!known) return faults;
  STK_TRY(const AllOffers all, read_all(tx));
  STK_TRY(const auto stored, read_rows(tx, all));
  struct Fault {
    std::int64_t offer;
    std::string is;
    std::string must;
  };
  std::vector<Fault> found;
  compare(stored, product_rows(all.offers, all.ids), [&](const ProductRow* is, const ProductRow* must) {
    if (found.size() == kMostFaults) return;
    found.push_back({is == nullptr ? must->offer : is->offer, text_of(is), text_of(must)});
  });
  for (const Fault& fault : found) {
    STK_TRY(const auto name, name_of_offer(tx, fault.offer));
    faults.push_back("product_offer, " + name + ": " + fault.is + " is stored, and its texts give " + fault.must);
  }
  return faults;
}

}  // namespace stocktracker::inline v0::inventory
