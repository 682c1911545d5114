// Finds the sources and offers of a query of positions.
#include "inventory/stock_sources.hpp"

#include <algorithm>
#include <array>

namespace stocktracker::inline v0::inventory {
namespace {

constexpr Statement kSources{
    "source.of_stock",
    "SELECT source_id, account_id, kind, observed_at, state FROM source WHERE kind <= 1 ORDER BY source_id"};
constexpr Statement kWarehouses{"warehouse.by_key",
                                "SELECT source_id, warehouse_id FROM warehouse WHERE warehouse_key = $1"};
constexpr Statement kByKey{"offer.by_key",
                           "SELECT offer_id, account_id FROM offer WHERE offer_key = $1 ORDER BY offer_id"};
constexpr Statement kByAccountKey{"offer.by_account_key",
                                  "SELECT offer_id, account_id FROM offer WHERE account_id = $2 AND offer_key = $1"};
constexpr Statement kByArticle{"offer.by_article",
                               "SELECT offer_id, account_id FROM offer WHERE article = $1 ORDER BY offer_id"};
constexpr std::size_t kKeysAtOnce = 16;
constexpr Statement kByKeys{"offer.by_keys",
                            "SELECT offer_id FROM offer WHERE account_id = $1 AND offer_key IN "
                            "($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"};

/// Appends the ids of the account's offers with these keys.
Result<void> append_ids(Transaction& tx, const std::string& account, const std::vector<std::string>& keys,
                        std::vector<std::int64_t>& ids) {
  for (std::size_t from = 0; from < keys.size(); from += kKeysAtOnce) {
    std::array<SqlValue, kKeysAtOnce + 1> values;
    values[0] = account;
    // The last key fills the places that are left.
    for (std::size_t i = 0; i < kKeysAtOnce; ++i) values[i + 1] = keys[std::min(from + i, keys.size() - 1)];
    STK_TRY(auto rows, tx.query(kByKeys, std::span<const SqlValue>(values)));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) break;
      ids.push_back(rows->integer(0));
    }
  }
  return success();
}

/// Leaves the sources that have a warehouse with this key.
Result<void> keep_warehouse(Transaction& tx, const std::string& key, std::vector<StockSource>& sources) {
  STK_TRY(auto rows, tx.query(kWarehouses, {key}));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) break;
    for (StockSource& source : sources) {
      if (source.id == rows->integer(0)) source.warehouses.push_back(rows->integer(1));
    }
  }
  std::erase_if(sources, [](const StockSource& source) { return source.warehouses.empty(); });
  return success();
}

}  // namespace

bool StockSource::names(std::int64_t warehouse) const noexcept {
  return std::find(warehouses.begin(), warehouses.end(), warehouse) != warehouses.end();
}

Result<std::vector<StockSource>> stock_sources(Transaction& tx, const PositionQuery& query) {
  std::vector<StockSource> sources;
  {
    STK_TRY(auto rows, tx.query(kSources));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) break;
      StockSource source;
      source.id = rows->integer(0);
      STK_TRY(source.account, AccountId::parse(rows->text(1)));
      source.kind = static_cast<StockKind>(rows->integer(2));
      if (query.account && *query.account != source.account) continue;
      if (query.kind && *query.kind != source.kind) continue;
      if (!rows->is_null(3)) source.observed_at = Instant::from_micros(rows->integer(3));
      source.state = rows->integer(4);
      sources.push_back(std::move(source));
    }
  }
  if (!query.warehouse.empty()) {
    STK_TRY(keep_warehouse(tx, query.warehouse, sources));
  }
  return sources;
}

bool names_offers(const PositionQuery& query) noexcept {
  return !query.offer.empty() || !query.article.empty() || !query.offers.empty();
}

Result<std::vector<std::int64_t>> offers_of_query(Transaction& tx, const PositionQuery& query,
                                                  const std::vector<StockSource>& sources) {
  if (query.offers.empty()) return offers_named(tx, query.offer, query.article, query.account);
  std::vector<AccountId> accounts;
  for (const StockSource& source : sources) accounts.push_back(source.account);
  std::sort(accounts.begin(), accounts.end());
  accounts.erase(std::unique(accounts.begin(), accounts.end()), accounts.end());
  std::vector<std::int64_t> ids;
  for (const AccountId& account : accounts) {
    STK_TRY(append_ids(tx, account.text(), query.offers, ids));
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
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

}  // namespace stocktracker::inline v0::inventory
