// Matches offers of all accounts and people's decisions, for matching; records decisions.
#include <stocktracker/inventory/listings.hpp>

#include <optional>

#include <stocktracker/marketplace/offer.hpp>

#include "core/filter_text.hpp"
#include "inventory/inventory_core.hpp"
#include "inventory/known_account.hpp"
#include "inventory/product_model.hpp"
#include "ports/audited.hpp"

namespace stocktracker::inline v0 {
namespace {

// 2: OfferState::vanished.
constexpr Statement kOffers{"listings.offers",
                            "SELECT o.account_id, o.offer_key, o.article, o.title, l.product, b.barcode FROM offer o "
                            "LEFT JOIN offer_link l ON l.account_id = o.account_id AND l.offer_key = o.offer_key "
                            "LEFT JOIN offer_barcode b ON b.offer_id = o.offer_id WHERE o.state <> 2 "
                            "ORDER BY o.account_id, o.offer_key, b.barcode"};
constexpr Statement kKnown{"listings.offer", "SELECT offer_id FROM offer WHERE account_id = $1 AND offer_key = $2"};
constexpr Statement kForget{"listings.forget", "DELETE FROM offer_link WHERE account_id = $1 AND offer_key = $2"};
static_assert(static_cast<int>(OfferState::vanished) == 2);

/// The offer's row number, if the account has such an offer.
Result<std::optional<std::int64_t>> find_offer(Transaction& tx, std::string_view account, std::string_view offer) {
  STK_TRY(auto rows, tx.query(kKnown, {account, offer}));
  STK_TRY(const bool known, rows->next());
  return known ? std::optional(rows->integer(0)) : std::nullopt;
}

/// Runs `change`, which writes or removes a decision about the offer, and brings the stored products up to date.
Result<void> change_decision(Transaction& tx, std::int64_t offer, FunctionRef<Result<void>()> change) {
  STK_TRY(inventory::hold_products(tx));
  inventory::ProductChanges changes;
  STK_TRY(auto before, inventory::read_before(tx, offer));
  changes.offers.push_back(std::move(before));
  STK_TRY(change());
  return inventory::update_products(tx, changes);
}

}  // namespace

Result<MatchedListings> Listings::matched(const CallContext& given) const {
  STK_TRY(const auto context, enter(core_->ports, given, Permission::catalogue_read));
  STK_TRY(auto database, core_->ports.storage->tenant(context.tenant));
  MatchedListings listings;
  const auto read = [&](Transaction& tx) -> Result<void> {
    listings.offers.clear();
    STK_TRY(auto rows, tx.query(kOffers));
    std::string last;
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      const std::string_view account = rows->text(0);
      const std::string_view key = rows->text(1);
      if (listings.offers.empty() || last != account || listings.offers.back().key != key) {
        MatchOffer offer;
        STK_TRY(offer.account, AccountId::parse(account));
        offer.key = key;
        offer.article = rows->text(2);
        offer.title = rows->text(3);
        if (!rows->is_null(4)) offer.product = rows->text(4);
        last = account;
        listings.offers.push_back(std::move(offer));
      }
      if (!rows->is_null(5)) listings.offers.back().barcodes.emplace_back(rows->text(5));
    }
  };
  STK_TRY(database->transact(context, TransactMode::read, read));
  listings.matches = match_offers(listings.offers);
  return listings;
}

Result<ProductsReport> Listings::recompute_products(const CallContext& given) {
  const Ports& ports = core_->ports;
  STK_TRY(const auto context, enter(ports, given, Permission::catalogue_change));
  STK_TRY(auto database, ports.storage->tenant(context.tenant));
  ProductsReport report;
  const auto compute = [&](Transaction& tx) -> Result<void> {
    STK_TRY(report, inventory::recompute_products(tx, context, *ports.clock));
    return success();
  };
  STK_TRY(audited(ports, {"listing.recompute", context.tenant, ""}, context,
                  database->transact(context, TransactMode::bulk, compute)));
  return report;
}

Result<void> Listings::decide(const AccountId& account, std::string_view offer, std::string_view product,
                              const CallContext& given) {
  const Ports& ports = core_->ports;
  STK_TRY(const auto context, enter(ports, given, Permission::catalogue_change));
  STK_TRY(check_filter_text(offer, "offer"));
  STK_TRY(check_filter_text(product, "product"));
  if (product.empty() || product.size() > 200) {
    return Error(Errc::invalid_argument, "product must be 1 to 200 bytes").about("product");
  }
  const Instant now = ports.clock->now();
  STK_TRY(auto database, ports.storage->tenant(context.tenant));
  const std::string id = account.text();
  const auto write = [&](Transaction& tx) -> Result<void> {
    STK_TRY(const auto number, find_offer(tx, id, offer));
    if (!number) return Error(Errc::not_found, "the account has no such offer").about("offer");
    const auto decision = [&]() -> Result<void> {
      STK_TRY(tx.upsert("offer_link", OnConflict::update,
                        {SqlColumn::constant("account_id", id), SqlColumn::constant("offer_key", offer),
                         SqlColumn::constant("product", product), SqlColumn::constant("decided_by", context.actor),
                         SqlColumn::constant("decided_at", now.micros())}));
      return success();
    };
    return change_decision(tx, *number, decision);
  };
  return audited(ports, {"listing.decide", context.tenant, id + "/" + std::string(offer)}, context,
                 database->transact(context, TransactMode::write, write));
}

Result<void> Listings::undecide(const AccountId& account, std::string_view offer, const CallContext& given) {
  const Ports& ports = core_->ports;
  STK_TRY(const auto context, enter(ports, given, Permission::catalogue_change));
  STK_TRY(check_filter_text(offer, "offer"));
  STK_TRY(auto database, ports.storage->tenant(context.tenant));
  const std::string id = account.text();
  const auto write = [&](Transaction& tx) -> Result<void> {
    const auto forget = [&]() -> Result<void> {
      STK_TRY(tx.execute(kForget, {id, offer}));
      return success();
    };
    STK_TRY(const auto number, find_offer(tx, id, offer));
    if (number) return change_decision(tx, *number, forget);
    STK_TRY(inventory::require_account(tx, account));
    return forget();
  };
  return audited(ports, {"listing.undecide", context.tenant, id + "/" + std::string(offer)}, context,
                 database->transact(context, TransactMode::write, write));
}

}  // namespace stocktracker::inline v0
