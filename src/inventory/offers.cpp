// The service Offers: reads the catalogue page by page.
#include <stocktracker/inventory/offers.hpp>

#include <stocktracker/core/problems.hpp>

#include "core/cursor.hpp"
#include "core/filter_text.hpp"
#include "core/page_size.hpp"
#include "inventory/inventory_core.hpp"
#include "inventory/marked_pages.hpp"
#include "inventory/position_reader.hpp"

namespace stocktracker::inline v0 {
namespace {

// $1 and $2: the key of the offer before the page. $3: the last account. $4 and $5: states between these. $6: a part of
// the title; replace() compares bytes in both dialects, which LIKE does not. The page is cut before barcodes are
// joined, because an offer has several.
#define STK_PAGE_BEGIN                                                                                         \
  "SELECT p.account_id, p.offer_key, p.listing, p.article, p.title, p.brand, p.size, p.state, b.barcode FROM " \
  "(SELECT o.offer_id, o.account_id, o.offer_key, o.listing, o.article, o.title, o.brand, o.size, o.state "    \
  "FROM offer o "
#define STK_PAGE_END                                                                                     \
  "(o.account_id, o.offer_key) > ($1, $2) AND o.account_id <= $3 AND o.state >= $4 AND o.state <= $5 "   \
  "AND ($6 = '' OR replace(o.title, $6, '') <> o.title) ORDER BY o.account_id, o.offer_key LIMIT $7) p " \
  "LEFT JOIN offer_barcode b ON b.offer_id = p.offer_id "                                                \
  "ORDER BY p.account_id, p.offer_key, b.barcode NULLS FIRST"

constexpr Statement kPage{"offer.page", STK_PAGE_BEGIN "WHERE " STK_PAGE_END};
constexpr Statement kOfKey{"offer.page_of_key", STK_PAGE_BEGIN "WHERE o.offer_key = $8 AND " STK_PAGE_END};
constexpr Statement kOne{"offer.one", STK_PAGE_BEGIN "WHERE o.account_id = $9 AND o.offer_key = $8 AND " STK_PAGE_END};
constexpr Statement kOfArticle{"offer.page_of_article", STK_PAGE_BEGIN "WHERE o.article = $8 AND " STK_PAGE_END};
constexpr Statement kOfBarcode{
    "offer.page_of_barcode",
    STK_PAGE_BEGIN "JOIN offer_barcode c ON c.offer_id = o.offer_id WHERE c.barcode = $8 AND " STK_PAGE_END};

// Ids of accounts are written in the digits 0 to f: this is after all of them.
constexpr std::string_view kAfterAllAccounts = "g";
// The largest number of a state on PostgreSQL, whose column is a SMALLINT.
constexpr std::int64_t kMostState = 32'767;

CursorCodec codec_of(const OfferQuery& query, const TenantId& tenant) {
  CursorCodec codec("offers", tenant);
  codec.filter(query.account);
  codec.filter(query.state ? std::optional<std::int64_t>(static_cast<std::int64_t>(*query.state)) : std::nullopt);
  codec.filter(query.offer).filter(query.article).filter(query.barcode).filter(query.title);
  return codec;
}

struct OfferMark {
  std::string account;
  std::string key;
};

class OfferPages final : public inventory::MarkedPages<CatalogueOffer, OfferQuery, OfferMark> {
 public:
  OfferPages(std::shared_ptr<InventoryCore> core, const OfferQuery& query, const CallContext& context)
      : MarkedPages(std::move(core), query, context, codec_of(query, context.tenant)) {}

 private:
  bool is_first(const OfferMark& mark) const override { return mark.key.empty(); }  // keys are never empty
  SortKey key_of(const OfferMark& mark) const override { return {0, 0, 0, mark.account, mark.key}; }
  OfferMark mark_of(SortKey key) const override { return {std::move(key.text), std::move(key.further_text)}; }

  Result<std::unique_ptr<RowCursor>> query_page(Transaction& tx, const OfferMark& from) const {
    const std::string account = query_.account ? query_.account->text() : std::string();
    // The first page of one account begins before its first key.
    const std::string_view after = from.key.empty() ? std::string_view(account) : std::string_view(from.account);
    const std::string_view last = query_.account ? std::string_view(account) : kAfterAllAccounts;
    const std::int64_t low = query_.state ? static_cast<std::int64_t>(*query_.state) : 0;
    const std::int64_t high = query_.state ? low : kMostState;
    const auto ask = [&](const Statement& statement, std::string_view text) {
      return tx.query(statement, {after, from.key, last, low, high, query_.title, query_.page_size, text});
    };
    // One text selects; read_rows compares the others.
    if (!query_.barcode.empty()) return ask(kOfBarcode, query_.barcode);
    if (!query_.article.empty()) return ask(kOfArticle, query_.article);
    if (query_.offer.empty()) {
      return tx.query(kPage, {after, from.key, last, low, high, query_.title, query_.page_size});
    }
    if (!query_.account) return ask(kOfKey, query_.offer);
    return tx.query(kOne, {after, from.key, last, low, high, query_.title, query_.page_size, query_.offer, account});
  }

  Result<void> read_page(Transaction& tx, OfferMark from, Page& page) const override {
    // The comparison of further texts may leave a page empty before the end: read the next one.
    while (page.rows.empty()) {
      STK_TRY(const int read, read_rows(tx, from, page));
      if (read < query_.page_size) break;
    }
    return success();
  }

  /// The number of offers that were read; moves `from` to the last one.
  Result<int> read_rows(Transaction& tx, OfferMark& from, Page& page) const {
    std::vector<CatalogueOffer> rows;
    {
      STK_TRY(auto cursor, query_page(tx, from));
      std::string account;
      while (true) {
        STK_TRY(const bool more, cursor->next());
        if (!more) break;
        if (rows.empty() || account != cursor->text(0) || rows.back().offer.key != cursor->text(1)) {
          CatalogueOffer one;
          account = cursor->text(0);
          STK_TRY(one.account, AccountId::parse(account));
          one.offer = inventory::offer_at(*cursor, 1);
          rows.push_back(std::move(one));
        }
        if (!cursor->is_null(8)) rows.back().barcodes.emplace_back(cursor->text(8));
      }
    }
    const auto read = static_cast<int>(rows.size());
    if (!rows.empty()) from = {rows.back().account.text(), rows.back().offer.key};
    for (CatalogueOffer& one : rows) {
      if (!query_.offer.empty() && one.offer.key != query_.offer) continue;
      if (!query_.article.empty() && one.offer.article != query_.article) continue;
      page.marks.push_back({one.account.text(), one.offer.key});
      page.rows.push_back(std::move(one));
    }
    return read;
  }
};

}  // namespace

Result<void> OfferQuery::validate() const {
  Problems problems;
  require_page_size(problems, page_size);
  require_filter_text(problems, offer, "offer");
  require_filter_text(problems, article, "article");
  require_filter_text(problems, barcode, "barcode");
  require_filter_text(problems, title, "title");
  return problems.result("OfferQuery");
}

Pages<CatalogueOffer> Offers::list(OfferQuery query, const CallContext& given) const {
  auto context = enter_listing(core_->ports, given, Permission::catalogue_read);
  if (!context) return Pages<CatalogueOffer>::failed(std::move(context).error());
  return Pages<CatalogueOffer>(std::make_unique<OfferPages>(core_, std::move(query), std::move(context).value()));
}

}  // namespace stocktracker::inline v0
