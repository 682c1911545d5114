#include "inventory/order_apply.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <unordered_map>

namespace stocktracker::inline v0::inventory {
namespace {

constexpr Statement kCoverage{"order_coverage.of_account",
                              "SELECT from_at, until_at FROM order_coverage WHERE account_id = $1"};
constexpr Statement kKnown{"order_line.since",
                           "SELECT line_key, changed_at, status, status_text, quantity, price_minor, currency "
                           "FROM order_line WHERE account_id = $1 AND ordered_at >= $2"};

struct Known {
  std::int64_t changed_at = 0;
  std::int64_t status = 0;
  std::string status_text;
  std::int64_t quantity = 0;
  std::optional<std::int64_t> price;
  std::string currency;

  [[nodiscard]] bool same(const OrderLine& line) const {
    return changed_at == line.changed_at.micros() && status == static_cast<std::int64_t>(line.status) &&
           status_text == line.status_text && quantity == line.quantity &&
           price == (line.price ? std::optional(line.price->minor()) : std::nullopt) && (!line.price || [&] {
             const Currency of = line.price->currency();
             return currency == of.code();
           }());
  }
};

using KnownLines = std::unordered_map<std::string, Known>;

Result<KnownLines> read_known(Transaction& tx, const std::string& account, Instant since) {
  KnownLines known;
  STK_TRY(auto rows, tx.query(kKnown, {account, since.micros()}));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) return known;
    Known line;
    line.changed_at = rows->integer(1);
    line.status = rows->integer(2);
    line.status_text = rows->text(3);
    line.quantity = rows->integer(4);
    if (!rows->is_null(5)) line.price = rows->integer(5);
    line.currency = rows->text(6);
    known.emplace(rows->text(0), std::move(line));
  }
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

}  // namespace

OrderCoverage joined(const std::optional<OrderCoverage>& known, const OrderCoverage& told) noexcept {
  if (!known || told.from > known->until || known->from > told.until) {
    return known && known->until > told.until ? *known : told;
  }
  return {std::min(known->from, told.from), std::max(known->until, told.until)};
}

Result<std::optional<OrderCoverage>> read_coverage(Transaction& tx, const AccountId& account) {
  const std::string id = account.text();
  STK_TRY(auto rows, tx.query(kCoverage, {id}));
  STK_TRY(const bool any, rows->next());
  if (!any) return std::optional<OrderCoverage>();
  return std::optional<OrderCoverage>({Instant::from_micros(rows->integer(0)), Instant::from_micros(rows->integer(1))});
}

Result<SourceChanges> apply_orders(Transaction& tx, const OrderAnswer& answer) {
  const std::string account = answer.account.text();
  std::map<std::string_view, const OrderLine*> told;  // by key: the order of writing is everybody's the same
  for (const OrderLine& line : *answer.lines) told.insert_or_assign(line.key, &line);
  Instant oldest = answer.coverage.until;
  for (const auto& [key, line] : told) oldest = std::min(oldest, line->ordered_at);
  SourceChanges changes;
  STK_TRY(const auto known, read_known(tx, account, oldest));
  Batch batch;
  for (const auto& [key, line] : told) {
    const auto found = known.find(std::string(key));
    if (found == known.end()) {
      ++changes.added;
    } else if (found->second.same(*line)) {
      ++changes.unchanged;
      continue;
    } else if (found->second.changed_at > line->changed_at.micros()) {
      ++changes.dropped;
      continue;
    } else {
      ++changes.changed;
    }
    batch.add(*line);
  }
  STK_TRY(write(tx, account, batch, answer.recorded_at));
  STK_TRY(const auto before, read_coverage(tx, answer.account));
  const OrderCoverage coverage = joined(before, answer.coverage);
  STK_TRY(tx.upsert("order_coverage", OnConflict::update,
                    {SqlColumn::constant("account_id", account), SqlColumn::constant("from_at", coverage.from.micros()),
                     SqlColumn::constant("until_at", coverage.until.micros())}));
  return changes;
}

}  // namespace stocktracker::inline v0::inventory
