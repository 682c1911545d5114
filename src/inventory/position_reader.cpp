// Reads positions page by page, now or as of an instant.
#include "inventory/position_reader.hpp"

#include <stocktracker/inventory/movement.hpp>

// Literal pieces of the statements below: a Statement needs static text.
#define STK_COLUMNS                                                                                               \
  "o.account_id, o.offer_key, o.listing, o.article, o.title, o.brand, o.size, o.state, w.warehouse_key, w.name, " \
  "w.region, w.kind, s.kind, l.source_id, l.offer_id, l.warehouse_id"
#define STK_NOW ", s.observed_at, l.state, l.on_hand, l.reserved, l.to_client, l.from_client, s.state "
#define STK_THEN ", g.observed_at, g.kind, g.before_qty, g.after_qty "
#define STK_TABLES                            \
  " JOIN offer o ON o.offer_id = l.offer_id " \
  "JOIN warehouse w ON w.warehouse_id = l.warehouse_id "
// The last entry of the position that was observed and recorded at or before the given times.
#define STK_AS_OF                                                                                  \
  "JOIN ledger g ON g.offer_id = l.offer_id AND g.warehouse_id = l.warehouse_id AND g.seq = "      \
  "(SELECT h.seq FROM ledger h WHERE h.offer_id = l.offer_id AND h.warehouse_id = l.warehouse_id " \
  "AND h.observed_at <= $5 AND h.recorded_at <= $6 ORDER BY h.observed_at DESC, h.seq DESC LIMIT 1) "
#define STK_BEHIND "WHERE (l.source_id, l.offer_id, l.warehouse_id) > ($1, $2, $3) "
#define STK_ORDER "ORDER BY l.source_id, l.offer_id, l.warehouse_id LIMIT $4"

namespace stocktracker::inline v0::inventory {
namespace {

constexpr Statement kNow{"position.page",
                         "SELECT " STK_COLUMNS STK_NOW
                         "FROM level l JOIN source s ON s.source_id = l.source_id" STK_TABLES STK_BEHIND STK_ORDER};
constexpr Statement kThen{
    "position.page_as_of",
    "SELECT " STK_COLUMNS STK_THEN
    "FROM level l JOIN source s ON s.source_id = l.source_id" STK_TABLES STK_AS_OF STK_BEHIND STK_ORDER};
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
    "JOIN ledger g ON g.offer_id = l.offer_id AND g.warehouse_id = l.warehouse_id AND g.seq = "
    "(SELECT h.seq FROM ledger h WHERE h.offer_id = l.offer_id AND h.warehouse_id = l.warehouse_id "
    "AND h.observed_at <= $2 AND h.recorded_at <= $3 ORDER BY h.observed_at DESC, h.seq DESC LIMIT 1) "
    "WHERE o.offer_id = $1 ORDER BY l.source_id, l.warehouse_id"};
constexpr Statement kByKey{"offer.by_key",
                           "SELECT offer_id, account_id FROM offer WHERE offer_key = $1 ORDER BY offer_id"};
constexpr Statement kByAccountKey{"offer.by_account_key",
                                  "SELECT offer_id, account_id FROM offer WHERE account_id = $2 AND offer_key = $1"};
constexpr Statement kByArticle{"offer.by_article",
                               "SELECT offer_id, account_id FROM offer WHERE article = $1 ORDER BY offer_id"};

std::optional<Quantity> quantity_at(const RowCursor& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  auto quantity = Quantity::from_units(row.integer(column));
  if (!quantity) return std::nullopt;  // a check of the table forbids this value
  return quantity.value();
}

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
  return (!query.account || *query.account == position.account) && (!query.kind || *query.kind == position.kind);
}

Result<std::vector<StockPosition>> read_named(Transaction& tx, const PositionQuery& query, Instant now,
                                              PositionMark& mark) {
  std::vector<StockPosition> page;
  if (mark.offer != 0) return page;  // an offer's positions are one page
  mark.offer = 1;
  STK_TRY(const auto offers, offers_named(tx, query.offer, query.article, query.account));
  const bool as_of = query.as_of || query.known_at;
  const Instants until = instants_of(query);
  for (const std::int64_t offer : offers) {
    STK_TRY(auto rows,
            as_of ? tx.query(kOfferThen, {offer, until.observed, until.recorded}) : tx.query(kOfferNow, {offer}));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) break;
      STK_TRY(auto position, position_at(*rows, as_of, now));
      if (!query.article.empty() && position.offer.article != query.article) continue;
      if (wanted(query, position)) page.push_back(std::move(position));
    }
  }
  return page;
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

Result<std::vector<std::int64_t>> offers_named(Transaction& tx, const std::string& key, const std::string& article,
                                               const std::optional<AccountId>& account) {
  std::vector<std::int64_t> offers;
  const std::string account_text = account ? account->text() : std::string();
  STK_TRY(auto rows, key.empty() ? tx.query(kByArticle, {article})
                     : account   ? tx.query(kByAccountKey, {key, account_text})
                                 : tx.query(kByKey, {key}));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) return offers;
    if (!account || rows->text(1) == account_text) offers.push_back(rows->integer(0));
  }
}

Result<std::vector<StockPosition>> read_positions(Transaction& tx, const PositionQuery& query, Instant now,
                                                  PositionMark& mark) {
  if (!query.offer.empty() || !query.article.empty()) return read_named(tx, query, now, mark);
  const bool as_of = query.as_of || query.known_at;
  const Instants until = instants_of(query);
  std::vector<StockPosition> page;
  // Filters may leave a page empty before the end: read the next one.
  while (page.empty()) {
    STK_TRY(auto rows, as_of ? tx.query(kThen, {mark.source, mark.offer, mark.warehouse, query.page_size,
                                                until.observed, until.recorded})
                             : tx.query(kNow, {mark.source, mark.offer, mark.warehouse, query.page_size}));
    bool any = false;
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) break;
      any = true;
      mark = {rows->integer(kMark), rows->integer(kMark + 1), rows->integer(kMark + 2)};
      STK_TRY(auto position, position_at(*rows, as_of, now));
      if (wanted(query, position)) page.push_back(std::move(position));
    }
    if (!any) break;
  }
  return page;
}

}  // namespace stocktracker::inline v0::inventory
