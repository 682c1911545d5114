// Reads positions page by page, now or as of an instant.
#include "inventory/position_reader.hpp"

#include <algorithm>
#include <tuple>

#include <stocktracker/inventory/movement.hpp>

// Literal pieces of the statements below: a Statement needs static text.
#define STK_COLUMNS                                                                                               \
  "o.account_id, o.offer_key, o.listing, o.article, o.title, o.brand, o.size, o.state, w.warehouse_key, w.name, " \
  "w.region, w.kind, s.kind, l.source_id, l.offer_id, l.warehouse_id"
#define STK_NOW ", s.observed_at, l.state, l.on_hand, l.reserved, l.to_client, l.from_client, s.state "
// A position without an entry of that time is a row only if older entries were removed: its value is unknown, and its
// kept history begins with an opening.
#define STK_FIRST(column)                                              \
  "(SELECT f." column                                                  \
  " FROM ledger f WHERE f.offer_id = l.offer_id AND f.warehouse_id = " \
  "l.warehouse_id ORDER BY f.observed_at, f.seq LIMIT 1)"
#define STK_THEN ", coalesce(g.observed_at, " STK_FIRST("observed_at") "), g.kind, g.before_qty, g.after_qty "
#define STK_ROW_THEN "(g.seq IS NOT NULL OR " STK_FIRST("kind") " = 5) "
#define STK_TABLES                            \
  " JOIN offer o ON o.offer_id = l.offer_id " \
  "JOIN warehouse w ON w.warehouse_id = l.warehouse_id "
// The last entry of the position that was observed and recorded at or before the given times.
#define STK_AS_OF                                                                                  \
  "LEFT JOIN ledger g ON g.offer_id = l.offer_id AND g.warehouse_id = l.warehouse_id AND g.seq = " \
  "(SELECT h.seq FROM ledger h WHERE h.offer_id = l.offer_id AND h.warehouse_id = l.warehouse_id " \
  "AND h.observed_at <= $5 AND h.recorded_at <= $6 ORDER BY h.observed_at DESC, h.seq DESC LIMIT 1) "
#define STK_PAGE "WHERE l.source_id = $1 AND (l.offer_id, l.warehouse_id) > ($2, $3) "
#define STK_ORDER "ORDER BY l.offer_id, l.warehouse_id LIMIT $4"

namespace stocktracker::inline v0::inventory {
namespace {

// One source: the key of the table is its order.
constexpr Statement kNow{"position.page", "SELECT " STK_COLUMNS STK_NOW
                                          "FROM level l JOIN source s ON s.source_id = l.source_id" STK_TABLES STK_PAGE
                                          "AND l.warehouse_id BETWEEN $5 AND $6 " STK_ORDER};
constexpr Statement kThen{"position.page_as_of",
                          "SELECT " STK_COLUMNS STK_THEN
                          "FROM level l JOIN source s ON s.source_id = l.source_id" STK_TABLES STK_AS_OF STK_PAGE
                          "AND l.warehouse_id BETWEEN $7 AND $8 AND " STK_ROW_THEN STK_ORDER};
// One offer: an account has few sources, and each costs one index lookup.
constexpr Statement kOfferNow{
    "position.of_offer",
    "SELECT " STK_COLUMNS STK_NOW
    "FROM offer o JOIN source s ON s.account_id = o.account_id "
    "JOIN level l ON l.source_id = s.source_id AND l.offer_id = o.offer_id "
    "JOIN warehouse w ON w.warehouse_id = l.warehouse_id WHERE o.offer_id = $1 ORDER BY l.source_id, l.warehouse_id"};
constexpr Statement kOfferThen{
    "position.of_offer_as_of",
    "SELECT " STK_COLUMNS STK_THEN
    "FROM offer o JOIN source s ON s.account_id = o.account_id "
    "JOIN level l ON l.source_id = s.source_id AND l.offer_id = o.offer_id "
    "JOIN warehouse w ON w.warehouse_id = l.warehouse_id "
    "LEFT JOIN ledger g ON g.offer_id = l.offer_id AND g.warehouse_id = l.warehouse_id AND g.seq = "
    "(SELECT h.seq FROM ledger h WHERE h.offer_id = l.offer_id AND h.warehouse_id = l.warehouse_id "
    "AND h.observed_at <= $2 AND h.recorded_at <= $3 ORDER BY h.observed_at DESC, h.seq DESC LIMIT 1) "
    "WHERE o.offer_id = $1 AND " STK_ROW_THEN "ORDER BY l.source_id, l.warehouse_id"};

std::optional<Quantity> quantity_at(const RowCursor& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  auto quantity = Quantity::from_units(row.integer(column));
  if (!quantity) return std::nullopt;  // a check of the table forbids this value
  return quantity.value();
}

static_assert(static_cast<int>(MovementKind::opening) == 5);

constexpr int kSourceKind = 12;
constexpr int kMark = 13;
constexpr int kValues = 16;

Result<StockPosition> position_at(const RowCursor& row, bool as_of, Instant now) {
  StockPosition position;
  STK_TRY(position.account, AccountId::parse(row.text(0)));
  position.offer = offer_at(row, 1);
  position.warehouse = warehouse_at(row, 8);
  position.kind = static_cast<StockKind>(row.integer(kSourceKind));
  position.observed_at = Instant::from_micros(row.integer(kValues));
  position.asked_at = now;
  if (as_of) {
    position.on_hand = quantity_at(row, kValues + 3);
    position.state = state_then(row, kValues + 1);
    return position;
  }
  position.state = state_now(row.integer(kValues + 1), row.integer(kValues + 6));
  position.on_hand = quantity_at(row, kValues + 2);
  position.reserved = quantity_at(row, kValues + 3);
  position.to_client = quantity_at(row, kValues + 4);
  position.from_client = quantity_at(row, kValues + 5);
  return position;
}

struct Instants {
  std::int64_t observed;
  std::int64_t recorded;
};

Instants instants_of(const PositionQuery& query) {
  return {query.as_of.value_or(Instant::latest()).micros(), query.known_at.value_or(Instant::latest()).micros()};
}

bool wanted(const PositionQuery& query, const StockPosition& position) {
  return (!query.account || *query.account == position.account) && (!query.kind || *query.kind == position.kind) &&
         (query.warehouse.empty() || query.warehouse == position.warehouse.key);
}

/// True if the position is not after the mark, in the order of a list of named offers.
bool passed(const PositionMark& position, const PositionMark& mark) {
  return std::tie(position.offer, position.source, position.warehouse) <=
         std::tie(mark.offer, mark.source, mark.warehouse);
}

PositionMark mark_at(const RowCursor& row) {
  return {row.integer(kMark), row.integer(kMark + 1), row.integer(kMark + 2)};
}

bool is_full(const PositionPage& page, const PositionQuery& query) {
  return page.rows.size() >= static_cast<std::size_t>(query.page_size);
}

Result<PositionPage> read_named(Transaction& tx, const PositionQuery& query, Instant now, const PositionMark& mark) {
  PositionPage page;
  STK_TRY(const auto sources, stock_sources(tx, query));
  STK_TRY(const auto offers, offers_of_query(tx, query, sources));
  const bool as_of = query.as_of || query.known_at;
  const Instants until = instants_of(query);
  for (const std::int64_t offer : offers) {
    if (offer < mark.offer) continue;
    if (is_full(page, query)) break;
    STK_TRY(auto rows,
            as_of ? tx.query(kOfferThen, {offer, until.observed, until.recorded}) : tx.query(kOfferNow, {offer}));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) break;
      if (is_full(page, query) || passed(mark_at(*rows), mark)) continue;
      STK_TRY(auto position, position_at(*rows, as_of, now));
      if (!query.article.empty() && position.offer.article != query.article) continue;
      if (!wanted(query, position)) continue;
      page.rows.push_back(std::move(position));
      page.marks.push_back(mark_at(*rows));
    }
  }
  return page;
}

/// Adds positions of one source to the page until the page is full.
Result<void> read_source(Transaction& tx, const PositionQuery& query, const StockSource& source, Instant now,
                         PositionMark mark, PositionPage& page) {
  const bool as_of = query.as_of || query.known_at;
  const Instants until = instants_of(query);
  const auto bounds = std::minmax_element(source.warehouses.begin(), source.warehouses.end());
  const std::int64_t first = source.warehouses.empty() ? 0 : *bounds.first;
  const std::int64_t last = source.warehouses.empty() ? INT64_MAX : *bounds.second;
  while (!is_full(page, query)) {
    const auto limit = static_cast<std::int64_t>(query.page_size) - static_cast<std::int64_t>(page.rows.size());
    STK_TRY(auto rows, as_of ? tx.query(kThen, {source.id, mark.offer, mark.warehouse, limit, until.observed,
                                                until.recorded, first, last})
                             : tx.query(kNow, {source.id, mark.offer, mark.warehouse, limit, first, last}));
    std::int64_t read = 0;
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) break;
      ++read;
      mark = mark_at(*rows);
      if (!source.has_wanted(mark.warehouse)) continue;
      STK_TRY(auto position, position_at(*rows, as_of, now));
      page.rows.push_back(std::move(position));
      page.marks.push_back(mark);
    }
    if (read < limit) break;
  }
  return success();
}

}  // namespace

PositionState state_now(std::int64_t level, std::int64_t source) noexcept {
  return source == kSourceGone ? PositionState::gone : static_cast<PositionState>(level);
}

PositionState state_then(const RowCursor& row, int at) {
  if (row.is_null(at + 2)) return PositionState::unknown;
  const bool kept = static_cast<MovementKind>(row.integer(at)) == MovementKind::absent && !row.is_null(at + 1) &&
                    row.integer(at + 1) == row.integer(at + 2);
  return kept ? PositionState::kept : PositionState::known;
}

void read_offer(const RowCursor& row, int at, Offer& offer) {
  offer.key = row.text(at);
  offer.listing = row.text(at + 1);
  offer.article = row.text(at + 2);
  offer.title = row.text(at + 3);
  offer.brand = row.text(at + 4);
  offer.size = row.text(at + 5);
  offer.state = static_cast<OfferState>(row.integer(at + 6));
}

Offer offer_at(const RowCursor& row, int at) {
  Offer offer;
  read_offer(row, at, offer);
  return offer;
}

Warehouse warehouse_at(const RowCursor& row, int at) {
  return {std::string(row.text(at)), std::string(row.text(at + 1)), std::string(row.text(at + 2)),
          static_cast<WarehouseKind>(row.integer(at + 3))};
}

Result<PositionPage> read_positions(Transaction& tx, const PositionQuery& query, Instant now,
                                    const PositionMark& mark) {
  if (names_offers(query)) return read_named(tx, query, now, mark);
  PositionPage page;
  STK_TRY(const auto sources, stock_sources(tx, query));
  for (const StockSource& source : sources) {
    if (source.id < mark.source) continue;
    if (is_full(page, query)) break;
    const PositionMark from = source.id == mark.source ? mark : PositionMark();
    STK_TRY(read_source(tx, query, source, now, from, page));
  }
  return page;
}

}  // namespace stocktracker::inline v0::inventory
