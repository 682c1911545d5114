// The service Ledger: reads and checks the ledger.
#include <stocktracker/inventory/ledger.hpp>

#include <stocktracker/core/problems.hpp>
#include <stocktracker/core/time_text.hpp>

#include "core/cursor.hpp"
#include "core/filter_text.hpp"
#include "core/page_size.hpp"
#include "inventory/inventory_core.hpp"
#include "inventory/known_account.hpp"
#include "inventory/ledger_check.hpp"
#include "inventory/position_reader.hpp"
#include "inventory/retention.hpp"
#include "ports/audited.hpp"

namespace stocktracker::inline v0 {
namespace {

#define STK_MOVEMENT                                                                                             \
  "SELECT o.account_id, o.offer_key, o.listing, o.article, o.title, o.brand, o.size, o.state, w.warehouse_key, " \
  "w.name, w.region, w.kind, g.offer_id, g.warehouse_id, g.seq, g.kind, g.before_qty, g.after_qty, "             \
  "g.observed_at, g.recorded_at, g.cause, r.run_id "                                                             \
  "FROM ledger g JOIN offer o ON o.offer_id = g.offer_id "                                                       \
  "JOIN warehouse w ON w.warehouse_id = g.warehouse_id LEFT JOIN run r ON r.run_no = g.run_no "

constexpr Statement kPage{"ledger.page", STK_MOVEMENT
                          "WHERE (g.offer_id, g.warehouse_id, g.seq) > ($1, $2, $3) "
                          "ORDER BY g.offer_id, g.warehouse_id, g.seq LIMIT $4"};
constexpr Statement kOfOffer{"ledger.of_offer", STK_MOVEMENT
                             "WHERE g.offer_id = $1 AND (g.warehouse_id, g.seq) > ($2, $3) "
                             "ORDER BY g.warehouse_id, g.seq LIMIT $4"};

// The first entry of each position; 5 is an opening.
constexpr Statement kKnownSince{
    "ledger.known_since",
    "SELECT max(CASE WHEN g.kind = 5 THEN g.observed_at END), min(g.observed_at) FROM source s "
    "JOIN level l ON l.source_id = s.source_id "
    "JOIN ledger g ON g.offer_id = l.offer_id AND g.warehouse_id = l.warehouse_id AND g.seq = "
    "(SELECT h.seq FROM ledger h WHERE h.offer_id = l.offer_id AND h.warehouse_id = l.warehouse_id "
    "ORDER BY h.observed_at, h.seq LIMIT 1) WHERE s.account_id = $1"};
static_assert(static_cast<int>(MovementKind::opening) == 5);

std::optional<std::int64_t> number_at(const RowCursor& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return row.integer(column);
}

Result<Movement> movement_at(const RowCursor& row) {
  Movement movement;
  STK_TRY(movement.account, AccountId::parse(row.text(0)));
  movement.offer = inventory::offer_at(row, 1);
  movement.warehouse = inventory::warehouse_at(row, 8);
  movement.seq = row.integer(14);
  movement.kind = static_cast<MovementKind>(row.integer(15));
  movement.before = number_at(row, 16);
  movement.after = number_at(row, 17);
  movement.observed_at = Instant::from_micros(row.integer(18));
  movement.recorded_at = Instant::from_micros(row.integer(19));
  movement.cause = row.text(20);
  if (!row.is_null(21)) {
    STK_TRY(movement.run, RunId::parse(row.text(21)));
  }
  return movement;
}

CursorCodec codec_of(const MovementQuery& query, const TenantId& tenant) {
  CursorCodec codec("movements", tenant);
  codec.filter(query.account).filter(query.offer).filter(query.article).filter(query.warehouse);
  codec.filter(query.from).filter(query.until);
  return codec;
}

class MovementPages final : public PageSource<Movement> {
 public:
  MovementPages(std::shared_ptr<InventoryCore> core, MovementQuery query, CallContext context)
      : core_(std::move(core)),
        query_(std::move(query)),
        context_(std::move(context)),
        codec_(codec_of(query_, context_.tenant)) {}

  Result<std::vector<Movement>> fetch() override {
    STK_TRY(const auto context, enter_page(core_->ports, context_));
    if (!database_) {
      STK_TRY(begin());
    }
    Page page;
    const auto read = [&](Transaction& tx) -> Result<void> {
      page = {};
      page.end = end_;
      STK_TRY(read_page(tx, page));
      const bool nothing = page.rows.empty() && end_.offer == 0;
      return nothing ? inventory::require_account(tx, query_.account) : Result<void>(success());
    };
    STK_TRY(database_->transact(context, TransactMode::read, read));
    start_ = end_;
    end_ = page.end;
    marks_ = std::move(page.marks);
    return std::move(page.rows);
  }

  std::string cursor(std::size_t rows) const override {
    if (!database_) return query_.after;
    // After the last row come only entries that the filters leave out.
    const Mark& mark = rows == 0 ? start_ : rows == marks_.size() ? end_ : marks_[rows - 1];
    if (mark.offer == 0) return {};  // before the first entry
    return codec_.write({mark.offer, mark.warehouse, mark.seq, {}, {}});
  }

 private:
  struct Mark {
    std::int64_t offer = 0;
    std::int64_t warehouse = 0;
    std::int64_t seq = 0;
  };
  struct Page {
    std::vector<Movement> rows;
    std::vector<Mark> marks;  ///< one per row
    Mark end;                 ///< of the last entry that was read, also if the filters left it out
  };

  Result<void> begin() {
    STK_TRY(query_.validate());
    if (!query_.after.empty()) {
      STK_TRY(const SortKey key, codec_.read(query_.after));
      start_ = end_ = {key.first, key.second, key.third};
    }
    STK_TRY(database_, core_->ports.storage->tenant(context_.tenant));
    return success();
  }

  Result<void> read_page(Transaction& tx, Page& page) {
    if (query_.offer.empty() && query_.article.empty()) return read_entries(tx, nullptr, page);
    STK_TRY(const auto offers, inventory::offers_named(tx, query_.offer, query_.article, query_.account));
    for (const std::int64_t offer : offers) {
      if (offer < page.end.offer) continue;
      if (offer != page.end.offer) page.end = {offer, 0, 0};
      STK_TRY(read_entries(tx, &offer, page));
      if (!page.rows.empty()) break;
    }
    return success();
  }

  /// Reads entries after `page.end`, of one offer or of all. Filters may leave a page empty before the end: then it
  /// reads the next one.
  Result<void> read_entries(Transaction& tx, const std::int64_t* offer, Page& page) {
    while (page.rows.empty()) {
      STK_TRY(const int read, read_rows(tx, offer, page));
      if (read < query_.page_size) break;
    }
    return success();
  }

  Result<int> read_rows(Transaction& tx, const std::int64_t* offer, Page& page) {
    int read = 0;
    const Mark from = page.end;
    STK_TRY(auto rows, offer != nullptr ? tx.query(kOfOffer, {*offer, from.warehouse, from.seq, query_.page_size})
                                        : tx.query(kPage, {from.offer, from.warehouse, from.seq, query_.page_size}));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return read;
      ++read;
      page.end = {rows->integer(12), rows->integer(13), rows->integer(14)};
      STK_TRY(auto movement, movement_at(*rows));
      if (query_.account && rows->text(0) != query_.account->text()) continue;
      if (!query_.warehouse.empty() && movement.warehouse.key != query_.warehouse) continue;
      if (!query_.article.empty() && movement.offer.article != query_.article) continue;
      if (query_.from && movement.observed_at < *query_.from) continue;
      if (query_.until && movement.observed_at >= *query_.until) continue;
      page.rows.push_back(std::move(movement));
      page.marks.push_back(page.end);
    }
  }

  std::shared_ptr<InventoryCore> core_;
  MovementQuery query_;
  CallContext context_;
  CursorCodec codec_;
  std::shared_ptr<Database> database_;
  Mark start_;               // the page that was read last begins after it
  Mark end_;                 // and ends with it
  std::vector<Mark> marks_;  // of that page's rows
};

}  // namespace

Result<void> MovementQuery::validate() const {
  Problems problems;
  require_page_size(problems, page_size);
  problems.require(offer.empty() || article.empty(), "offer", "and article cannot both be given");
  require_filter_text(problems, offer, "offer");
  require_filter_text(problems, article, "article");
  require_filter_text(problems, warehouse, "warehouse");
  return problems.result("MovementQuery");
}

Pages<Movement> Ledger::movements(MovementQuery query, const CallContext& given) const {
  auto context = enter_listing(core_->ports, given, Permission::stock_read);
  if (!context) return Pages<Movement>::failed(std::move(context).error());
  return Pages<Movement>(std::make_unique<MovementPages>(core_, std::move(query), std::move(context).value()));
}

Result<std::optional<Instant>> Ledger::known_since(const AccountId& account, const CallContext& given) const {
  STK_TRY(const auto context, enter(core_->ports, given, Permission::stock_read));
  STK_TRY(auto database, core_->ports.storage->tenant(context.tenant));
  std::optional<Instant> since;
  const auto read = [&](Transaction& tx) -> Result<void> {
    since.reset();
    const std::string id = account.text();
    STK_TRY(inventory::require_account(tx, account));
    STK_TRY(auto rows, tx.query(kKnownSince, {id}));
    STK_TRY(const bool any, rows->next());
    if (!any || rows->is_null(1)) return success();
    since = Instant::from_micros(rows->integer(rows->is_null(0) ? 1 : 0));
    return success();
  };
  STK_TRY(database->transact(context, TransactMode::read, read));
  return since;
}

Result<LedgerCheck> Ledger::verify(const CallContext& given) const {
  STK_TRY(const auto context, enter(core_->ports, given, Permission::stock_read));
  LedgerCheck check;
  STK_TRY(auto database, core_->ports.storage->tenant(context.tenant));
  const auto read = [&](Transaction& tx) -> Result<void> {
    STK_TRY(check, inventory::check_ledger(tx));
    return success();
  };
  STK_TRY(database->transact(context, TransactMode::read, read));
  return check;
}

Result<RetentionReport> Ledger::retain(Instant since, const CallContext& given) {
  const Ports& ports = core_->ports;
  STK_TRY(const auto context, enter(ports, given, Permission::ledger_retain));
  if (since > ports.clock->now()) {
    return Error(Errc::invalid_argument, "since must not lie in the future").about("since");
  }
  STK_TRY(auto database, ports.storage->tenant(context.tenant));
  return audited(ports, {"ledger.retain", context.tenant, to_rfc3339(since)}, context,
                 inventory::retain(*database, since, context));
}

}  // namespace stocktracker::inline v0
