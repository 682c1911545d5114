// Prices of one complete answer beside those that are known.
#include "inventory/price_apply.hpp"

#include <map>

#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/assembly/open.hpp>

#include "tests/support/catch.hpp"

namespace st = stocktracker;
namespace inventory = stocktracker::inventory;

namespace {

constexpr st::Statement kPrices{"test.prices", "SELECT offer_key, price_minor FROM price"};

st::OfferPrice price(const std::string& offer, std::int64_t minor) {
  return {{}, offer, st::Money(minor, st::Currency::rub()), std::nullopt, std::nullopt, {}};
}

std::vector<st::OfferPrice> many(int from, int until) {
  std::vector<st::OfferPrice> prices;
  for (int n = from; n < until; ++n) prices.push_back(price("k" + std::to_string(n), 100 + n));
  return prices;
}

struct List {
  inventory::PriceApplied apply(const std::vector<st::OfferPrice>& prices, inventory::PriceAnswer answer = {}) {
    answer.account = account;
    answer.prices = &prices;
    inventory::PriceApplied applied;
    const auto body = [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(applied, inventory::apply_prices(tx, answer));
      return st::success();
    };
    REQUIRE(storage->tenant({}).value()->transact({}, st::TransactMode::write, body));
    return applied;
  }
  std::map<std::string, std::int64_t> stored() {
    std::map<std::string, std::int64_t> all;
    const auto body = [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(auto rows, tx.query(kPrices));
      while (true) {
        STK_TRY(const bool more, rows->next());
        if (!more) return st::success();
        all[std::string(rows->text(0))] = rows->integer(1);
      }
    };
    REQUIRE(storage->tenant({}).value()->transact({}, st::TransactMode::read, body));
    return all;
  }

  std::shared_ptr<st::Storage> storage = st::make_sqlite_storage({.path = ":memory:", .schema = st::schema()}).value();
  st::AccountId account = st::AccountId::parse("01a20a90-0000-7000-8000-00000000000a").value();
};

}  // namespace

TEST_CASE("a price that could not be read leaves the known one as it is") {
  List list;
  (void)list.apply({price("a", 100), price("b", 200), price("c", 300)});
  inventory::PriceAnswer odd;
  odd.odd_offers = {"b", "never seen"};
  const auto applied = list.apply({price("a", 150)}, odd);
  CHECK(applied.changes == st::SourceChanges{.changed = 2});
  CHECK(list.stored() == std::map<std::string, std::int64_t>{{"a", 150}, {"b", 200}});
}

TEST_CASE("no price goes where a row names no offer") {
  List list;
  (void)list.apply({price("a", 100), price("b", 200)});
  inventory::PriceAnswer odd;
  odd.odd_offers = {""};
  CHECK(list.apply({price("a", 150)}, odd).changes == st::SourceChanges{.changed = 1});
  CHECK(list.stored() == std::map<std::string, std::int64_t>{{"a", 150}, {"b", 200}});
}

TEST_CASE("an answer that would drop too many prices is held, and nothing of it is written") {
  List list;
  CHECK_FALSE(list.apply(many(0, 100)).held);  // a first load
  auto fewer = many(40, 100);
  fewer.front().price = st::Money(7, st::Currency::rub());
  fewer.push_back(price("new", 1));
  const auto before = list.stored();
  const auto held = list.apply(fewer);
  CHECK(held.held);
  CHECK(held.note == "would drop 40 of 100 prices");
  CHECK(held.changes == st::SourceChanges{});
  CHECK(list.stored() == before);
  inventory::PriceAnswer accepted;
  accepted.accept_mass_zero = true;
  CHECK(list.apply(fewer, accepted).changes == st::SourceChanges{.added = 1, .changed = 41, .unchanged = 59});
  CHECK(list.stored().size() == 61);

  List small;
  (void)small.apply(many(0, 100));
  CHECK_FALSE(small.apply(many(29, 100)).held);  // 29 %
  List few;
  (void)few.apply(many(0, 9));
  CHECK_FALSE(few.apply({}).held);  // nine
  List chosen;
  (void)chosen.apply(many(0, 100));
  inventory::PriceAnswer lax;
  lax.guard.percent = 50;
  CHECK_FALSE(chosen.apply(many(40, 100), lax).held);
}

TEST_CASE("a digest of prices knows which offers could not be read, and no order") {
  const auto plain = inventory::digest_of(many(0, 3));
  CHECK(inventory::digest_of(many(0, 3), {}) == plain);
  CHECK(inventory::digest_of(many(0, 3), {"a"}) != plain);
  CHECK(inventory::digest_of(many(0, 3), {""}) != plain);
  CHECK(inventory::digest_of(many(0, 3), {"a", "b"}) == inventory::digest_of(many(0, 3), {"b", "a"}));
  CHECK(inventory::digest_of(many(0, 3), {"a"}) != inventory::digest_of(many(0, 3), {"b"}));
  CHECK(inventory::digest_of({price("b", 1), price("a", 2)}) == inventory::digest_of({price("a", 2), price("b", 1)}));
  CHECK(inventory::digest_of({price("a", 1)}) != inventory::digest_of({price("b", 1)}));  // another offer's
}
