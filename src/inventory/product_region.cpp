// Grows a region of the product model around changed offers, text by text.
#include "inventory/product_region.hpp"

#include <algorithm>

namespace stocktracker::inline v0::inventory {
namespace {

// 2: OfferState::vanished. Offers with a decision have no texts for matching.
#define STK_UNDECIDED                                                             \
  "o.state <> 2 AND NOT EXISTS (SELECT 1 FROM offer_link l WHERE l.account_id = " \
  "o.account_id AND l.offer_key = o.offer_key) ORDER BY o.offer_id LIMIT $2"
constexpr Statement kOfBarcode{"product.of_barcode",
                               "SELECT o.offer_id, o.account_id FROM offer_barcode b JOIN offer o ON "
                               "o.offer_id = b.offer_id WHERE b.barcode = $1 AND " STK_UNDECIDED};
constexpr Statement kOfArticle{"product.of_article",
                               "SELECT o.offer_id, o.account_id FROM offer o WHERE o.article = $1 AND " STK_UNDECIDED};
#undef STK_UNDECIDED
constexpr Statement kOfProduct{"product.of_decision",
                               "SELECT o.offer_id, o.account_id FROM offer_link l JOIN offer o ON o.account_id = "
                               "l.account_id AND o.offer_key = l.offer_key WHERE l.product = $1 AND o.state <> 2 "
                               "ORDER BY o.offer_id LIMIT $2"};
constexpr Statement kMember{"product.member",
                            "SELECT o.account_id, o.article, o.state, l.product, p.product_id, p.matched_by FROM "
                            "offer o LEFT JOIN offer_link l ON l.account_id = o.account_id AND l.offer_key = "
                            "o.offer_key LEFT JOIN product_offer p ON p.offer_id = o.offer_id WHERE o.offer_id = $1"};
constexpr Statement kBarcodes{"product.barcodes",
                              "SELECT barcode FROM offer_barcode WHERE offer_id = $1 ORDER BY barcode"};
constexpr Statement kAccounts{"product.accounts", "SELECT count(*) FROM account"};

}  // namespace

Result<OfferBefore> read_before(Transaction& tx, std::int64_t offer) {
  OfferBefore before;
  before.id = offer;
  {
    STK_TRY(auto rows, tx.query(kMember, {offer}));
    STK_TRY(const bool any, rows->next());
    if (!any) return before;
    before.article = rows->text(1);
    before.product = rows->text(3);
  }
  STK_TRY(auto rows, tx.query(kBarcodes, {offer}));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) return before;
    before.barcodes.emplace_back(rows->text(0));
  }
}

Result<ProductRegion::Member> ProductRegion::read(std::int64_t offer) const {
  Member member;
  member.row.offer = offer;
  {
    STK_TRY(auto rows, tx_.query(kMember, {offer}));
    STK_TRY(const bool any, rows->next());
    if (!any) return Error(Errc::internal, "an offer of the product model is not there");
    STK_TRY(member.offer.account, AccountId::parse(rows->text(0)));
    member.offer.article = rows->text(1);
    member.vanished = static_cast<OfferState>(rows->integer(2)) == OfferState::vanished;
    member.offer.product = rows->text(3);
    member.stored = !rows->is_null(4);
    member.row.product = rows->integer(4);
    member.row.match = static_cast<ProductMatch>(rows->integer(5));
  }
  STK_TRY(auto rows, tx_.query(kBarcodes, {offer}));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) return member;
    member.offer.barcodes.emplace_back(rows->text(0));
  }
}

void ProductRegion::note(Kind kind, const std::string& text) {
  if (text.empty()) return;
  if (seen_.emplace(kind, text).second) open_.emplace_back(kind, text);
}

void ProductRegion::note_texts(const std::string& article, const std::vector<std::string>& barcodes,
                               const std::string& product) {
  note(Kind::product, product);
  note(Kind::article, article);
  for (const std::string& code : barcodes) note(Kind::barcode, code);
}

/// Adds the changed offers and their texts, as they were and as they are. An offer with the same texts as before, which
/// is in the model if it must be, changes nothing. False if there are too many accounts' texts to follow.
Result<bool> ProductRegion::begin(const std::vector<OfferBefore>& changed) {
  for (const OfferBefore& before : changed) {
    STK_TRY(Member now, read(before.id));
    const bool same = now.stored != now.vanished && now.offer.article == before.article &&
                      now.offer.barcodes == before.barcodes && now.offer.product == before.product;
    if (same || !changed_.insert(before.id).second) continue;
    note_texts(before.article, before.barcodes, before.product);
    note_texts(now.offer.article, now.offer.barcodes, now.offer.product);
    members_.emplace(before.id, std::move(now));
  }
  STK_TRY(auto rows, tx_.query(kAccounts));
  STK_TRY(const bool counted, rows->next());
  most_holders_ = (counted ? rows->integer(0) : 0) + static_cast<std::int64_t>(changed_.size());
  return members_.size() <= kMostOffers;
}

/// Adds the holders of a text that joins offers, before the change or after it.
Result<void> ProductRegion::follow(const Text& text) {
  const auto& [kind, words] = text;
  const bool decided = kind == Kind::product;
  const std::int64_t most = decided ? static_cast<std::int64_t>(kMostOffers) : most_holders_;
  std::vector<std::int64_t> holders;
  {
    const Statement& statement = decided ? kOfProduct : kind == Kind::barcode ? kOfBarcode : kOfArticle;
    std::set<std::string> unchanged;
    STK_TRY(auto rows, tx_.query(statement, {words, most + 1}));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) break;
      const std::int64_t offer = rows->integer(0);
      if (!decided && !changed_.contains(offer) && !unchanged.emplace(rows->text(1)).second) {
        ambiguous_.insert(text);
        return success();
      }
      holders.push_back(offer);
    }
  }
  for (const std::int64_t offer : holders) {
    if (members_.contains(offer)) continue;
    STK_TRY(Member member, read(offer));
    if (member.offer.product.empty()) note_texts(member.offer.article, member.offer.barcodes, {});
    members_.emplace(offer, std::move(member));
  }
  return success();
}

Result<bool> ProductRegion::grow(const std::vector<OfferBefore>& changed) {
  STK_TRY(const bool begun, begin(changed));
  if (!begun) return false;
  while (!open_.empty()) {
    const Text text = std::move(open_.back());
    open_.pop_back();
    STK_TRY(follow(text));
    if (members_.size() > kMostOffers) return false;
  }
  return true;
}

ProductRegion::Difference ProductRegion::difference() const {
  Difference difference;
  std::vector<MatchOffer> offers;
  std::vector<std::int64_t> ids;
  for (const auto& [id, member] : members_) {
    if (member.vanished) {
      if (member.stored) difference.removed.push_back(id);
      continue;
    }
    MatchOffer offer = member.offer;
    if (ambiguous_.contains({Kind::article, offer.article})) offer.article.clear();
    std::erase_if(offer.barcodes, [&](const std::string& code) { return ambiguous_.contains({Kind::barcode, code}); });
    offers.push_back(std::move(offer));
    ids.push_back(id);
  }
  for (const ProductRow& row : product_rows(offers, ids)) {
    const Member& member = members_.at(row.offer);
    if (member.stored && member.row == row) continue;
    difference.rows.push_back(row);
    difference.accounts.push_back(member.offer.account.text());
  }
  return difference;
}

}  // namespace stocktracker::inline v0::inventory
