// The service Analytics: reads what the figures are computed from; the figures themselves are pure functions.
#include <stocktracker/analytics/analytics.hpp>

#include <algorithm>
#include <map>
#include <tuple>

#include <stocktracker/core/problems.hpp>
#include <stocktracker/inventory/stock.hpp>
#include <stocktracker/marketplace/capabilities.hpp>
#include <stocktracker/marketplace/offer.hpp>
#include <stocktracker/sync/source.hpp>
#include <stocktracker/tenant/settings.hpp>

#include "analytics/ordered.hpp"
#include "core/filter_text.hpp"
#include "inventory/inventory_core.hpp"
#include "inventory/known_account.hpp"
#include "inventory/order_coverage.hpp"
#include "ports/audited.hpp"
#include "tenant/settings_reader.hpp"

namespace stocktracker::inline v0 {
namespace {

// Kinds of sources as stored by sync: FBO stock, stock of one seller warehouse, and the list of seller warehouses.
constexpr std::int64_t kLastStock = 1;
constexpr Statement kSources{"analytics.sources",
                             "SELECT kind, state, disposition, absent, observed_at FROM source "
                             "WHERE account_id = $1 AND kind IN (0, 1, 3) AND state <> 6"};
// A sum of which a part is unknown is unknown. Two half sums: the sum of a few absurd values would be an error on
// either database. 2: OfferState::vanished; 6: SourceState::gone.
constexpr Statement kOffers{
    "analytics.offers",
    "SELECT o.offer_key, o.article, o.title, CAST(SUM(l.on_hand / 2147483648) AS BIGINT), "
    "CAST(SUM(l.on_hand % 2147483648) AS BIGINT), COUNT(l.on_hand), COUNT(l.offer_id), t.low_stock "
    "FROM offer o LEFT JOIN level l ON l.offer_id = o.offer_id "
    "AND l.source_id IN (SELECT source_id FROM source WHERE account_id = $1 AND state <> 6) "
    "LEFT JOIN offer_threshold t ON t.account_id = o.account_id AND t.offer_key = o.offer_key "
    "WHERE o.account_id = $1 AND o.state <> 2 "
    "GROUP BY o.offer_id, o.offer_key, o.article, o.title, t.low_stock ORDER BY o.offer_key"};
// The store has each line once. is_ordered_in decides about each; the statement only limits what is read.
constexpr Statement kOrdered{"analytics.ordered",
                             "SELECT offer_key, status, ordered_at, quantity FROM order_line "
                             "WHERE account_id = $1 AND ordered_at >= $2 AND ordered_at < $3"};
constexpr Statement kOffer{"analytics.offer",
                           "SELECT t.low_stock FROM offer o LEFT JOIN offer_threshold t ON t.account_id = o.account_id "
                           "AND t.offer_key = o.offer_key WHERE o.account_id = $1 AND o.offer_key = $2"};
constexpr Statement kForget{"analytics.forget_threshold",
                            "DELETE FROM offer_threshold WHERE account_id = $1 AND offer_key = $2"};
static_assert(static_cast<int>(OfferState::vanished) == 2);
static_assert(static_cast<int>(SourceState::gone) == 6);

constexpr std::int64_t kHalf = 2'147'483'648;

/// What ends first comes first: sold out, then by days, then offers without sales, then unknown ones.
auto urgency(const OfferHealth& offer) {
  using State = DaysOfStock::State;
  const int rank = offer.days.state == State::sold_out   ? 0
                   : offer.days.state == State::days     ? 1
                   : offer.days.state == State::no_sales ? 2
                                                         : 3;
  return std::make_tuple(rank, offer.days.tenths, offer.on_hand.value_or(0));
}

/// What all stock sources of the account say together.
struct Sources {
  bool silence_is_zero = false;  ///< an offer that none of them names is out
  std::optional<Instant> observed_at;
};

Result<Sources> read_sources(Transaction& tx, const std::string& account) {
  Sources found;
  bool all_zero = true;
  bool all_seen = true;
  Instant oldest = Instant::latest();
  STK_TRY(auto rows, tx.query(kSources, {account}));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) break;
    const bool seen = !rows->is_null(4);
    const bool complete = static_cast<SourceState>(rows->integer(1)) == SourceState::ok &&
                          static_cast<Disposition>(rows->integer(2)) == Disposition::applied && seen;
    all_zero = all_zero && complete;
    if (rows->integer(0) > kLastStock) continue;  // a list that was not read may contain unknown warehouses
    all_zero = all_zero && !rows->is_null(3) && static_cast<Absent>(rows->integer(3)) == Absent::zero;
    all_seen = all_seen && seen;
    if (seen) oldest = std::min(oldest, Instant::from_micros(rows->integer(4)));
  }
  const bool any = oldest != Instant::latest();
  found.silence_is_zero = any && all_zero;
  if (any && all_seen) found.observed_at = oldest;
  return found;
}

/// Sum of an offer's positions; nullopt if a part is unknown, or the sum does not fit.
std::optional<std::int64_t> on_hand_at(const RowCursor& row, bool silence_is_zero) {
  const std::int64_t known = row.integer(5);
  const std::int64_t positions = row.integer(6);
  if (positions == 0) return silence_is_zero ? std::optional<std::int64_t>(0) : std::nullopt;
  std::int64_t sum = 0;
  if (known != positions || __builtin_mul_overflow(row.integer(3), kHalf, &sum) ||
      __builtin_add_overflow(sum, row.integer(4), &sum)) {
    return std::nullopt;
  }
  return sum;
}

Result<std::vector<OfferHealth>> read_offers(Transaction& tx, const std::string& account, bool silence_is_zero,
                                             std::int64_t low_stock) {
  std::vector<OfferHealth> all;
  STK_TRY(auto rows, tx.query(kOffers, {account}));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) return all;
    OfferHealth offer;
    offer.offer = rows->text(0);
    offer.article = rows->text(1);
    offer.title = rows->text(2);
    offer.on_hand = on_hand_at(*rows, silence_is_zero);
    offer.low_stock = rows->is_null(7) ? low_stock : rows->integer(7);
    all.push_back(std::move(offer));
  }
}

/// Adds the units that were ordered in the period to the offers, which are by key. Holds no line.
Result<void> read_orders(Transaction& tx, const std::string& account, const Period& period,
                         std::vector<OfferHealth>& offers) {
  for (OfferHealth& offer : offers) offer.orders = 0;
  STK_TRY(auto rows, tx.query(kOrdered, {account, period.from.micros(), period.until.micros()}));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) return success();
    const auto status = static_cast<OrderStatus>(rows->integer(1));
    if (!is_ordered_in(period, status, Instant::from_micros(rows->integer(2)))) continue;
    const std::string_view key = rows->text(0);
    const auto at =
        std::lower_bound(offers.begin(), offers.end(), key,
                         [](const OfferHealth& one, std::string_view wanted) { return one.offer < wanted; });
    if (at != offers.end() && at->offer == key) add_ordered(*at->orders, rows->integer(3));
  }
}

void count(StockHealth& health, StockAlert alert) {
  health.offers += alert == StockAlert::unknown ? 0 : 1;
  health.low += alert == StockAlert::low ? 1 : 0;
  health.out += alert == StockAlert::out ? 1 : 0;
  health.unknown += alert == StockAlert::unknown ? 1 : 0;
}

/// Computes everything that follows from an offer's stock, orders and threshold.
void conclude(StockHealth& health, int warning_days) {
  for (OfferHealth& offer : health.by_offer) {
    offer.days = days_of_stock(offer.on_hand, offer.orders, health.period.days);
    offer.ends_soon = ends_soon(offer.days, warning_days);
    offer.alert = stock_alert(offer.on_hand, offer.low_stock);
    count(health, offer.alert);
  }
  health.score_tenths = health_score_tenths(health.low, health.out, health.offers);
  std::stable_sort(health.by_offer.begin(), health.by_offer.end(),
                   [](const OfferHealth& a, const OfferHealth& b) { return urgency(a) < urgency(b); });
}

Result<std::optional<std::int64_t>> read_threshold(Transaction& tx, const std::string& account,
                                                   std::string_view offer) {
  STK_TRY(auto rows, tx.query(kOffer, {account, offer}));
  STK_TRY(const bool known, rows->next());
  if (!known) return Error(Errc::not_found, "the account has no such offer").about("offer");
  return rows->is_null(0) ? std::optional<std::int64_t>() : std::optional<std::int64_t>(rows->integer(0));
}

}  // namespace

Result<void> HealthQuery::validate() const {
  Problems problems;
  problems.require(!account.is_nil(), "account", "must name an account");
  problems.require(days >= 1 && days <= 366, "days", "must be between 1 and 366");
  problems.require(!low_stock || *low_stock >= 0, "low_stock", "must not be negative");
  problems.require(warning_days >= 0 && warning_days <= 3'660, "warning_days", "must be between 0 and 3660");
  return problems.result("HealthQuery");
}

Result<StockHealth> Analytics::stock_health(const HealthQuery& query, const CallContext& given) const {
  STK_TRY(const auto context, enter(core_->ports, given, Permission::stock_read));
  // Orders are counted, too.
  STK_TRY(enter(core_->ports, given, Permission::orders_read));
  STK_TRY(query.validate());
  const Instant now = core_->ports.clock->now();
  STK_TRY(const auto tenant, read_settings(core_->ports, context));
  StockHealth health;
  health.account = query.account;
  health.zone = query.zone.empty() ? tenant.zone : query.zone;
  STK_TRY(health.period, last_days(now, query.days, health.zone));

  const std::string id = query.account.text();
  const auto read = [&](Transaction& tx) -> Result<void> {
    STK_TRY(const auto covered, inventory::read_believed_coverage(tx, query.account, now));
    health.orders_known = covered && covered->from <= health.period.from && covered->until >= health.period.until;
    STK_TRY(const auto sources, read_sources(tx, id));
    health.observed_at = sources.observed_at;
    STK_TRY(health.by_offer, read_offers(tx, id, sources.silence_is_zero, query.low_stock.value_or(tenant.low_stock)));
    if (health.by_offer.empty()) return inventory::require_account(tx, query.account);
    return health.orders_known ? read_orders(tx, id, health.period, health.by_offer) : Result<void>(success());
  };
  STK_TRY(auto database, core_->ports.storage->tenant(context.tenant));
  STK_TRY(database->transact(context, TransactMode::read, read));
  conclude(health, query.warning_days);
  return health;
}

Result<std::vector<OfferStock>> Analytics::offer_stock(const AccountId& account, const CallContext& context) const {
  std::map<std::string, OfferStock, std::less<>> sums;
  auto positions = Stock(core_).positions({.account = account}, context);  // checks the permission
  while (auto next = positions.next()) {
    STK_TRY(const StockPosition& position, *next);
    add_position(sums[position.offer.key], position);
  }
  std::vector<OfferStock> all;
  for (auto& [key, sum] : sums) {
    sum.offer = key;
    all.push_back(std::move(sum));
  }
  return all;
}

Result<void> Analytics::set_low_stock(const AccountId& account, std::string_view offer,
                                      std::optional<std::int64_t> units, const CallContext& given) {
  const Ports& ports = core_->ports;
  STK_TRY(const auto context, enter(ports, given, Permission::catalogue_change));
  if (units && (*units < 0 || *units > TenantSettings::kMostLowStock)) {
    return Error(Errc::invalid_argument, "low_stock must be between 0 and 1000000000").about("low_stock");
  }
  STK_TRY(check_filter_text(offer, "offer"));
  const std::string id = account.text();
  const auto write = [&](Transaction& tx) -> Result<void> {
    STK_TRY(const auto before, read_threshold(tx, id, offer));
    if (before == units) return success();
    if (!units) {
      STK_TRY(tx.execute(kForget, {id, offer}));
      return success();
    }
    STK_TRY(tx.upsert("offer_threshold", OnConflict::update,
                      {SqlColumn::constant("account_id", id), SqlColumn::constant("offer_key", offer),
                       SqlColumn::constant("low_stock", *units)}));
    return success();
  };
  STK_TRY(auto database, ports.storage->tenant(context.tenant));
  return audited(ports, {"offer.set_low_stock", context.tenant, id + "/" + std::string(offer)}, context,
                 database->transact(context, TransactMode::write, write));
}

Result<std::optional<std::int64_t>> Analytics::low_stock_of(const AccountId& account, std::string_view offer,
                                                            const CallContext& given) const {
  STK_TRY(const auto context, enter(core_->ports, given, Permission::catalogue_read));
  STK_TRY(check_filter_text(offer, "offer"));
  const std::string id = account.text();
  std::optional<std::int64_t> units;
  const auto read = [&](Transaction& tx) -> Result<void> {
    STK_TRY(units, read_threshold(tx, id, offer));
    return success();
  };
  STK_TRY(auto database, core_->ports.storage->tenant(context.tenant));
  STK_TRY(database->transact(context, TransactMode::read, read));
  return units;
}

}  // namespace stocktracker::inline v0
