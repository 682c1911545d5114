// Sums positions: in the store, source by source; or row by row if the query names offers.
#include "inventory/stock_totals.hpp"

#include <algorithm>

#include <stocktracker/inventory/movement.hpp>

#include "inventory/known_account.hpp"
#include "inventory/position_reader.hpp"
#include "inventory/stock_sources.hpp"
#include "marketplace/position_rows.hpp"

namespace stocktracker::inline v0::inventory {
namespace {

// Older versions stored every number that a channel reported. A number above kMostUnits counts as unknown, so that no
// sum overflows.
#define STK_UNITS(column) "sum(CASE WHEN " column " <= 1000000000000 THEN " column " END)"
#define STK_ABSURD(column) "sum(CASE WHEN " column " > 1000000000000 THEN 1 ELSE 0 END)"
constexpr Statement kNow{
    "level.totals",
    "SELECT l.state, count(*), " STK_UNITS("l.on_hand") ", " STK_ABSURD("l.on_hand") ", o.state, " STK_UNITS(
        "l.to_client") ", " STK_UNITS("l.from_client") " FROM level l JOIN offer o ON o.offer_id = l.offer_id "
    "WHERE l.source_id = $1 AND l.warehouse_id BETWEEN $2 AND $3 GROUP BY l.state, o.state"};
// States as PositionState; rows as in position_reader.cpp: 5 is an opening, 2 an entry "absent".
constexpr Statement kThen{
    "level.totals_as_of",
    "SELECT CASE WHEN g.after_qty IS NULL THEN 2 WHEN g.kind = 2 AND g.before_qty = g.after_qty THEN 1 ELSE 0 END, "
    "count(*), " STK_UNITS("g.after_qty") ", " STK_ABSURD("g.after_qty") " FROM level l "
    "LEFT JOIN ledger g ON g.offer_id = l.offer_id AND g.warehouse_id = l.warehouse_id AND g.seq = "
    "(SELECT h.seq FROM ledger h WHERE h.offer_id = l.offer_id AND h.warehouse_id = l.warehouse_id "
    "AND h.observed_at <= $4 AND h.recorded_at <= $5 ORDER BY h.observed_at DESC, h.seq DESC LIMIT 1) "
    "WHERE l.source_id = $1 AND l.warehouse_id BETWEEN $2 AND $3 AND (g.seq IS NOT NULL OR "
    "(SELECT f.kind FROM ledger f WHERE f.offer_id = l.offer_id AND f.warehouse_id = l.warehouse_id "
    "ORDER BY f.observed_at, f.seq LIMIT 1) = 5) GROUP BY 1"};
#undef STK_ABSURD
#undef STK_UNITS
static_assert(kMostUnits == 1'000'000'000'000);
static_assert(static_cast<int>(PositionState::kept) == 1 && static_cast<int>(PositionState::unknown) == 2);
static_assert(static_cast<int>(MovementKind::absent) == 2 && static_cast<int>(MovementKind::opening) == 5);

bool is_then(const PositionQuery& query) noexcept { return query.as_of || query.known_at; }

Result<void> add_units(Quantity& sum, std::int64_t units) {
  STK_TRY(const auto more, Quantity::from_units(units));
  STK_TRY(sum, sum.plus(more));
  return success();
}

Result<void> add_row(StockTotal& total, const StockSource& source, const RowCursor& row, bool then) {
  StockSlice slice;
  slice.kind = source.kind;
  slice.state = static_cast<PositionState>(row.integer(0));
  slice.positions = row.integer(1);
  slice.on_hand = row.integer(2);
  slice.absurd = row.integer(3);
  if (then) return add_slice(total, slice);
  if (source.gone()) {
    total.gone += slice.positions;
    return success();
  }
  if (static_cast<OfferState>(row.integer(4)) == OfferState::vanished) {
    total.vanished += slice.positions;
    return success();
  }
  slice.to_client = row.integer(5);
  slice.from_client = row.integer(6);
  return add_slice(total, slice);
}

/// Adds the positions of the source in warehouses with ids from `first` to `last`.
Result<void> add_source(Transaction& tx, const PositionQuery& query, const StockSource& source, std::int64_t first,
                        std::int64_t last, StockTotal& total) {
  const bool then = is_then(query);
  const std::int64_t observed = query.as_of.value_or(Instant::latest()).micros();
  const std::int64_t recorded = query.known_at.value_or(Instant::latest()).micros();
  STK_TRY(auto rows, then ? tx.query(kThen, {source.id, first, last, observed, recorded})
                          : tx.query(kNow, {source.id, first, last}));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) return success();
    STK_TRY(add_row(total, source, *rows, then));
  }
}

Result<void> add_position(StockTotal& total, const StockPosition& position, bool then) {
  if (!then && position.state == PositionState::gone) {
    ++total.gone;
    return success();
  }
  if (!then && position.offer.state == OfferState::vanished) {
    ++total.vanished;
    return success();
  }
  const auto possible = [](const std::optional<Quantity>& units) {
    return units && units->units() <= kMostUnits ? units->units() : 0;
  };
  const bool absurd = position.on_hand && position.on_hand->units() > kMostUnits;
  return add_slice(total, {position.kind, position.state, 1, possible(position.on_hand), possible(position.to_client),
                           possible(position.from_client), absurd ? 1 : 0});
}

Result<void> add_named(Transaction& tx, const PositionQuery& query, Instant now, StockTotal& total) {
  PositionMark mark;
  while (true) {
    STK_TRY(const auto page, read_positions(tx, query, now, mark));
    if (page.rows.empty()) return success();
    for (const StockPosition& position : page.rows) {
      STK_TRY(add_position(total, position, is_then(query)));
    }
    mark = page.marks.back();
  }
}

/// Of the least fresh source. A warehouse that is no longer listed does not count for freshness.
std::optional<Instant> freshness(const std::vector<StockSource>& sources) {
  std::optional<Instant> oldest;
  for (const StockSource& source : sources) {
    if (source.gone()) continue;
    if (!source.observed_at) return std::nullopt;
    oldest = std::min(oldest.value_or(Instant::latest()), *source.observed_at);
  }
  return oldest;
}

}  // namespace

Result<void> add_slice(StockTotal& total, const StockSlice& slice) {
  total.positions += slice.positions;
  switch (slice.state) {
    case PositionState::known:
      break;
    case PositionState::kept:
      total.kept += slice.positions;
      break;
    case PositionState::unknown:
    case PositionState::gone:  // a state of the source, never of a level
      total.unknown += slice.positions;
      return success();
  }
  total.unknown += slice.absurd;
  STK_TRY(add_units(slice.kind == StockKind::fbo ? total.fbo : total.fbs, slice.on_hand));
  STK_TRY(add_units(total.on_hand, slice.on_hand));
  STK_TRY(add_units(total.to_client, slice.to_client));
  return add_units(total.from_client, slice.from_client);
}

Result<StockTotal> read_total(Transaction& tx, const PositionQuery& query, Instant now) {
  StockTotal total;
  STK_TRY(const auto sources, stock_sources(tx, query));
  if (sources.empty()) {
    STK_TRY(require_account(tx, query.account));
  }
  if (!is_then(query)) total.observed_at = freshness(sources);
  if (names_offers(query)) {
    STK_TRY(add_named(tx, query, now, total));
    return total;
  }
  for (const StockSource& source : sources) {
    if (source.warehouses.empty()) {
      STK_TRY(add_source(tx, query, source, 0, INT64_MAX, total));
    }
    for (const std::int64_t warehouse : source.warehouses) {
      STK_TRY(add_source(tx, query, source, warehouse, warehouse, total));
    }
  }
  return total;
}

}  // namespace stocktracker::inline v0::inventory
