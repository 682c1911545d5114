// The service Orders: reads order lines and their coverage. explain_movement.cpp finds the lines that explain a
// movement.
#include <stocktracker/inventory/orders.hpp>

#include <stocktracker/core/problems.hpp>

#include "core/cursor.hpp"
#include "core/filter_text.hpp"
#include "core/page_size.hpp"
#include "inventory/inventory_core.hpp"
#include "inventory/known_account.hpp"
#include "inventory/marked_pages.hpp"
#include "inventory/order_coverage.hpp"

namespace stocktracker::inline v0 {
namespace {

// A line without an article shows the current article of its offer in the catalogue.
#define STK_ORDER_LINE                                                                                            \
  "SELECT l.line_key, l.order_key, l.offer_key, l.listing, CASE WHEN l.article <> '' THEN l.article ELSE "        \
  "coalesce(o.article, '') END, l.status, l.status_text, l.kind, l.warehouse_key, l.warehouse_name, l.quantity, " \
  "l.price_minor, l.currency, l.ordered_at, l.changed_at, l.recorded_at FROM order_line l "                       \
  "LEFT JOIN offer o ON o.account_id = l.account_id AND o.offer_key = l.offer_key WHERE l.account_id = $1 AND "

constexpr Statement kPage{"order_line.page", STK_ORDER_LINE
                          "(l.ordered_at, l.line_key) > ($2, $3) AND l.ordered_at < $4 "
                          "ORDER BY l.ordered_at, l.line_key LIMIT $5"};
constexpr Statement kOfOffer{"order_line.of_offer", STK_ORDER_LINE
                             "l.offer_key = $6 AND (l.ordered_at, l.line_key) > ($2, $3) AND l.ordered_at < $4 "
                             "ORDER BY l.ordered_at, l.line_key LIMIT $5"};
Result<OrderLine> line_at(const RowCursor& row, const AccountId& account) {
  OrderLine line;
  line.account = account;
  line.key = row.text(0);
  line.order = row.text(1);
  line.offer = row.text(2);
  line.listing = row.text(3);
  line.article = row.text(4);
  line.status = static_cast<OrderStatus>(row.integer(5));
  line.status_text = row.text(6);
  line.kind = static_cast<StockKind>(row.integer(7));
  line.warehouse = row.text(8);
  line.warehouse_name = row.text(9);
  line.quantity = row.integer(10);
  if (!row.is_null(11)) {
    STK_TRY(const Currency currency, Currency::parse(row.text(12)));
    line.price = Money(row.integer(11), currency);
  }
  line.ordered_at = Instant::from_micros(row.integer(13));
  line.changed_at = Instant::from_micros(row.integer(14));
  line.recorded_at = Instant::from_micros(row.integer(15));
  return line;
}

CursorCodec codec_of(const OrderLineQuery& query, const TenantId& tenant) {
  CursorCodec codec("order_lines", tenant);
  codec.filter(std::optional<AccountId>(query.account)).filter(query.offer).filter(query.from).filter(query.until);
  return codec;
}

struct LineMark {
  std::int64_t at = 0;
  std::string key;
};

class LinePages final : public inventory::MarkedPages<OrderLine, OrderLineQuery, LineMark> {
 public:
  LinePages(std::shared_ptr<InventoryCore> core, const OrderLineQuery& query, const CallContext& context)
      : MarkedPages(std::move(core), query, context, codec_of(query, context.tenant)) {}

 private:
  // Keys are never empty, so an empty key is before the first line of an instant.
  LineMark first_mark() const override { return {query_.from ? query_.from->micros() : INT64_MIN, {}}; }
  bool is_first(const LineMark& mark) const override { return mark.key.empty(); }
  SortKey key_of(const LineMark& mark) const override { return {mark.at, 0, 0, mark.key, {}}; }
  LineMark mark_of(SortKey key) const override { return {key.first, std::move(key.text)}; }

  Result<void> read_page(Transaction& tx, LineMark from, Page& page) const override {
    const std::string account = query_.account.text();
    const std::int64_t until = query_.until ? query_.until->micros() : INT64_MAX;
    STK_TRY(auto rows, query_.offer.empty()
                           ? tx.query(kPage, {account, from.at, from.key, until, query_.page_size})
                           : tx.query(kOfOffer, {account, from.at, from.key, until, query_.page_size, query_.offer}));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      STK_TRY(auto line, line_at(*rows, query_.account));
      page.marks.push_back({line.ordered_at.micros(), line.key});
      page.rows.push_back(std::move(line));
    }
  }
};

}  // namespace

Result<void> OrderLineQuery::validate() const {
  Problems problems;
  problems.require(!account.is_nil(), "account", "must name an account");
  require_page_size(problems, page_size);
  problems.require(!from || !until || *from <= *until, "until", "must not be before from");
  require_filter_text(problems, offer, "offer");
  return problems.result("OrderLineQuery");
}

Pages<OrderLine> Orders::lines(OrderLineQuery query, const CallContext& given) const {
  auto context = enter_listing(core_->ports, given, Permission::orders_read);
  if (!context) return Pages<OrderLine>::failed(std::move(context).error());
  return Pages<OrderLine>(std::make_unique<LinePages>(core_, std::move(query), std::move(context).value()));
}

Result<std::optional<OrderCoverage>> Orders::coverage(const AccountId& account, const CallContext& given) const {
  STK_TRY(const auto context, enter(core_->ports, given, Permission::orders_read));
  STK_TRY(auto database, core_->ports.storage->tenant(context.tenant));
  std::optional<OrderCoverage> coverage;
  const auto read = [&](Transaction& tx) -> Result<void> {
    STK_TRY(coverage, inventory::read_believed_coverage(tx, account, core_->ports.clock->now()));
    return coverage ? Result<void>(success()) : inventory::require_account(tx, account);
  };
  STK_TRY(database->transact(context, TransactMode::read, read));
  return coverage;
}

}  // namespace stocktracker::inline v0
