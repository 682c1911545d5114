// The service Ledger: reads and checks the ledger.
#include <stocktracker/inventory/ledger.hpp>

#include <stocktracker/core/problems.hpp>
#include <stocktracker/core/time_text.hpp>

#include "core/page_size.hpp"
#include "inventory/inventory_core.hpp"
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

class MovementPages final : public PageSource<Movement> {
 public:
  MovementPages(std::shared_ptr<InventoryCore> core, MovementQuery query, CallContext context)
      : core_(std::move(core)), query_(std::move(query)), context_(std::move(context)) {}

  Result<std::vector<Movement>> fetch() override {
    if (!database_) {
      STK_TRY(query_.validate());
      STK_TRY(database_, core_->ports.storage->tenant(context_.tenant));
    }
    std::vector<Movement> page;
    const auto read = [&](Transaction& tx) { return read_page(tx, page); };
    STK_TRY(database_->transact(context_, TransactMode::read, read));
    return page;
  }

 private:
  struct Mark {
    std::int64_t offer = 0;
    std::int64_t warehouse = 0;
    std::int64_t seq = 0;
  };

  [[nodiscard]] bool named() const { return !query_.offer.empty() || !query_.article.empty(); }

  Result<void> read_page(Transaction& tx, std::vector<Movement>& page) {
    page.clear();
    if (named() && !offers_) {
      STK_TRY(offers_, inventory::offers_named(tx, query_.offer, query_.article, query_.account));
    }
    // Filters may leave a page empty before the end: read the next one.
    while (page.empty()) {
      if (named() && at_ == offers_->size()) return success();
      STK_TRY(const std::size_t read, read_rows(tx, page));
      if (read < static_cast<std::size_t>(query_.page_size)) {
        if (!named()) return success();
        ++at_;
        mark_ = {};
      }
    }
    return success();
  }

  Result<std::size_t> read_rows(Transaction& tx, std::vector<Movement>& page) {
    std::size_t read = 0;
    STK_TRY(auto rows, named() ? tx.query(kOfOffer, {(*offers_)[at_], mark_.warehouse, mark_.seq, query_.page_size})
                               : tx.query(kPage, {mark_.offer, mark_.warehouse, mark_.seq, query_.page_size}));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return read;
      ++read;
      mark_ = {rows->integer(12), rows->integer(13), rows->integer(14)};
      STK_TRY(auto movement, movement_at(*rows));
      if (query_.account && rows->text(0) != query_.account->text()) continue;
      if (!query_.warehouse.empty() && movement.warehouse.key != query_.warehouse) continue;
      if (!query_.article.empty() && movement.offer.article != query_.article) continue;
      if (query_.from && movement.observed_at < *query_.from) continue;
      if (query_.until && movement.observed_at >= *query_.until) continue;
      page.push_back(std::move(movement));
    }
  }

  std::shared_ptr<InventoryCore> core_;
  MovementQuery query_;
  CallContext context_;
  std::shared_ptr<Database> database_;
  Mark mark_;
  std::optional<std::vector<std::int64_t>> offers_;
  std::size_t at_ = 0;
};

}  // namespace

Result<void> MovementQuery::validate() const {
  Problems problems;
  require_page_size(problems, page_size);
  problems.require(offer.empty() || article.empty(), "offer", "and article cannot both be given");
  return problems.result("MovementQuery");
}

Pages<Movement> Ledger::movements(MovementQuery query, const CallContext& given) const {
  auto context = enter(core_->ports, given, Permission::stock_read);
  if (!context) return Pages<Movement>::failed(std::move(context).error());
  return Pages<Movement>(std::make_unique<MovementPages>(core_, std::move(query), std::move(context).value()));
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
