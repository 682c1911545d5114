#include <stocktracker/analytics/analytics.hpp>

#include <algorithm>
#include <tuple>

#include <stocktracker/core/problems.hpp>
#include <stocktracker/inventory/stock.hpp>

#include "inventory/inventory_core.hpp"

namespace stocktracker::inline v0 {
namespace {

// 2: OfferState::vanished. A position without a value leaves a sum that is a part.
constexpr Statement kOffers{
    "analytics.offers",
    "SELECT o.offer_key, o.article, o.title, CAST(SUM(l.on_hand) AS BIGINT), COUNT(l.on_hand), COUNT(l.offer_id) "
    "FROM offer o LEFT JOIN level l ON l.offer_id = o.offer_id WHERE o.account_id = $1 AND o.state <> 2 "
    "GROUP BY o.offer_id, o.offer_key, o.article, o.title ORDER BY o.offer_key"};
static_assert(static_cast<int>(OfferState::vanished) == 2);

/// What ends first: sold out, then days, then what does not move, then what is not known.
auto urgency(const OfferHealth& offer) {
  using State = DaysOfStock::State;
  const int rank = offer.days.state == State::sold_out   ? 0
                   : offer.days.state == State::days     ? 1
                   : offer.days.state == State::no_sales ? 2
                                                         : 3;
  return std::make_tuple(rank, offer.days.tenths, offer.on_hand.value_or(0));
}

Result<std::vector<OfferHealth>> read_offers(Database& database, const AccountId& account, const CallContext& context) {
  std::vector<OfferHealth> all;
  const auto read = [&](Transaction& tx) -> Result<void> {
    all.clear();
    const std::string id = account.text();
    STK_TRY(auto rows, tx.query(kOffers, {id}));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      OfferHealth offer;
      offer.offer = rows->text(0);
      offer.article = rows->text(1);
      offer.title = rows->text(2);
      const std::int64_t known = rows->integer(4);
      if (known > 0 && known == rows->integer(5)) offer.on_hand = rows->integer(3);
      all.push_back(std::move(offer));
    }
  };
  STK_TRY(database.transact(context, TransactMode::read, read));
  return all;
}

}  // namespace

Result<void> HealthQuery::validate() const {
  Problems problems;
  problems.require(!account.is_nil(), "account", "must name an account");
  problems.require(days >= 1 && days <= 366, "days", "must be between 1 and 366");
  problems.require(low_stock >= 0, "low_stock", "must not be negative");
  problems.require(warning_days >= 0 && warning_days <= 3'660, "warning_days", "must be between 0 and 3660");
  return problems.result("HealthQuery");
}

Result<StockHealth> Analytics::stock_health(const HealthQuery& query, const CallContext& given) const {
  STK_TRY(query.validate());
  const Instant now = core_->ports.clock->now();
  const CallContext context = given.started(now);
  StockHealth health;
  health.account = query.account;
  STK_TRY(health.period, last_days(now, query.days, query.zone));

  const Orders orders(core_);
  STK_TRY(const auto covered, orders.coverage(query.account, context));
  health.orders_known = covered && covered->from <= health.period.from && covered->until >= health.period.until;
  OrdersInPeriod ordered(health.period);
  if (health.orders_known) {
    OrderLineQuery lines{.account = query.account};
    lines.from = health.period.from;
    lines.until = health.period.until;
    auto pages = orders.lines(lines, context);
    while (auto line = pages.next()) {
      STK_TRY(const OrderLine& one, *line);
      ordered.add(one);
    }
  }
  STK_TRY(const auto total, Stock(core_).total(query.account, context));
  health.observed_at = total.observed_at;
  STK_TRY(auto database, core_->ports.storage->tenant(context.tenant));
  STK_TRY(health.each, read_offers(*database, query.account, context));
  for (OfferHealth& offer : health.each) {
    if (health.orders_known) offer.orders = ordered.units_of(offer.offer);
    offer.days = days_of_stock(offer.on_hand, offer.orders, health.period.days);
    offer.ends_soon = ends_soon(offer.days, query.warning_days);
    offer.alert = stock_alert(offer.on_hand, query.low_stock);
    health.offers += offer.alert == StockAlert::unknown ? 0 : 1;
    health.low += offer.alert == StockAlert::low ? 1 : 0;
    health.out += offer.alert == StockAlert::out ? 1 : 0;
    health.unknown += offer.alert == StockAlert::unknown ? 1 : 0;
  }
  health.score_tenths = health_score_tenths(health.low, health.out, health.offers);
  std::stable_sort(health.each.begin(), health.each.end(),
                   [](const OfferHealth& a, const OfferHealth& b) { return urgency(a) < urgency(b); });
  return health;
}

}  // namespace stocktracker::inline v0
