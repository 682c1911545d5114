// The service Stock: reads positions and totals.
#include <stocktracker/inventory/stock.hpp>

#include <algorithm>

#include <stocktracker/core/problems.hpp>

#include "core/cursor.hpp"
#include "core/filter_text.hpp"
#include "core/page_size.hpp"
#include "inventory/column_reader.hpp"
#include "inventory/inventory_core.hpp"
#include "inventory/marked_pages.hpp"
#include "inventory/position_reader.hpp"
#include "inventory/stock_totals.hpp"
#include "ports/submit.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr std::size_t kMostOffers = 1'000;

/// Columns and totals read everything at once.
Result<void> check_unpaged(const PositionQuery& query) {
  STK_TRY(query.validate());
  if (query.after.empty()) return success();
  return Error(Errc::invalid_argument, "PositionQuery: after must be empty: only positions() continues after a cursor")
      .about("after");
}

CursorCodec codec_of(const PositionQuery& query, const TenantId& tenant) {
  CursorCodec codec("positions", tenant);
  codec.filter(query.account).filter(query.offer).filter(query.article);
  codec.filter(static_cast<std::int64_t>(query.offers.size()));
  for (const std::string& offer : query.offers) codec.filter(offer);
  codec.filter(query.warehouse);
  codec.filter(query.kind ? std::optional<std::int64_t>(static_cast<std::int64_t>(*query.kind)) : std::nullopt);
  codec.filter(query.as_of).filter(query.known_at);
  return codec;
}

class PositionPages final : public inventory::MarkedPages<StockPosition, PositionQuery, inventory::PositionMark> {
 public:
  PositionPages(std::shared_ptr<InventoryCore> core, const PositionQuery& query, const CallContext& context)
      : MarkedPages(std::move(core), query, context, codec_of(query, context.tenant)) {}

 private:
  Result<void> read_page(Transaction& tx, inventory::PositionMark from, Page& page) const override {
    STK_TRY(auto read, inventory::read_positions(tx, query_, core_->ports.clock->now(), from));
    page = {std::move(read.rows), std::move(read.marks)};
    return success();
  }
  bool is_first(const inventory::PositionMark& mark) const override { return mark.source == 0; }
  SortKey key_of(const inventory::PositionMark& mark) const override {
    return {mark.source, mark.offer, mark.warehouse, {}, {}};
  }
  inventory::PositionMark mark_of(SortKey key) const override { return {key.first, key.second, key.third}; }
};

}  // namespace

Result<void> PositionQuery::validate() const {
  Problems problems;
  require_page_size(problems, page_size);
  const int names = (offer.empty() ? 0 : 1) + (article.empty() ? 0 : 1) + (offers.empty() ? 0 : 1);
  if (names > 1) problems.add("offer", "is given beside article or offers; name offers in one way");
  problems.require(offers.size() <= kMostOffers, "offers", "must be at most 1000 keys");
  require_filter_text(problems, offer, "offer");
  require_filter_text(problems, article, "article");
  require_filter_text(problems, warehouse, "warehouse");
  if (!std::all_of(offers.begin(), offers.end(), is_filter_text)) problems.add("offers", kFilterText);
  return problems.result("PositionQuery");
}

Pages<StockPosition> Stock::positions(PositionQuery query, const CallContext& given) const {
  auto context = enter_listing(core_->ports, given, Permission::stock_read);
  if (!context) return Pages<StockPosition>::failed(std::move(context).error());
  return Pages<StockPosition>(std::make_unique<PositionPages>(core_, std::move(query), std::move(context).value()));
}

Result<PositionColumns> Stock::columns(const PositionQuery& query, const CallContext& given) const {
  STK_TRY(const auto context, enter(core_->ports, given, Permission::stock_read));
  STK_TRY(check_unpaged(query));
  STK_TRY(auto database, core_->ports.storage->tenant(context.tenant));
  PositionColumns columns;
  const auto read = [&](Transaction& tx) -> Result<void> {
    STK_TRY(columns, inventory::read_columns(tx, query, context, *core_->ports.clock));
    return columns.rows() == 0 ? inventory::require_account(tx, query.account) : Result<void>(success());
  };
  STK_TRY(database->transact(context, TransactMode::read, read));
  return columns;
}

Result<Operation<PositionColumns>> Stock::submit_columns(const PositionQuery& query, const CallContext& given) const {
  auto call = [stock = *this, query](const CallContext& context) { return stock.columns(query, context); };
  return submit_call<PositionColumns>(core_->ports, Lane::io, Permission::stock_read, given, std::move(call));
}

Result<StockTotal> Stock::total(const PositionQuery& query, const CallContext& given) const {
  STK_TRY(const auto context, enter(core_->ports, given, Permission::stock_read));
  STK_TRY(check_unpaged(query));
  STK_TRY(auto database, core_->ports.storage->tenant(context.tenant));
  StockTotal total;
  const auto read = [&](Transaction& tx) -> Result<void> {
    STK_TRY(total, inventory::read_total(tx, query, core_->ports.clock->now()));
    return success();
  };
  STK_TRY(database->transact(context, TransactMode::read, read));
  return total;
}

Result<StockTotal> Stock::total(const AccountId& account, const CallContext& context) const {
  PositionQuery query;
  query.account = account;
  return total(query, context);
}

}  // namespace stocktracker::inline v0
