// The service Prices: reads the stored prices.
#include <stocktracker/inventory/prices.hpp>

#include <stocktracker/core/problems.hpp>

#include "core/filter_text.hpp"
#include "core/page_size.hpp"
#include "inventory/inventory_core.hpp"
#include "inventory/known_account.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr Statement kPage{"price.page",
                          "SELECT offer_key, price_minor, list_minor, lowest_minor, currency, changed_at FROM price "
                          "WHERE account_id = $1 AND offer_key > $2 ORDER BY offer_key LIMIT $3"};
constexpr Statement kOne{"price.of_offer",
                         "SELECT offer_key, price_minor, list_minor, lowest_minor, currency, changed_at FROM price "
                         "WHERE account_id = $1 AND offer_key = $2"};

class PricePages final : public PageSource<OfferPrice> {
 public:
  PricePages(std::shared_ptr<InventoryCore> core, PriceQuery query, CallContext context)
      : core_(std::move(core)), query_(std::move(query)), context_(std::move(context)) {}

  Result<std::vector<OfferPrice>> fetch() override {
    STK_TRY(const auto context, enter_page(core_->ports, context_));
    STK_TRY(query_.validate());
    std::vector<OfferPrice> page;
    if (ended_) return page;
    STK_TRY(auto database, core_->ports.storage->tenant(context.tenant));
    const auto read = [&](Transaction& tx) -> Result<void> {
      STK_TRY(read_page(tx, page));
      const bool nothing = page.empty() && after_.empty();
      return nothing ? inventory::require_account(tx, query_.account) : Result<void>(success());
    };
    STK_TRY(database->transact(context, TransactMode::read, read));
    ended_ = !query_.offer.empty();
    if (!page.empty()) after_ = page.back().offer;
    return page;
  }

 private:
  Result<void> read_page(Transaction& tx, std::vector<OfferPrice>& page) const {
    page.clear();
    const std::string account = query_.account.text();
    STK_TRY(auto rows, query_.offer.empty() ? tx.query(kPage, {account, after_, query_.page_size})
                                            : tx.query(kOne, {account, query_.offer}));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      STK_TRY(const Currency currency, Currency::parse(rows->text(4)));
      const auto money = [&](int column) -> std::optional<Money> {
        if (rows->is_null(column)) return std::nullopt;
        return Money(rows->integer(column), currency);
      };
      page.push_back({query_.account, std::string(rows->text(0)), Money(rows->integer(1), currency), money(2), money(3),
                      Instant::from_micros(rows->integer(5))});
    }
  }

  std::shared_ptr<InventoryCore> core_;
  PriceQuery query_;
  CallContext context_;
  std::string after_;
  bool ended_ = false;
};

}  // namespace

Result<void> PriceQuery::validate() const {
  Problems problems;
  problems.require(!account.is_nil(), "account", "must name an account");
  require_page_size(problems, page_size);
  require_filter_text(problems, offer, "offer");
  return problems.result("PriceQuery");
}

Pages<OfferPrice> Prices::list(PriceQuery query, const CallContext& given) const {
  auto context = enter_listing(core_->ports, given, Permission::prices_read);
  if (!context) return Pages<OfferPrice>::failed(std::move(context).error());
  return Pages<OfferPrice>(std::make_unique<PricePages>(core_, std::move(query), std::move(context).value()));
}

}  // namespace stocktracker::inline v0
