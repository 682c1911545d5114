#include "inventory/price_apply.hpp"

#include <array>
#include <map>
#include <optional>
#include <string_view>

#include "core/hash.hpp"

namespace stocktracker::inline v0::inventory {
namespace {

constexpr Statement kKnown{"price.of_account",
                           "SELECT offer_key, price_minor, list_minor, lowest_minor, currency FROM price "
                           "WHERE account_id = $1 ORDER BY offer_key"};
constexpr Statement kForget{"price.forget", "DELETE FROM price WHERE account_id = $1 AND offer_key = $2"};

/// What is stored of a price; texts, so that comparing is one line.
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

}  // namespace

std::string digest_of(const std::vector<OfferPrice>& prices) {
  std::map<std::string_view, Terms> told;
  for (const OfferPrice& price : prices) told.insert_or_assign(price.offer, terms_of(price));
  std::string text;
  for (const auto& [offer, terms] : told) {
    text.append(std::to_string(offer.size())).append(1, ':').append(offer);
    for (const auto& number : {std::optional(terms.price), terms.list, terms.lowest}) {
      text.append(1, '|').append(number ? std::to_string(*number) : "-");
    }
    text.append(terms.currency);
  }
  return digest128(text.data(), text.size()).text();
}

Result<SourceChanges> apply_prices(Transaction& tx, const PriceAnswer& answer) {
  const std::string account = answer.account.text();
  std::map<std::string, Terms, std::less<>> told;
  for (const OfferPrice& price : *answer.prices) told.insert_or_assign(price.offer, terms_of(price));
  SourceChanges changes;
  std::vector<std::string> gone;
  std::map<std::string, Terms, std::less<>> known;
  {
    STK_TRY(auto rows, tx.query(kKnown, {account}));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) break;
      const std::string_view offer = rows->text(0);
      if (!told.contains(offer)) gone.emplace_back(offer);
      known.emplace(offer,
                    Terms{rows->integer(1), number_at(*rows, 2), number_at(*rows, 3), std::string(rows->text(4))});
    }
  }
  Batch batch;
  for (const auto& [offer, terms] : told) {
    const auto found = known.find(offer);
    if (found != known.end() && found->second == terms) {
      ++changes.unchanged;
      continue;
    }
    ++(found == known.end() ? changes.added : changes.changed);
    batch.add(offer, terms);
  }
  for (const std::string& offer : gone) {
    STK_TRY(tx.execute(kForget, {account, offer}));
    ++changes.changed;
  }
  if (batch.offer.empty()) return changes;
  const std::array columns{SqlColumn::constant("account_id", account),
                           SqlColumn::texts("offer_key", batch.offer),
                           SqlColumn::integers("price_minor", batch.price),
                           SqlColumn::integers("list_minor", batch.list, batch.no_list),
                           SqlColumn::integers("lowest_minor", batch.lowest, batch.no_lowest),
                           SqlColumn::texts("currency", batch.currency),
                           SqlColumn::constant("changed_at", answer.recorded_at.micros())};
  STK_TRY(tx.bulk_upsert("price", OnConflict::update, columns));
  return changes;
}

}  // namespace stocktracker::inline v0::inventory
