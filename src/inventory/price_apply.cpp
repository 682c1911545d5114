// Applies prices to the store.
#include "inventory/price_apply.hpp"

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "core/hash.hpp"

namespace stocktracker::inline v0::inventory {
namespace {

constexpr Statement kKnown{"price.of_account",
                           "SELECT offer_key, price_minor, list_minor, lowest_minor, currency FROM price "
                           "WHERE account_id = $1 ORDER BY offer_key"};
constexpr Statement kForget{"price.forget", "DELETE FROM price WHERE account_id = $1 AND offer_key = $2"};

/// A stored price, as texts, so that prices are compared in one line.
struct Terms {
  std::int64_t price = 0;
  std::optional<std::int64_t> list;
  std::optional<std::int64_t> lowest;
  std::string currency;
  friend bool operator==(const Terms&, const Terms&) = default;
};

std::optional<std::int64_t> minor_of(const std::optional<Money>& money) {
  return money ? std::optional(money->minor()) : std::nullopt;
}

Terms terms_of(const OfferPrice& price) {
  const Currency currency = price.price.currency();
  return {price.price.minor(), minor_of(price.list_price), minor_of(price.lowest_price), std::string(currency.code())};
}

std::optional<std::int64_t> number_at(const RowCursor& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return row.integer(column);
}

struct Batch {
  std::vector<std::string_view> offer, currency;
  std::vector<std::int64_t> price, list, lowest;
  std::vector<std::uint8_t> no_list, no_lowest;

  void add(std::string_view key, const Terms& terms) {
    offer.push_back(key);
    currency.push_back(terms.currency);
    price.push_back(terms.price);
    list.push_back(terms.list.value_or(0));
    no_list.push_back(terms.list ? 0 : 1);
    lowest.push_back(terms.lowest.value_or(0));
    no_lowest.push_back(terms.lowest ? 0 : 1);
  }
};

using Prices = std::map<std::string, Terms, std::less<>>;

Prices prices_of(const std::vector<OfferPrice>& all) {
  Prices prices;
  for (const OfferPrice& price : all) prices.insert_or_assign(price.offer, terms_of(price));
  return prices;
}

Result<Prices> read_known(Transaction& tx, const std::string& account) {
  Prices known;
  STK_TRY(auto rows, tx.query(kKnown, {account}));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) return known;
    known.emplace(rows->text(0),
                  Terms{rows->integer(1), number_at(*rows, 2), number_at(*rows, 3), std::string(rows->text(4))});
  }
}

/// Offers with a stored price and without one in the answer.
std::vector<std::string_view> gone_of(const Prices& known, const Prices& reported,
                                      const std::vector<std::string>& odd_offers) {
  std::vector<std::string_view> gone;
  const std::set<std::string_view> odd(odd_offers.begin(), odd_offers.end());
  if (odd.contains("")) return gone;
  for (const auto& [offer, terms] : known) {
    if (!reported.contains(offer) && !odd.contains(offer)) gone.emplace_back(offer);
  }
  return gone;
}

Batch changed_prices(const Prices& known, const Prices& reported, SourceChanges& changes) {
  Batch batch;
  for (const auto& [offer, terms] : reported) {
    const auto found = known.find(offer);
    if (found != known.end() && found->second == terms) {
      ++changes.unchanged;
      continue;
    }
    ++(found == known.end() ? changes.added : changes.changed);
    batch.add(offer, terms);
  }
  return batch;
}

Result<void> write(Transaction& tx, const std::string& account, const Batch& batch, Instant recorded_at) {
  if (batch.offer.empty()) return success();
  const std::array columns{SqlColumn::constant("account_id", account),
                           SqlColumn::texts("offer_key", batch.offer),
                           SqlColumn::integers("price_minor", batch.price),
                           SqlColumn::integers("list_minor", batch.list, batch.no_list),
                           SqlColumn::integers("lowest_minor", batch.lowest, batch.no_lowest),
                           SqlColumn::texts("currency", batch.currency),
                           SqlColumn::constant("changed_at", recorded_at.micros())};
  STK_TRY(tx.bulk_upsert("price", OnConflict::update, columns));
  return success();
}

}  // namespace

std::string digest_of(const std::vector<OfferPrice>& prices, const std::vector<std::string>& odd_offers) {
  std::string text;
  const auto append = [&](std::string_view part) {
    text.append(std::to_string(part.size())).append(1, ':').append(part);
  };
  for (const auto& [offer, terms] : prices_of(prices)) {
    append(offer);
    for (const auto& number : {std::optional(terms.price), terms.list, terms.lowest}) {
      text.append(1, '|').append(number ? std::to_string(*number) : "-");
    }
    text.append(terms.currency);
  }
  const std::set<std::string_view> odd(odd_offers.begin(), odd_offers.end());
  if (!odd.empty()) text.append("|odd|");
  for (const std::string_view offer : odd) append(offer);
  return digest128(text.data(), text.size()).text();
}

Result<PriceApplied> apply_prices(Transaction& tx, const PriceAnswer& answer) {
  const std::string account = answer.account.text();
  const Prices reported = prices_of(*answer.prices);
  STK_TRY(const Prices known, read_known(tx, account));
  const auto gone = gone_of(known, reported, answer.odd_offers);
  const auto dropped = static_cast<std::int64_t>(gone.size());
  const auto before = static_cast<std::int64_t>(known.size());
  PriceApplied applied;
  if (!answer.accept_mass_zero && is_mass_zero(answer.guard, before, dropped, false)) {
    applied.held = true;
    applied.note = "would drop " + std::to_string(dropped) + " of " + std::to_string(before) + " prices";
    return applied;
  }
  STK_TRY(write(tx, account, changed_prices(known, reported, applied.changes), answer.recorded_at));
  for (const std::string_view offer : gone) {
    STK_TRY(tx.execute(kForget, {account, offer}));
  }
  applied.changes.changed += dropped;
  return applied;
}

}  // namespace stocktracker::inline v0::inventory
