// The service Stock: reads positions and totals.
#include <stocktracker/inventory/stock.hpp>

#include <stocktracker/core/problems.hpp>

#include "core/page_size.hpp"
#include "inventory/column_reader.hpp"
#include "inventory/inventory_core.hpp"
#include "inventory/position_reader.hpp"
#include "marketplace/position_rows.hpp"

namespace stocktracker::inline v0 {
namespace {

// Older versions stored every number that a channel reported. A number above kMostUnits counts as unknown, so that no
// sum overflows.
#define STK_UNITS(column) "sum(CASE WHEN " column " <= 1000000000000 THEN " column " END)"
constexpr Statement kTotals{
    "level.totals",
    "SELECT s.kind, o.state, l.state, count(*), " STK_UNITS("l.on_hand") ", " STK_UNITS("l.to_client") ", " STK_UNITS(
        "l.from_client") ", sum(CASE WHEN l.on_hand > 1000000000000 THEN 1 ELSE 0 END), s.state "
    "FROM source s JOIN level l ON l.source_id = s.source_id JOIN offer o ON o.offer_id = l.offer_id "
    "WHERE s.account_id = $1 GROUP BY s.kind, s.state, o.state, l.state"};
#undef STK_UNITS
static_assert(kMostUnits == 1'000'000'000'000);
// 6: SourceState::gone. A warehouse that is no longer listed does not count for freshness.
constexpr Statement kFreshness{"source.freshness",
                               "SELECT min(observed_at), count(*) - count(observed_at) FROM source "
                               "WHERE account_id = $1 AND kind <= 1 AND state <> 6"};
static_assert(inventory::kSourceGone == 6);

class PositionPages final : public PageSource<StockPosition> {
 public:
  PositionPages(std::shared_ptr<InventoryCore> core, PositionQuery query, CallContext context)
      : core_(std::move(core)), query_(std::move(query)), context_(std::move(context)) {}

  Result<std::vector<StockPosition>> fetch() override {
    if (!database_) {
      STK_TRY(query_.validate());
      STK_TRY(database_, core_->ports.storage->tenant(context_.tenant));
    }
    std::vector<StockPosition> page;
    const inventory::PositionMark from = mark_;
    const auto read = [&](Transaction& tx) -> Result<void> {
      mark_ = from;
      STK_TRY(page, inventory::read_positions(tx, query_, core_->ports.clock->now(), mark_));
      return success();
    };
    STK_TRY(database_->transact(context_, TransactMode::read, read));
    return page;
  }

 private:
  std::shared_ptr<InventoryCore> core_;
  PositionQuery query_;
  CallContext context_;
  std::shared_ptr<Database> database_;
  inventory::PositionMark mark_;
};

Result<void> add(Quantity& sum, std::int64_t units) {
  STK_TRY(const auto more, Quantity::from_units(units));
  STK_TRY(sum, sum.plus(more));
  return success();
}

Result<void> add_row(StockTotal& total, const RowCursor& row) {
  const std::int64_t count = row.integer(3);
  if (row.integer(8) == inventory::kSourceGone) {
    total.gone += count;
    return success();
  }
  if (static_cast<OfferState>(row.integer(1)) == OfferState::vanished) {
    total.vanished += count;
    return success();
  }
  total.positions += count;
  switch (static_cast<PositionState>(row.integer(2))) {
    case PositionState::known:
      break;
    case PositionState::kept:
      total.kept += count;
      break;
    case PositionState::unknown:
    case PositionState::gone:  // a state of the source, never of a level
      total.unknown += count;
      return success();
  }
  total.unknown += row.integer(7);
  const bool fbo = static_cast<StockKind>(row.integer(0)) == StockKind::fbo;
  STK_TRY(add(fbo ? total.fbo : total.fbs, row.integer(4)));
  STK_TRY(add(total.on_hand, row.integer(4)));
  STK_TRY(add(total.to_client, row.integer(5)));
  return add(total.from_client, row.integer(6));
}

}  // namespace

Result<void> PositionQuery::validate() const {
  Problems problems;
  require_page_size(problems, page_size);
  problems.require(offer.empty() || article.empty(), "offer", "and article cannot both be given");
  return problems.result("PositionQuery");
}

Pages<StockPosition> Stock::positions(PositionQuery query, const CallContext& given) const {
  auto context = enter(core_->ports, given, Permission::stock_read);
  if (!context) return Pages<StockPosition>::failed(std::move(context).error());
  return Pages<StockPosition>(std::make_unique<PositionPages>(core_, std::move(query), std::move(context).value()));
}

Result<PositionColumns> Stock::columns(const PositionQuery& query, const CallContext& given) const {
  STK_TRY(const auto context, enter(core_->ports, given, Permission::stock_read));
  STK_TRY(query.validate());
  STK_TRY(auto database, core_->ports.storage->tenant(context.tenant));
  PositionColumns columns;
  const auto read = [&](Transaction& tx) -> Result<void> {
    STK_TRY(columns, inventory::read_columns(tx, query, context, *core_->ports.clock));
    return success();
  };
  STK_TRY(database->transact(context, TransactMode::read, read));
  return columns;
}

Result<StockTotal> Stock::total(const AccountId& account, const CallContext& given) const {
  STK_TRY(const auto context, enter(core_->ports, given, Permission::stock_read));
  StockTotal total;
  const std::string id = account.text();
  STK_TRY(auto database, core_->ports.storage->tenant(context.tenant));
  const auto read = [&](Transaction& tx) -> Result<void> {
    total = {};
    {
      STK_TRY(auto rows, tx.query(kTotals, {id}));
      while (true) {
        STK_TRY(const bool more, rows->next());
        if (!more) break;
        STK_TRY(add_row(total, *rows));
      }
    }
    STK_TRY(auto rows, tx.query(kFreshness, {id}));
    STK_TRY(const bool any, rows->next());
    if (any && !rows->is_null(0) && rows->integer(1) == 0) total.observed_at = Instant::from_micros(rows->integer(0));
    return success();
  };
  STK_TRY(database->transact(context, TransactMode::read, read));
  return total;
}

}  // namespace stocktracker::inline v0
