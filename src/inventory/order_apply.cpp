// Applies order lines to the store.
#include "inventory/order_apply.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "inventory/order_coverage.hpp"

namespace stocktracker::inline v0::inventory {
namespace {

#define STK_KNOWN                                                                                              \
  "SELECT line_key, changed_at, status, status_text, quantity, price_minor, currency, ordered_at, order_key, " \
  "offer_key, listing, article, kind, warehouse_key, warehouse_name FROM order_line "
constexpr Statement kKnown{"order_line.since", STK_KNOWN "WHERE account_id = $1 AND ordered_at >= $2"};
constexpr Statement kKnownOfOrder{"order_line.of_order", STK_KNOWN "WHERE account_id = $1 AND order_key = $2"};
constexpr Statement kRemove{"order_line.remove",
                            "UPDATE order_line SET status = $3, changed_at = $4, recorded_at = $4 "
                            "WHERE account_id = $1 AND line_key = $2"};

static_assert(static_cast<int>(OrderStatus::removed) == 6);

/// A vendor may correct the time of an order, so lines from this long before the period are compared as well.
constexpr auto kOrderTimeMoves = std::chrono::hours(48);
struct Known {
  std::int64_t changed_at = 0;
  std::int64_t status = 0;
  std::string status_text;
  std::int64_t quantity = 0;
  std::optional<std::int64_t> price;
  std::string currency;
  std::int64_t ordered_at = 0;
  std::string order;
  std::string offer;
  std::string listing;
  std::string article;
  std::int64_t kind = 0;
  std::string warehouse;
  std::string warehouse_name;

  [[nodiscard]] bool removed() const noexcept { return status == static_cast<std::int64_t>(OrderStatus::removed); }
  [[nodiscard]] bool same(const OrderLine& line) const {
    return changed_at == line.changed_at.micros() && status == static_cast<std::int64_t>(line.status) &&
           status_text == line.status_text && quantity == line.quantity && ordered_at == line.ordered_at.micros() &&
           order == line.order && offer == line.offer && listing == line.listing && article == line.article &&
           kind == static_cast<std::int64_t>(line.kind) && warehouse == line.warehouse &&
           warehouse_name == line.warehouse_name &&
           price == (line.price ? std::optional(line.price->minor()) : std::nullopt) && (!line.price || [&] {
             const Currency of = line.price->currency();
             return currency == of.code();
           }());
  }
};

using KnownLines = std::unordered_map<std::string, Known>;

Result<void> read_into(RowCursor& rows, KnownLines& known) {
  while (true) {
    STK_TRY(const bool more, rows.next());
    if (!more) return success();
    Known line;
    line.changed_at = rows.integer(1);
    line.status = rows.integer(2);
    line.status_text = rows.text(3);
    line.quantity = rows.integer(4);
    if (!rows.is_null(5)) line.price = rows.integer(5);
    line.currency = rows.text(6);
    line.ordered_at = rows.integer(7);
    line.order = rows.text(8);
    line.offer = rows.text(9);
    line.listing = rows.text(10);
    line.article = rows.text(11);
    line.kind = rows.integer(12);
    line.warehouse = rows.text(13);
    line.warehouse_name = rows.text(14);
    known.emplace(rows.text(0), std::move(line));
  }
}

/// Lines ordered at or after `since`, and all lines of the orders in `emptied`.
Result<KnownLines> read_known(Transaction& tx, const std::string& account, Instant since,
                              const std::vector<std::string>& emptied) {
  KnownLines known;
  {
    STK_TRY(auto rows, tx.query(kKnown, {account, since.micros()}));
    STK_TRY(read_into(*rows, known));
  }
  for (const std::string& order : emptied) {
    STK_TRY(auto rows, tx.query(kKnownOfOrder, {account, order}));
    STK_TRY(read_into(*rows, known));
  }
  return known;
}

/// Lines to write, column by column.
struct Batch {
  std::array<std::vector<std::string_view>, 8> texts;  // key, order, offer, listing, article, status, warehouse, name
  std::vector<std::int64_t> status, kind, quantity, price, ordered, changed;
  std::vector<std::string> currency_texts;
  std::vector<std::uint8_t> no_price;

  void add(const OrderLine& line) {
    const std::array<std::string_view, 8> fields{line.key,     line.order,       line.offer,     line.listing,
                                                 line.article, line.status_text, line.warehouse, line.warehouse_name};
    for (std::size_t i = 0; i < fields.size(); ++i) texts[i].push_back(fields[i]);
    status.push_back(static_cast<std::int64_t>(line.status));
    kind.push_back(static_cast<std::int64_t>(line.kind));
    quantity.push_back(line.quantity);
    price.push_back(line.price ? line.price->minor() : 0);
    no_price.push_back(line.price ? 0 : 1);
    const Currency currency = line.price ? line.price->currency() : Currency::rub();
    currency_texts.emplace_back(currency.code());
    ordered.push_back(line.ordered_at.micros());
    changed.push_back(line.changed_at.micros());
  }
};

Result<void> write(Transaction& tx, const std::string& account, const Batch& batch, Instant recorded_at) {
  if (batch.status.empty()) return success();
  const std::vector<std::string_view> currencies(batch.currency_texts.begin(), batch.currency_texts.end());
  const std::array columns{SqlColumn::constant("account_id", account),
                           SqlColumn::texts("line_key", batch.texts[0]),
                           SqlColumn::texts("order_key", batch.texts[1]),
                           SqlColumn::texts("offer_key", batch.texts[2]),
                           SqlColumn::texts("listing", batch.texts[3]),
                           SqlColumn::texts("article", batch.texts[4]),
                           SqlColumn::integers("status", batch.status),
                           SqlColumn::texts("status_text", batch.texts[5]),
                           SqlColumn::integers("kind", batch.kind),
                           SqlColumn::texts("warehouse_key", batch.texts[6]),
                           SqlColumn::texts("warehouse_name", batch.texts[7]),
                           SqlColumn::integers("quantity", batch.quantity),
                           SqlColumn::integers("price_minor", batch.price, batch.no_price),
                           SqlColumn::texts("currency", currencies, batch.no_price),
                           SqlColumn::integers("ordered_at", batch.ordered),
                           SqlColumn::integers("changed_at", batch.changed),
                           SqlColumn::constant("recorded_at", recorded_at.micros())};
  STK_TRY(tx.bulk_upsert("order_line", OnConflict::update, columns));
  return success();
}

/// The periods that the answer covers, ascending. Adjacent periods are joined; none reaches beyond the present.
std::vector<OrderCoverage> periods_of(const OrderAnswer& answer) {
  std::vector<OrderCoverage> periods = answer.complete;
  if (answer.coverage) periods.push_back(*answer.coverage);
  for (OrderCoverage& one : periods) one.until = std::min(one.until, answer.recorded_at);
  std::erase_if(periods, [](const OrderCoverage& one) { return one.from >= one.until; });
  std::sort(periods.begin(), periods.end(),
            [](const OrderCoverage& a, const OrderCoverage& b) { return a.from < b.from; });
  std::vector<OrderCoverage> apart;
  for (const OrderCoverage& one : periods) {
    if (!apart.empty() && one.from <= apart.back().until) {
      apart.back().until = std::max(apart.back().until, one.until);
    } else {
      apart.push_back(one);
    }
  }
  return apart;
}

/// The coverage after the answer. If reading the answer failed, a period after a gap does not count: the next run reads
/// the gap first.
std::optional<OrderCoverage> covered_after(std::optional<OrderCoverage> known, const OrderAnswer& answer,
                                           const std::vector<OrderCoverage>& periods) {
  for (const OrderCoverage& one : periods) {
    const bool touches =
        known ? one.from <= known->until && known->from <= one.until : !answer.since || one.from <= *answer.since;
    if (touches || answer.coverage) known = joined(known, one);
  }
  return known;
}

/// Known lines that the answer covers and does not contain.
class Missing {
 public:
  Missing(const OrderAnswer& answer, const std::vector<OrderCoverage>& periods) : answer_(answer), periods_(periods) {
    for (const std::string& order : answer.odd_orders) {
      any_odd_ = any_odd_ || order.empty();
      odd_.insert(order);
    }
    if (!answer.complete_orders) return;
    for (const OrderLine& line : *answer.lines) {
      if (!line.order.empty()) reported_.insert(line.order);
    }
    for (const std::string& order : answer.emptied) reported_.insert(order);
  }

  void look_at(const std::string& key, const Known& line, bool reported) {
    if (line.removed() || !about(line)) return;
    ++known_;
    if (reported || any_odd_ || odd_.find(line.order) != odd_.end()) return;
    gone_.push_back(&key);
    gone_offers_.push_back(line.offer);
  }

  /// New lines of the answer: if an order was split, its goods are in new orders.
  void found(const OrderLine& line) { ++found_[line.offer]; }

  [[nodiscard]] bool held() const {
    if (answer_.accept_mass_zero) return false;
    auto found = found_;
    std::int64_t lost = 0;
    for (const std::string& offer : gone_offers_) {
      const auto again = found.find(offer);
      if (again == found.end() || again->second == 0) {
        ++lost;
      } else {
        --again->second;
      }
    }
    return is_mass_zero(answer_.guard, known_, lost, false);
  }
  [[nodiscard]] std::string note() const {
    if (gone_.empty()) return {};
    if (!held())
      return "removed " + std::to_string(gone_.size()) + (gone_.size() == 1 ? " order line" : " order lines");
    return "would remove " + std::to_string(gone_.size()) + " of " + std::to_string(known_) + " order lines";
  }
  /// In a defined order, which does not depend on hashes.
  [[nodiscard]] std::vector<const std::string*> gone() const {
    auto keys = gone_;
    std::sort(keys.begin(), keys.end(), [](const std::string* a, const std::string* b) { return *a < *b; });
    return keys;
  }

 private:
  [[nodiscard]] bool about(const Known& line) const {
    if (answer_.complete_orders && reported_.find(line.order) != reported_.end()) return true;
    return answer_.by_period && std::any_of(periods_.begin(), periods_.end(), [&](const OrderCoverage& period) {
             return line.ordered_at >= period.from.micros() && line.ordered_at < period.until.micros();
           });
  }

  const OrderAnswer& answer_;
  const std::vector<OrderCoverage>& periods_;
  std::unordered_set<std::string_view> reported_;  // orders
  std::unordered_set<std::string_view> odd_;
  bool any_odd_ = false;
  std::int64_t known_ = 0;
  std::vector<const std::string*> gone_;
  std::vector<std::string> gone_offers_;
  std::unordered_map<std::string, std::int64_t> found_;
};

using Reported = std::map<std::string_view, const OrderLine*>;  // by key, so that all processes write in the same order

Batch changed_lines(const OrderAnswer& answer, const Reported& reported, const KnownLines& known,
                    SourceChanges& changes) {
  Batch batch;
  for (const auto& [key, line] : reported) {
    const auto found = known.find(std::string(key));
    if (found == known.end()) {
      ++changes.added;
    } else if (found->second.same(*line)) {
      ++changes.unchanged;
      continue;
    } else if (answer.changes_timed && !found->second.removed() &&
               found->second.changed_at > line->changed_at.micros()) {
      ++changes.dropped;
      continue;
    } else {
      ++changes.changed;
    }
    batch.add(*line);
  }
  return batch;
}

Result<void> remove(Transaction& tx, const std::string& account, const Missing& missing, Instant recorded_at) {
  for (const std::string* key : missing.gone()) {
    STK_TRY(
        tx.execute(kRemove, {account, *key, static_cast<std::int64_t>(OrderStatus::removed), recorded_at.micros()}));
  }
  return success();
}

}  // namespace

Result<OrderApplied> apply_orders(Transaction& tx, const OrderAnswer& answer) {
  const std::string account = answer.account.text();
  const auto periods = periods_of(answer);
  // Read before the new lines are written, because it looks for the newest known line.
  STK_TRY(const auto before, read_believed_coverage(tx, answer.account, answer.recorded_at));
  Reported reported;
  for (const OrderLine& line : *answer.lines) reported.insert_or_assign(line.key, &line);
  Instant oldest = answer.recorded_at;
  for (const auto& [key, line] : reported) oldest = std::min(oldest, line->ordered_at - kOrderTimeMoves);
  if (answer.by_period && !periods.empty()) oldest = std::min(oldest, periods.front().from);
  STK_TRY(const auto known, read_known(tx, account, oldest, answer.emptied));

  OrderApplied applied;
  Missing missing(answer, periods);
  for (const auto& [key, line] : known) missing.look_at(key, line, reported.find(key) != reported.end());
  for (const auto& [key, line] : reported) {
    if (known.find(std::string(key)) == known.end()) missing.found(*line);
  }
  applied.held = missing.held();
  applied.note = missing.note();
  if (applied.held) return applied;
  STK_TRY(write(tx, account, changed_lines(answer, reported, known, applied.changes), answer.recorded_at));
  STK_TRY(remove(tx, account, missing, answer.recorded_at));
  applied.changes.changed += static_cast<std::int64_t>(missing.gone().size());
  const auto coverage = covered_after(before, answer, periods);
  if (!coverage) return applied;
  STK_TRY(
      tx.upsert("order_coverage", OnConflict::update,
                {SqlColumn::constant("account_id", account), SqlColumn::constant("from_at", coverage->from.micros()),
                 SqlColumn::constant("until_at", coverage->until.micros())}));
  return applied;
}

}  // namespace stocktracker::inline v0::inventory
