// Listings::products: reads the stored products page by page, with their offers and the stock of these.
#include <stocktracker/inventory/products.hpp>

#include <algorithm>
#include <map>

#include <stocktracker/core/problems.hpp>
#include <stocktracker/inventory/listings.hpp>
#include <stocktracker/inventory/movement.hpp>

#include "core/cursor.hpp"
#include "core/filter_text.hpp"
#include "core/page_size.hpp"
#include "inventory/inventory_core.hpp"
#include "inventory/known_account.hpp"
#include "inventory/position_reader.hpp"
#include "inventory/product_model.hpp"
#include "inventory/product_pages.hpp"
#include "inventory/stock_sources.hpp"
#include "inventory/stock_totals.hpp"

namespace stocktracker::inline v0 {
namespace {

using inventory::ProductStatements;

constexpr Statement kAnyOffer{"product.any_offer", "SELECT 1 FROM offer LIMIT 1"};

// Ids of accounts are written in the digits 0 to f: this is after all of them.
constexpr std::string_view kAfterAllAccounts = "g";
constexpr std::int64_t kMostMatch = static_cast<std::int64_t>(ProductMatch::article);

std::optional<std::int64_t> number_of(const std::optional<ProductMatch>& match) {
  return match ? std::optional<std::int64_t>(static_cast<std::int64_t>(*match)) : std::nullopt;
}

CursorCodec codec_of(const ProductQuery& query, const TenantId& tenant) {
  CursorCodec codec("products", tenant);
  codec.filter(query.account).filter(number_of(query.match));
  codec.filter(query.article).filter(query.barcode).filter(query.title);
  return codec;
}

/// The statements that read a page of the query, and their parameters.
struct Chosen {
  const ProductStatements* statements = nullptr;
  std::vector<SqlValue> values;
};

Chosen choose(const ProductQuery& query, const std::string& account, std::int64_t after) {
  std::vector<SqlValue> values{after, query.page_size};
  const auto match = number_of(query.match);
  const bool by_text = !query.barcode.empty() || !query.article.empty();
  if (!by_text && query.title.empty() && !(match && query.account)) {
    if (match) values.emplace_back(*match);
    if (query.account) values.emplace_back(account);
    return {match           ? &inventory::kProductsMatched
            : query.account ? &inventory::kProductsOfAccount
                            : &inventory::kProducts,
            std::move(values)};
  }
  values.emplace_back(match.value_or(0));
  values.emplace_back(match.value_or(kMostMatch));
  values.emplace_back(account);
  values.emplace_back(query.account ? std::string_view(account) : kAfterAllAccounts);
  values.emplace_back(query.title);
  if (!by_text) return {&inventory::kProductsFiltered, std::move(values)};
  values.emplace_back(query.article);
  if (query.barcode.empty()) return {&inventory::kProductsOfArticle, std::move(values)};
  values.emplace_back(query.barcode);
  return {&inventory::kProductsOfBarcode, std::move(values)};
}

/// A page while it is read: the places of products and offers by their row numbers.
struct Page {
  std::vector<Product> products;
  std::vector<std::int64_t> ids;  // one for each product
};

Result<void> read_offers(Transaction& tx, const Chosen& chosen, Page& page,
                         std::map<std::int64_t, std::pair<std::size_t, std::size_t>>& places) {
  STK_TRY(auto rows, tx.query(chosen.statements->offers, std::span<const SqlValue>(chosen.values)));
  std::int64_t last = -1;
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) return success();
    if (page.ids.empty() || page.ids.back() != rows->integer(0)) {
      page.ids.push_back(rows->integer(0));
      Product& product = page.products.emplace_back();
      product.match = static_cast<ProductMatch>(rows->integer(1));
      product.name = rows->text(2);
      last = -1;
    }
    std::vector<ProductOffer>& offers = page.products.back().offers;
    if (last != rows->integer(3)) {
      last = rows->integer(3);
      places[last] = {page.products.size() - 1, offers.size()};
      CatalogueOffer& listed = offers.emplace_back().listed;
      STK_TRY(listed.account, AccountId::parse(rows->text(4)));
      inventory::read_offer(*rows, 5, listed.offer);
    }
    if (!rows->is_null(12)) offers.back().listed.barcodes.emplace_back(rows->text(12));
  }
}

Result<void> add_stock(StockTotal& total, const RowCursor& row) {
  inventory::StockSlice slice;
  slice.kind = static_cast<StockKind>(row.integer(1));
  slice.state = static_cast<PositionState>(row.integer(3));
  slice.positions = row.integer(4);
  if (row.integer(2) == inventory::kSourceGone) {
    total.gone += slice.positions;
    return success();
  }
  slice.on_hand = row.integer(5);
  slice.absurd = row.integer(6);
  slice.to_client = row.integer(7);
  slice.from_client = row.integer(8);
  if (!row.is_null(9)) {
    const Instant seen = Instant::from_micros(row.integer(9));
    total.observed_at = std::min(total.observed_at.value_or(seen), seen);
  }
  return inventory::add_slice(total, slice);
}

Result<void> read_stock(Transaction& tx, const Chosen& chosen, Page& page,
                        const std::map<std::int64_t, std::pair<std::size_t, std::size_t>>& places) {
  STK_TRY(auto rows, tx.query(chosen.statements->stock, std::span<const SqlValue>(chosen.values)));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) break;
    const auto place = places.find(rows->integer(0));
    if (place == places.end()) continue;
    const auto [product, offer] = place->second;
    STK_TRY(add_stock(page.products[product].offers[offer].stock, *rows));
  }
  for (Product& product : page.products) {
    for (const ProductOffer& offer : product.offers) {
      STK_TRY(product.fbo, product.fbo.plus(offer.stock.fbo));
      product.unknown += offer.stock.unknown;
    }
  }
  return success();
}

class ProductPages final : public PageSource<Product> {
 public:
  ProductPages(std::shared_ptr<InventoryCore> core, ProductQuery query, CallContext context)
      : core_(std::move(core)),
        query_(std::move(query)),
        context_(std::move(context)),
        codec_(codec_of(query_, context_.tenant)) {}

  Result<std::vector<Product>> fetch() override {
    STK_TRY(const auto context, enter_page(core_->ports, context_));
    if (!database_) {
      STK_TRY(begin());
    }
    const std::int64_t from = marks_.empty() ? start_ : marks_.back();
    const std::string account = query_.account ? query_.account->text() : std::string();
    const Chosen chosen = choose(query_, account, from);
    Page page;
    bool missing = false;  // there are offers, and no products are stored
    const auto read = [&](Transaction& tx) -> Result<void> {
      missing = false;
      STK_TRY(const bool known, inventory::has_products(tx));
      if (!known) {
        STK_TRY(missing, has_offers(tx));
      }
      return missing ? success() : read_page(tx, chosen, from, page);
    };
    STK_TRY(database_->transact(context, TransactMode::read, read));
    if (missing) {
      STK_TRY(fill(context, chosen, from, page));
    }
    start_ = from;
    marks_ = std::move(page.ids);
    return std::move(page.products);
  }

  std::string cursor(std::size_t rows) const override {
    if (!database_) return query_.after;
    const std::int64_t mark = rows == 0 ? start_ : marks_[rows - 1];
    return mark < 0 ? std::string() : codec_.write({mark, 0, 0, {}, {}});
  }

 private:
  static Result<bool> has_offers(Transaction& tx) {
    STK_TRY(auto rows, tx.query(kAnyOffer));
    return rows->next();
  }

  Result<void> read_page(Transaction& tx, const Chosen& chosen, std::int64_t from, Page& page) const {
    page = {};
    std::map<std::int64_t, std::pair<std::size_t, std::size_t>> places;
    STK_TRY(read_offers(tx, chosen, page, places));
    const bool nothing = page.products.empty() && from < 0;
    return nothing ? inventory::require_account(tx, query_.account) : read_stock(tx, chosen, page, places);
  }

  /// Computes the products of a store that was last written by an earlier version, and reads the page in the same
  /// transaction: between two, a process of another version could replace them by its own.
  Result<void> fill(const CallContext& context, const Chosen& chosen, std::int64_t from, Page& page) const {
    const auto compute = [&](Transaction& tx) -> Result<void> {
      STK_TRY(inventory::update_products(tx, {}));
      return read_page(tx, chosen, from, page);
    };
    auto done = database_->transact(context, TransactMode::bulk, compute);
    if (done || done.error().errc() != Errc::store_read_only) return done;
    return Error(Errc::store_read_only,
                 "the products of this store are not computed yet, and it is open for reading only; compute them with "
                 "Listings::recompute_products, or run: stocktracker doctor --repair");
  }

  Result<void> begin() {
    STK_TRY(query_.validate());
    if (!query_.after.empty()) {
      STK_TRY(const SortKey key, codec_.read(query_.after));
      start_ = key.first;
    }
    STK_TRY(database_, core_->ports.storage->tenant(context_.tenant));
    return success();
  }

  std::shared_ptr<InventoryCore> core_;
  ProductQuery query_;
  CallContext context_;
  CursorCodec codec_;
  std::shared_ptr<Database> database_;
  std::int64_t start_ = -1;          // the page that was read last begins after it
  std::vector<std::int64_t> marks_;  // of that page's products
};

}  // namespace

const char* to_string(ProductMatch match) noexcept {
  switch (match) {
    case ProductMatch::none:
      return "none";
    case ProductMatch::person:
      return "person";
    case ProductMatch::barcode:
      return "barcode";
    case ProductMatch::article:
      return "article";
  }
  return "unknown";
}

Result<void> ProductQuery::validate() const {
  Problems problems;
  require_page_size(problems, page_size);
  require_filter_text(problems, article, "article");
  require_filter_text(problems, barcode, "barcode");
  require_filter_text(problems, title, "title");
  return problems.result("ProductQuery");
}

Pages<Product> Listings::products(ProductQuery query, const CallContext& given) const {
  auto context = enter_listing(core_->ports, given, Permission::catalogue_read);
  if (!context) return Pages<Product>::failed(std::move(context).error());
  return Pages<Product>(std::make_unique<ProductPages>(core_, std::move(query), std::move(context).value()));
}

}  // namespace stocktracker::inline v0
