// The service Stock: reads positions and totals.
#include <stocktracker/inventory/stock.hpp>

#include <stocktracker/core/problems.hpp>

#include "core/cursor.hpp"
#include "core/page_size.hpp"
#include "inventory/column_reader.hpp"
#include "inventory/inventory_core.hpp"
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

class PositionPages final : public PageSource<StockPosition> {
 public:
  PositionPages(std::shared_ptr<InventoryCore> core, PositionQuery query, CallContext context)
      : core_(std::move(core)),
        query_(std::move(query)),
        context_(std::move(context)),
        codec_(codec_of(query_, context_.tenant)) {}

  Result<std::vector<StockPosition>> fetch() override {
    STK_TRY(const auto context, enter_page(core_->ports, context_));
    if (!database_) {
      STK_TRY(begin());
    }
    const inventory::PositionMark from = marks_.empty() ? start_ : marks_.back();
    inventory::PositionPage page;
    const auto read = [&](Transaction& tx) -> Result<void> {
      STK_TRY(page, inventory::read_positions(tx, query_, core_->ports.clock->now(), from));
      return success();
    };
    STK_TRY(database_->transact(context, TransactMode::read, read));
    start_ = from;
    marks_ = std::move(page.marks);
    return std::move(page.rows);
  }

  std::string cursor(std::size_t rows) const override {
    if (!database_) return query_.after;
    const inventory::PositionMark& mark = rows == 0 ? start_ : marks_[rows - 1];
    if (mark.source == 0) return {};  // before the first position
    return codec_.write({mark.source, mark.offer, mark.warehouse, {}, {}});
  }

 private:
  Result<void> begin() {
    STK_TRY(query_.validate());
    if (!query_.after.empty()) {
      STK_TRY(const SortKey key, codec_.read(query_.after));
      start_ = {key.first, key.second, key.third};
    }
    STK_TRY(database_, core_->ports.storage->tenant(context_.tenant));
    return success();
  }

  std::shared_ptr<InventoryCore> core_;
  PositionQuery query_;
  CallContext context_;
  CursorCodec codec_;
  std::shared_ptr<Database> database_;
  inventory::PositionMark start_;               // the page that was read last begins after it
  std::vector<inventory::PositionMark> marks_;  // of that page's rows
};

}  // namespace

Result<void> PositionQuery::validate() const {
  Problems problems;
  require_page_size(problems, page_size);
  const int names = (offer.empty() ? 0 : 1) + (article.empty() ? 0 : 1) + (offers.empty() ? 0 : 1);
  if (names > 1) problems.add("offer", "is given beside article or offers; name offers in one way");
  problems.require(offers.size() <= kMostOffers, "offers", "must be at most 1000 keys");
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
    return success();
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
