// Reads positions column by column.
#include "inventory/column_reader.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include <stocktracker/core/progress_stages.hpp>
#include <stocktracker/inventory/movement.hpp>

#include "inventory/position_reader.hpp"

// As in position_reader.cpp: a value of the position's first entry.
#define STK_FIRST(column)                                              \
  "(SELECT f." column                                                  \
  " FROM ledger f WHERE f.offer_id = l.offer_id AND f.warehouse_id = " \
  "l.warehouse_id ORDER BY f.observed_at, f.seq LIMIT 1)"

namespace stocktracker::inline v0::inventory {
namespace {

// Each name is read once. Rows hold only numbers, without joins.
constexpr Statement kLevels{"level.column_rows",
                            "SELECT offer_id, warehouse_id, state, on_hand, reserved, to_client, from_client "
                            "FROM level WHERE source_id = $1 ORDER BY offer_id, warehouse_id"};
constexpr Statement kLevelsThen{
    "level.column_rows_as_of",
    "SELECT l.offer_id, l.warehouse_id, coalesce(g.observed_at, " STK_FIRST("observed_at") "), g.kind, g.before_qty, "
    "g.after_qty FROM level l "
    "LEFT JOIN ledger g ON g.offer_id = l.offer_id AND g.warehouse_id = l.warehouse_id AND g.seq = "
    "(SELECT h.seq FROM ledger h WHERE h.offer_id = l.offer_id AND h.warehouse_id = l.warehouse_id "
    "AND h.observed_at <= $2 AND h.recorded_at <= $3 ORDER BY h.observed_at DESC, h.seq DESC LIMIT 1) "
    "WHERE l.source_id = $1 AND (g.seq IS NOT NULL OR " STK_FIRST("kind") " = 5) ORDER BY l.offer_id, l.warehouse_id"};
constexpr Statement kOffers{"offer.names",
                            "SELECT offer_id, offer_key, listing, article, title, brand, size, state FROM offer "
                            "WHERE account_id = $1 ORDER BY offer_id"};
constexpr Statement kWarehouses{
    "warehouse.names", "SELECT warehouse_id, warehouse_key, name, region, kind FROM warehouse WHERE account_id = $1"};

constexpr Statement kLastOffer{"level.last_offer",
                               "SELECT offer_id FROM level WHERE source_id = $1 ORDER BY offer_id DESC LIMIT 1"};

constexpr std::size_t kRowsBetweenChecks = 16'384;
// Room is made for at most this many times the rows that were read: ids that are far apart must not make a small store
// ask for the memory of a large one. After that many rows the reader estimates again.
constexpr std::size_t kMostGuessed = 64;

// Numbers local ids in the order in which they first occur. The store assigns ids by counting up, so a table holds
// nearly all of them.
class Places {
 public:
  std::uint32_t of(std::int64_t id) {
    if (id < 0 || id >= kTable) return place(far_.try_emplace(id, 0).first->second);
    const auto at = static_cast<std::size_t>(id);
    if (at >= near_.size()) near_.resize(std::max(at + 1, near_.size() * 2));
    return place(near_[at]);
  }
  // The place of the id; size() if the id has not occurred.
  [[nodiscard]] std::size_t find(std::int64_t id) const {
    std::uint32_t number = 0;
    if (id >= 0 && id < kTable) {
      if (const auto at = static_cast<std::size_t>(id); at < near_.size()) number = near_[at];
    } else if (const auto found = far_.find(id); found != far_.end()) {
      number = found->second;
    }
    return number == 0 ? size_ : number - 1;
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  static constexpr std::int64_t kTable = 1 << 24;

  std::uint32_t place(std::uint32_t& number) {
    if (number == 0) number = ++size_;
    return number - 1;
  }

  std::vector<std::uint32_t> near_;  // place + 1; 0 is none
  std::unordered_map<std::int64_t, std::uint32_t> far_;
  std::uint32_t size_ = 0;
};

void push(QuantityColumn& column, std::int64_t units, bool unknown) {
  column.units.push_back(units);
  column.unknown.push_back(unknown ? 1 : 0);
}

void push(QuantityColumn& column, const RowCursor& row, int at) {
  std::int64_t units = 0;
  const bool unknown = row.integers(at, {&units, 1}) != 0;
  push(column, units, unknown);
}

void push_unknown(QuantityColumn& column) {
  column.units.push_back(0);
  column.unknown.push_back(1);
}

void push(QuantityColumn& column, const std::optional<Quantity>& quantity) {
  column.units.push_back(quantity ? quantity->units() : 0);
  column.unknown.push_back(quantity ? 0 : 1);
}

class ColumnReader {
 public:
  ColumnReader(Transaction& tx, const PositionQuery& query, const CallContext& context, const Clock& clock)
      : tx_(tx), query_(query), context_(context), clock_(clock) {
    columns_.asked_at = clock.now();
  }

  Result<PositionColumns> everything() {
    STK_TRY(const auto sources, stock_sources(tx_, query_));
    for (const StockSource& source : sources) {
      const std::uint32_t account = account_place(source.account);
      const std::size_t before = columns_.rows();
      STK_TRY(query_.as_of || query_.known_at ? rows_then(source) : rows_now(source));
      const std::size_t rows = columns_.rows();
      columns_.account.resize(rows, account);
      columns_.kind.resize(rows, static_cast<std::uint8_t>(source.kind));
      if (!query_.as_of && !query_.known_at) {
        columns_.observed_at.resize(rows, source.observed_at.value_or(Instant()).micros());
      }
      if (rows == before) continue;
      context_.report({kStageColumns, rows, 0});
    }
    columns_.offers.resize(offers_.size());
    columns_.warehouses.resize(warehouses_.size());
    for (const AccountId& account : columns_.accounts) {
      STK_TRY(names(account.text()));
    }
    return std::move(columns_);
  }

  // An offer has few positions, so they are read row by row.
  Result<PositionColumns> named() {
    PositionMark mark;
    while (true) {
      STK_TRY(auto page, read_positions(tx_, query_, columns_.asked_at, mark));
      if (page.rows.empty()) return std::move(columns_);
      mark = page.marks.back();
      for (StockPosition& position : page.rows) add(std::move(position));
    }
  }

 private:
  std::uint32_t account_place(const AccountId& account) {
    for (std::size_t i = 0; i < columns_.accounts.size(); ++i) {
      if (columns_.accounts[i] == account) return static_cast<std::uint32_t>(i);
    }
    columns_.accounts.push_back(account);
    return static_cast<std::uint32_t>(columns_.accounts.size() - 1);
  }

  Result<void> rows_now(const StockSource& source) {
    STK_TRY(const std::int64_t last_offer, last_offer_of(source));
    STK_TRY(auto rows, tx_.query(kLevels, {source.id}));
    const std::size_t before = columns_.rows();
    std::int64_t first_offer = 0;
    std::size_t next_guess = kRowsBetweenChecks;
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      std::array<std::int64_t, 7> cells;  // as kLevels names them
      const std::uint64_t nulls = rows->integers(0, cells);
      if (!source.has_wanted(cells[1])) continue;
      const std::size_t read = columns_.rows() - before;
      if (read == 0) first_offer = cells[0];
      if (read == next_guess) {
        make_room(read, cells[0] - first_offer, last_offer - first_offer);
        next_guess *= kMostGuessed;
      }
      STK_TRY(place(cells[0], cells[1]));
      columns_.state.push_back(static_cast<std::uint8_t>(state_now(cells[2], source.state)));
      push(columns_.on_hand, cells[3], (nulls & 1U << 3) != 0);
      push(columns_.reserved, cells[4], (nulls & 1U << 4) != 0);
      push(columns_.to_client, cells[5], (nulls & 1U << 5) != 0);
      push(columns_.from_client, cells[6], (nulls & 1U << 6) != 0);
    }
  }

  Result<std::int64_t> last_offer_of(const StockSource& source) {
    STK_TRY(auto rows, tx_.query(kLastOffer, {source.id}));
    STK_TRY(const bool any, rows->next());
    return any ? rows->integer(0) : 0;
  }

  // Room for as many rows as there will be if the other offers have as many as those that were read: growing step by
  // step costs as much memory again, and the copies.
  void make_room(std::size_t read, std::int64_t offers_read, std::int64_t all_offers) {
    if (offers_read <= 0 || all_offers <= offers_read) return;
    const double share = static_cast<double>(all_offers) / static_cast<double>(offers_read);
    const double times = std::min(share, static_cast<double>(kMostGuessed));
    const auto expected = static_cast<std::size_t>(static_cast<double>(read) * times * 1.02);
    const std::size_t capacity = columns_.offer.capacity();
    std::size_t rows = columns_.rows() - read + expected;
    if (rows <= capacity) return;
    rows = std::max(rows, 2 * capacity);  // many sources must not each copy all rows before them
    columns_.account.reserve(rows);
    columns_.offer.reserve(rows);
    columns_.warehouse.reserve(rows);
    columns_.kind.reserve(rows);
    columns_.state.reserve(rows);
    columns_.observed_at.reserve(rows);
    for (QuantityColumn* column : {&columns_.on_hand, &columns_.reserved, &columns_.to_client, &columns_.from_client}) {
      column->units.reserve(rows);
      column->unknown.reserve(rows);
    }
  }

  // As in position_reader.cpp: the ledger has no transit and no reserved units, so they are unknown.
  Result<void> rows_then(const StockSource& source) {
    const std::int64_t observed = query_.as_of.value_or(Instant::latest()).micros();
    const std::int64_t recorded = query_.known_at.value_or(Instant::latest()).micros();
    STK_TRY(auto rows, tx_.query(kLevelsThen, {source.id, observed, recorded}));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      if (!source.has_wanted(rows->integer(1))) continue;
      STK_TRY(place(rows->integer(0), rows->integer(1)));
      columns_.observed_at.push_back(rows->integer(2));
      columns_.state.push_back(static_cast<std::uint8_t>(state_then(*rows, 3)));
      push(columns_.on_hand, *rows, 5);
      push_unknown(columns_.reserved);
      push_unknown(columns_.to_client);
      push_unknown(columns_.from_client);
    }
  }

  Result<void> place(std::int64_t offer, std::int64_t warehouse) {
    if (columns_.rows() % kRowsBetweenChecks == kRowsBetweenChecks - 1) {
      STK_TRY(context_.check(clock_.now()));
    }
    columns_.offer.push_back(offers_.of(offer));
    columns_.warehouse.push_back(warehouses_.of(warehouse));
    return success();
  }

  Result<void> names(const std::string& account) {
    {
      STK_TRY(auto rows, tx_.query(kOffers, {account}));
      while (true) {
        STK_TRY(const bool more, rows->next());
        if (!more) break;
        const std::size_t place = offers_.find(rows->integer(0));
        if (place < columns_.offers.size()) read_offer(*rows, 1, columns_.offers[place]);
      }
    }
    STK_TRY(auto rows, tx_.query(kWarehouses, {account}));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      const std::size_t place = warehouses_.find(rows->integer(0));
      if (place < columns_.warehouses.size()) columns_.warehouses[place] = warehouse_at(*rows, 1);
    }
  }

  void add(StockPosition&& position) {
    const std::uint32_t account = account_place(position.account);
    // Positions are sorted by account and offer: only the last offer can be the same one.
    if (columns_.offers.empty() || columns_.account.back() != account ||
        columns_.offers.back().key != position.offer.key) {
      columns_.offers.push_back(std::move(position.offer));
    }
    columns_.account.push_back(account);
    columns_.offer.push_back(static_cast<std::uint32_t>(columns_.offers.size() - 1));
    columns_.warehouse.push_back(warehouse_place(account, std::move(position.warehouse)));
    columns_.kind.push_back(static_cast<std::uint8_t>(position.kind));
    columns_.state.push_back(static_cast<std::uint8_t>(position.state));
    push(columns_.on_hand, position.on_hand);
    push(columns_.reserved, position.reserved);
    push(columns_.to_client, position.to_client);
    push(columns_.from_client, position.from_client);
    columns_.observed_at.push_back(position.observed_at.micros());
  }

  std::uint32_t warehouse_place(std::uint32_t account, Warehouse&& warehouse) {
    for (std::size_t i = 0; i < columns_.warehouses.size(); ++i) {
      const Warehouse& known = columns_.warehouses[i];
      if (warehouse_accounts_[i] == account && known.kind == warehouse.kind && known.key == warehouse.key) {
        return static_cast<std::uint32_t>(i);
      }
    }
    columns_.warehouses.push_back(std::move(warehouse));
    warehouse_accounts_.push_back(account);
    return static_cast<std::uint32_t>(columns_.warehouses.size() - 1);
  }

  Transaction& tx_;
  const PositionQuery& query_;
  const CallContext& context_;
  const Clock& clock_;
  PositionColumns columns_;
  Places offers_;
  Places warehouses_;
  std::vector<std::uint32_t> warehouse_accounts_;  // used by `named` only: the account of each warehouse
};

}  // namespace

Result<PositionColumns> read_columns(Transaction& tx, const PositionQuery& query, const CallContext& context,
                                     const Clock& clock) {
  ColumnReader reader(tx, query, context, clock);
  return names_offers(query) ? reader.named() : reader.everything();
}

}  // namespace stocktracker::inline v0::inventory
