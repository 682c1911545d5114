// Applies an answer about stock: offers, warehouses, levels, ledger.
#include "inventory/stock_apply.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_set>
#include <vector>

#include "inventory/level_diff.hpp"
#include "inventory/snapshot.hpp"

namespace stocktracker::inline v0::inventory {
namespace {

constexpr Statement kWarehouses{"warehouse.of_account",
                                "SELECT warehouse_id, kind, warehouse_key, name, region, source_id FROM warehouse "
                                "WHERE account_id = $1"};
constexpr Statement kDropOlder{"level.drop_older",
                               "DELETE FROM level WHERE warehouse_id = $1 AND source_id = $2 AND EXISTS (SELECT 1 FROM "
                               "level AS other WHERE other.source_id = $3 AND other.warehouse_id = $1 "
                               "AND other.offer_id = level.offer_id AND other.seq > level.seq)"};
constexpr Statement kDropRest{"level.drop_rest",
                              "DELETE FROM level WHERE warehouse_id = $1 AND source_id = $2 AND EXISTS (SELECT 1 FROM "
                              "level AS other WHERE other.source_id = $3 AND other.warehouse_id = $1 "
                              "AND other.offer_id = level.offer_id)"};
constexpr Statement kMoveLevels{"level.move",
                                "UPDATE level SET source_id = $3 WHERE warehouse_id = $1 AND source_id = $2"};
constexpr Statement kMaxWarehouse{"warehouse.max_id", "SELECT coalesce(max(warehouse_id), 0) FROM warehouse"};
constexpr Statement kLevels{"level.of_source",
                            "SELECT offer_id, warehouse_id, on_hand, reserved, to_client, from_client, state, seq "
                            "FROM level WHERE source_id = $1 ORDER BY offer_id, warehouse_id"};

constexpr Statement kListings{"offer.listings", "SELECT offer_id, listing FROM offer WHERE account_id = $1"};

std::int64_t cell(const RowCursor& row, int column) { return row.is_null(column) ? kNull : row.integer(column); }

/// Ids of the answer's offers, one per row. Unknown offers are added as uncarded; their ids are added to `new_ids`.
Result<std::vector<std::int64_t>> resolve_offers(Transaction& tx, const StockAnswer& answer, OfferIndex& index,
                                                 std::vector<std::int64_t>& new_ids) {
  const StockCells& columns = *answer.columns;
  if (columns.rows() != 0 && columns.offer.numeric() != index.numeric()) {
    return Error(Errc::vendor_schema, "the connector's offer keys are not of the form its capabilities name");
  }
  std::vector<std::int64_t> ids(columns.rows());
  std::vector<std::string> keys;
  std::vector<std::string> listings;
  std::int64_t next_id = 0;
  std::int64_t last_number = -1;
  for (std::size_t row = 0; row < ids.size(); ++row) {
    // Most answers list the warehouses of one offer in consecutive rows.
    if (row > 0 && index.numeric() && columns.offer.number(row) == last_number) {
      ids[row] = ids[row - 1];
      continue;
    }
    std::size_t at = index.numeric() ? index.find(columns.offer.number(row)) : index.find(columns.offer.text(row));
    if (at == OfferIndex::kNone) {
      if (next_id == 0) {
        STK_TRY(next_id, next_offer_id(tx));
      }
      keys.push_back(columns.offer.to_text(row));
      listings.push_back(columns.listing.size() == 0 ? std::string() : columns.listing.to_text(row));
      new_ids.push_back(next_id);
      at = index.add(keys.back(), KnownOffer{next_id, 0, OfferState::uncarded, false});
      ++next_id;
    }
    ids[row] = index.at(at).id;
    if (index.numeric()) last_number = columns.offer.number(row);
  }
  if (!keys.empty()) {
    const std::string account = answer.account.text();
    const std::vector<std::string_view> key_views(keys.begin(), keys.end());
    const std::vector<std::string_view> listing_views(listings.begin(), listings.end());
    const std::array written{SqlColumn::integers("offer_id", new_ids),
                             SqlColumn::constant("account_id", account),
                             SqlColumn::texts("offer_key", key_views),
                             SqlColumn::texts("listing", listing_views),
                             SqlColumn::constant("article", ""),
                             SqlColumn::constant("title", ""),
                             SqlColumn::constant("brand", ""),
                             SqlColumn::constant("size", ""),
                             SqlColumn::constant("state", static_cast<std::int64_t>(OfferState::uncarded)),
                             SqlColumn::constant("content_hash", 0)};
    STK_TRY(tx.bulk_upsert("offer", OnConflict::fail, written));
  }
  return ids;
}

/// A run accepts a warehouse only from its own source (StockCollector). An earlier version accepted it from another
/// one, which may have left levels: of each position, the one with the latest ledger entry is kept.
Result<void> take_over(Transaction& tx, std::int64_t warehouse, std::int64_t from, std::int64_t to) {
  STK_TRY(tx.execute(kDropOlder, {warehouse, to, from}));
  STK_TRY(tx.execute(kDropRest, {warehouse, from, to}));
  STK_TRY(tx.execute(kMoveLevels, {warehouse, from, to}));
  return success();
}

/// Ids of the answer's warehouses with rows. Writes new and renamed warehouses.
Result<std::vector<std::int64_t>> resolve_warehouses(Transaction& tx, const StockAnswer& answer) {
  const auto& warehouses = answer.columns->warehouses;
  std::vector<std::int64_t> ids(warehouses.size(), 0);
  if (warehouses.empty()) return ids;
  const std::string account = answer.account.text();
  std::vector<bool> current(warehouses.size(), false);
  std::vector<std::int64_t> owners(warehouses.size(), answer.source_id);
  std::vector<bool> used(warehouses.size(), false);
  for (const std::uint32_t number : answer.columns->warehouse) used[number] = true;
  {
    STK_TRY(auto rows, tx.query(kWarehouses, {account}));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) break;
      for (std::size_t i = 0; i < warehouses.size(); ++i) {
        if (static_cast<std::int64_t>(warehouses[i].kind) == rows->integer(1) && warehouses[i].key == rows->text(2)) {
          ids[i] = rows->integer(0);
          owners[i] = rows->integer(5);
          current[i] = owners[i] == answer.source_id && warehouses[i].name == rows->text(3) &&
                       warehouses[i].region == rows->text(4);
        }
      }
    }
  }
  std::int64_t next_id = 0;
  for (std::size_t i = 0; i < warehouses.size(); ++i) {
    if (current[i] || !used[i]) continue;
    if (owners[i] != answer.source_id) {
      STK_TRY(take_over(tx, ids[i], owners[i], answer.source_id));
    }
    if (ids[i] == 0) {
      if (next_id == 0) {
        STK_TRY(auto rows, tx.query(kMaxWarehouse));
        STK_TRY(const bool more, rows->next());
        next_id = (more ? rows->integer(0) : 0) + 1;
      }
      ids[i] = next_id++;
    }
    STK_TRY(tx.upsert(
        "warehouse", OnConflict::update,
        {SqlColumn::constant("warehouse_id", ids[i]), SqlColumn::constant("account_id", account),
         SqlColumn::constant("source_id", answer.source_id),
         SqlColumn::constant("kind", static_cast<std::int64_t>(warehouses[i].kind)),
         SqlColumn::constant("warehouse_key", warehouses[i].key), SqlColumn::constant("name", warehouses[i].name),
         SqlColumn::constant("region", warehouses[i].region)}));
  }
  return ids;
}

Result<void> write_added(Transaction& tx, const StockAnswer& answer, const StockSnapshot& snapshot,
                         const std::vector<std::uint32_t>& added) {
  if (added.empty()) return success();
  // If every row is new, the snapshot's own columns are written, without a copy.
  const bool all = added.size() == snapshot.rows();
  StockSnapshot some;
  if (!all) {
    const auto pick = [&](const std::vector<std::int64_t>& from, std::vector<std::int64_t>& to) {
      if (from.empty()) return;
      to.reserve(added.size());
      for (const std::uint32_t row : added) to.push_back(from[row]);
    };
    pick(snapshot.offer, some.offer);
    pick(snapshot.warehouse, some.warehouse);
    pick(snapshot.on_hand, some.on_hand);
    pick(snapshot.reserved, some.reserved);
    pick(snapshot.to_client, some.to_client);
    pick(snapshot.from_client, some.from_client);
  }
  const StockSnapshot& rows = all ? snapshot : some;
  const auto optional_column = [](std::string_view name, const std::vector<std::int64_t>& column) {
    return column.empty() ? SqlColumn::constant(name, SqlValue()) : SqlColumn::integers(name, column);
  };
  const std::array levels{SqlColumn::constant("source_id", answer.source_id),
                          SqlColumn::integers("offer_id", rows.offer),
                          SqlColumn::integers("warehouse_id", rows.warehouse),
                          SqlColumn::integers("on_hand", rows.on_hand),
                          optional_column("reserved", rows.reserved),
                          optional_column("to_client", rows.to_client),
                          optional_column("from_client", rows.from_client),
                          SqlColumn::constant("state", static_cast<std::int64_t>(PositionState::known)),
                          SqlColumn::constant("seq", 1)};
  STK_TRY(tx.bulk_upsert("level", OnConflict::fail, levels));
  const std::array entries{SqlColumn::integers("offer_id", rows.offer),
                           SqlColumn::integers("warehouse_id", rows.warehouse),
                           SqlColumn::constant("observed_at", answer.observed_at.micros()),
                           SqlColumn::constant("seq", 1),
                           SqlColumn::constant("kind", static_cast<std::int64_t>(MovementKind::observed)),
                           SqlColumn::constant("before_qty", SqlValue()),
                           SqlColumn::integers("after_qty", rows.on_hand),
                           SqlColumn::constant("recorded_at", answer.recorded_at.micros()),
                           SqlColumn::constant("run_no", answer.run_no),
                           SqlColumn::constant("cause", SqlValue())};
  STK_TRY(tx.bulk_upsert("ledger", OnConflict::fail, entries));
  return success();
}

/// A column of levels, with a mark for each NULL.
struct NullableColumn {
  std::vector<std::int64_t> values;
  std::vector<std::uint8_t> nulls;
  void push(std::int64_t value) {
    values.push_back(value);
    nulls.push_back(value == kNull ? 1 : 0);
  }
  [[nodiscard]] SqlColumn named(std::string_view name) const { return SqlColumn::integers(name, values, nulls); }
};

Result<void> write_changed(Transaction& tx, const StockAnswer& answer, const LevelDiff& diff) {
  if (diff.changed().empty()) return success();
  std::vector<std::int64_t> offer;
  std::vector<std::int64_t> warehouse;
  std::vector<std::int64_t> state;
  std::vector<std::int64_t> seq;
  NullableColumn on_hand;
  NullableColumn reserved;
  NullableColumn to_client;
  NullableColumn from_client;
  for (const LevelRow& level : diff.changed()) {
    offer.push_back(level.offer);
    warehouse.push_back(level.warehouse);
    on_hand.push(level.on_hand);
    reserved.push(level.reserved);
    to_client.push(level.to_client);
    from_client.push(level.from_client);
    state.push_back(static_cast<std::int64_t>(level.state));
    seq.push_back(level.seq);
  }
  const std::array levels{SqlColumn::constant("source_id", answer.source_id),
                          SqlColumn::integers("offer_id", offer),
                          SqlColumn::integers("warehouse_id", warehouse),
                          on_hand.named("on_hand"),
                          reserved.named("reserved"),
                          to_client.named("to_client"),
                          from_client.named("from_client"),
                          SqlColumn::integers("state", state),
                          SqlColumn::integers("seq", seq)};
  STK_TRY(tx.bulk_upsert("level", OnConflict::update, levels));
  if (diff.entries().size() == 0) return success();

  NullableColumn before;
  NullableColumn after;
  for (const std::int64_t value : diff.entries().before) before.push(value);
  for (const std::int64_t value : diff.entries().after) after.push(value);
  const std::array entries{SqlColumn::integers("offer_id", diff.entries().offer),
                           SqlColumn::integers("warehouse_id", diff.entries().warehouse),
                           SqlColumn::constant("observed_at", answer.observed_at.micros()),
                           SqlColumn::integers("seq", diff.entries().seq),
                           SqlColumn::integers("kind", diff.entries().kind),
                           before.named("before_qty"),
                           after.named("after_qty"),
                           SqlColumn::constant("recorded_at", answer.recorded_at.micros()),
                           SqlColumn::constant("run_no", answer.run_no),
                           SqlColumn::constant("cause", SqlValue())};
  STK_TRY(tx.bulk_upsert("ledger", OnConflict::fail, entries));
  return success();
}

/// Ids of the known offers among these keys, sorted.
std::vector<std::int64_t> ids_of(std::span<const std::string> keys, const OfferIndex& index) {
  std::vector<std::int64_t> ids;
  ids.reserve(keys.size());
  for (const std::string& key : keys) {
    const std::size_t at = index.find(key);
    if (at != OfferIndex::kNone) ids.push_back(index.at(at).id);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

/// Sorted ids of the offers that keep their positions if the answer leaves them out: offers of listings that the answer
/// could not place, and of rows that could not be read.
Result<std::vector<std::int64_t>> open_ids(Transaction& tx, const StockAnswer& answer, const OfferIndex& index) {
  std::vector<std::int64_t> open = ids_of(answer.odd, index);
  const KeyColumn& unplaced = answer.columns->unplaced;
  if (unplaced.size() == 0) return open;
  std::unordered_set<std::string> listings;
  for (std::size_t at = 0; at < unplaced.size(); ++at) listings.insert(unplaced.to_text(at));
  STK_TRY(auto rows, tx.query(kListings, {answer.account.text()}));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) break;
    if (listings.count(std::string(rows->text(1))) != 0) open.push_back(rows->integer(0));
  }
  std::sort(open.begin(), open.end());
  return open;
}

Result<void> read_levels(Transaction& tx, std::int64_t source_id, LevelDiff& diff) {
  STK_TRY(auto rows, tx.query(kLevels, {source_id}));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) break;
    diff.known({rows->integer(0), rows->integer(1), cell(*rows, 2), cell(*rows, 3), cell(*rows, 4), cell(*rows, 5),
                static_cast<PositionState>(rows->integer(6)), rows->integer(7)});
  }
  diff.finish();
  return success();
}

}  // namespace

Result<StockApplied> apply_stock(Transaction& tx, const StockAnswer& answer, OfferIndex& index) {
  StockApplied applied;
  if (answer.last_observed_at && answer.observed_at < *answer.last_observed_at) {
    applied.too_old = true;
    applied.changes.dropped = static_cast<std::int64_t>(answer.columns->rows());
    return applied;
  }
  const std::size_t known_offers = index.size();
  const auto body = [&]() -> Result<Transaction::Keep> {
    applied = {};
    index.truncate(known_offers);
    STK_TRY(auto offers, resolve_offers(tx, answer, index, applied.added_offers));
    STK_TRY(auto warehouses, resolve_warehouses(tx, answer));
    STK_TRY(auto snapshot, make_snapshot(*answer.columns, offers, warehouses));
    offers = {};

    const auto asked = answer.asked ? ids_of(*answer.asked, index) : std::vector<std::int64_t>();
    STK_TRY(const auto open, open_ids(tx, answer, index));
    LevelDiff diff(snapshot, answer.absent, answer.asked ? &asked : nullptr, open);
    if (answer.silence_means_nothing) diff.all_open();
    STK_TRY(read_levels(tx, answer.source_id, diff));
    applied.changes = diff.changes();
    applied.positive_before = diff.positive_before();
    if (!answer.accept_mass_zero &&
        is_mass_zero(answer.guard, diff.positive_before(), diff.changes().zeroed, !answer.last_observed_at)) {
      applied.held = true;
      applied.note = "would zero " + std::to_string(diff.changes().zeroed) + " of " +
                     std::to_string(diff.positive_before()) + " positions";
      return Transaction::Keep::no;
    }
    if (answer.hold_if_zeroing && diff.changes().zeroed > 0) {
      applied.held = true;
      return Transaction::Keep::no;
    }
    STK_TRY(write_added(tx, answer, snapshot, diff.added()));
    STK_TRY(write_changed(tx, answer, diff));
    applied.entries = static_cast<std::int64_t>(diff.added().size() + diff.entries().size());
    return Transaction::Keep::yes;
  };
  // An answer that is held or contradicts itself changes nothing: the offers that it added are removed too.
  auto kept = tx.savepoint(body);
  if (!kept || applied.held) {
    index.truncate(known_offers);
    applied.added_offers.clear();
  }
  STK_TRY(std::move(kept));
  return applied;
}

}  // namespace stocktracker::inline v0::inventory
