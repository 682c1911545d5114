// Order lines and prices from their appliers through the store to their readers, of two sellers with the same keys.
#include <algorithm>
#include <functional>

#include "inventory/order_apply.hpp"
#include "inventory/order_coverage.hpp"
#include "inventory/price_apply.hpp"
#include "tests/support/shelf.hpp"

namespace st = stocktracker;
namespace inventory = stocktracker::inventory;
using namespace std::chrono_literals;

namespace {

const std::string kSecond = "01a20a90-0000-7000-8000-00000000000b";
const st::Currency kTenge = st::Currency::parse("KZT").value();

struct Desk : Shelf {
  Desk() {
    account_row(id_text, "first");
    account_row(kSecond, "second");
  }
  inventory::OrderApplied orders(const std::vector<st::OrderLine>& lines, inventory::OrderAnswer answer = {}) {
    answer.account = account;
    answer.lines = &lines;
    answer.recorded_at = now();
    inventory::OrderApplied applied;
    transact([&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(applied, inventory::apply_orders(tx, answer));
      return st::success();
    });
    return applied;
  }
  inventory::PriceApplied prices(const std::vector<st::OfferPrice>& all) {
    inventory::PriceAnswer answer;
    answer.account = account;
    answer.prices = &all;
    answer.recorded_at = now();
    inventory::PriceApplied applied;
    transact([&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(applied, inventory::apply_prices(tx, answer));
      return st::success();
    });
    return applied;
  }
  template <class Body>
  void transact(const Body& body) {
    REQUIRE(storage->tenant(context.tenant).value()->transact(context, st::TransactMode::write, body));
  }
  // What follows is the other seller's, until it is changed back.
  void change_seller() {
    id_text = id_text == kSecond ? "01a20a90-0000-7000-8000-00000000000a" : kSecond;
    account = st::AccountId::parse(id_text).value();
  }
  std::vector<st::OrderLine> read(st::OrderLineQuery query = {}) {
    query.account = account;
    return engine->orders().lines(query, context).collect().value();
  }
  std::vector<st::OfferPrice> list(st::PriceQuery query = {}) {
    query.account = account;
    return engine->prices().list(query, context).collect().value();
  }
};

st::OrderLine full_line() {
  st::OrderLine line;
  line.key = "k1";
  line.order = "order";
  line.offer = "offer";
  line.listing = "listing";
  line.article = "article";
  line.status = st::OrderStatus::delivered;
  line.status_text = "word";
  line.kind = st::StockKind::fbs;
  line.warehouse = "17";
  line.warehouse_name = "Склад";
  line.quantity = 3;
  line.price = st::Money(12'345, kTenge);
  line.ordered_at = st::Instant::from_seconds(1'795'000'000);
  line.changed_at = st::Instant::from_seconds(1'795'000'500);
  return line;
}

std::string text_of(const st::Money& money) {
  const st::Currency currency = money.currency();
  return std::to_string(money.minor()) + std::string(currency.code());
}

std::string text_of(const st::OrderLine& l) {
  return l.key + "|" + l.order + "|" + l.offer + "|" + l.listing + "|" + l.article + "|" + to_string(l.status) + "|" +
         l.status_text + "|" + to_string(l.kind) + "|" + l.warehouse + "|" + l.warehouse_name + "|" +
         std::to_string(l.quantity) + "|" + (l.price ? text_of(*l.price) : "-") + "|" +
         std::to_string(l.ordered_at.micros()) + "|" + std::to_string(l.changed_at.micros());
}

st::OfferPrice price(const std::string& offer, std::int64_t minor, std::optional<std::int64_t> list = {},
                     std::optional<std::int64_t> lowest = {}, st::Currency currency = st::Currency::rub()) {
  const auto money = [&](const std::optional<std::int64_t>& units) {
    return units ? std::optional(st::Money(*units, currency)) : std::nullopt;
  };
  return {{}, offer, st::Money(minor, currency), money(list), money(lowest), {}};
}

std::string text_of(const st::OfferPrice& p) {
  const auto money = [](const std::optional<st::Money>& m) { return m ? text_of(*m) : std::string("-"); };
  return p.offer + " " + money(p.price) + " " + money(p.list_price) + " " + money(p.lowest_price);
}

}  // namespace

TEST_CASE("every part of a line is stored as it was reported, and a change of any part alone is a change") {
  using Change = std::function<void(st::OrderLine&)>;
  const std::vector<Change> changes{
      [](st::OrderLine& l) { l.order = "other"; },
      [](st::OrderLine& l) { l.offer = "other"; },
      [](st::OrderLine& l) { l.listing = "other"; },
      [](st::OrderLine& l) { l.article = "other"; },
      [](st::OrderLine& l) { l.status = st::OrderStatus::returned; },
      [](st::OrderLine& l) { l.status_text = "other"; },
      [](st::OrderLine& l) { l.kind = st::StockKind::fbo; },
      [](st::OrderLine& l) { l.warehouse = "18"; },
      [](st::OrderLine& l) { l.warehouse_name = "Другой"; },
      [](st::OrderLine& l) { l.quantity = 4; },
      [](st::OrderLine& l) { l.price = st::Money(12'346, kTenge); },
      [](st::OrderLine& l) { l.price = st::Money(12'345, st::Currency::rub()); },
      [](st::OrderLine& l) { l.price.reset(); },
      [](st::OrderLine& l) { l.ordered_at = l.ordered_at + 1us; },
      [](st::OrderLine& l) { l.changed_at = l.changed_at + 1us; },
      [](st::OrderLine& l) { l.key = "k0"; },
  };
  for (std::size_t n = 0; n < changes.size(); ++n) {
    INFO("change " << n);
    Desk desk;
    const st::OrderLine before = full_line();
    CHECK(desk.orders({before}).changes == st::SourceChanges{.added = 1});
    REQUIRE(desk.read().size() == 1);
    CHECK(text_of(desk.read()[0]) == text_of(before));
    CHECK(desk.read()[0].recorded_at == desk.now());
    CHECK(desk.read()[0].account == desk.account);
    const auto first = desk.now();
    desk.clock->advance(1h);
    CHECK(desk.orders({before}).changes == st::SourceChanges{.unchanged = 1});
    CHECK(desk.read()[0].recorded_at == first);  // not written again
    st::OrderLine after = before;
    changes[n](after);
    const bool another = after.key != before.key;
    CHECK(desk.orders({after}).changes == (another ? st::SourceChanges{.added = 1} : st::SourceChanges{.changed = 1}));
    REQUIRE(desk.read().size() == (another ? 2 : 1));
    CHECK(text_of(desk.read()[0]) == text_of(after));
    CHECK(desk.read()[0].recorded_at == desk.now());
    // Twice in one answer: the last row counts.
    CHECK(desk.orders({before, after, before}).changes.changed == (another ? 0 : 1));
    CHECK(text_of(desk.read().back()) == text_of(before));
  }
}

TEST_CASE("lines are read from and until any instant, in pages of any size, and never another seller's") {
  Desk desk;
  std::vector<st::OrderLine> lines;
  const auto start = st::Instant::from_seconds(1'795'000'000);
  for (int n = 0; n < 24; ++n) {
    st::OrderLine line = full_line();
    line.key = "k" + std::to_string(n * 7 % 24);  // in another order than the times
    line.offer = n % 3 == 0 ? "a" : "b";
    line.ordered_at = line.changed_at = start + st::Duration(n / 4);
    lines.push_back(line);
  }
  (void)desk.orders(lines);
  desk.change_seller();
  auto others = lines;
  for (auto& line : others) line.quantity = 99;
  (void)desk.orders(others);
  desk.change_seller();

  std::sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) {
    return std::pair(a.ordered_at, a.key) < std::pair(b.ordered_at, b.key);
  });
  std::size_t seen = 0;
  for (const std::string offer : {"", "a", "b", "nobody"}) {
    for (int from = -1; from <= 7; ++from) {
      for (int until = from; until <= 7; ++until) {
        std::vector<std::string> truth;
        for (const auto& line : lines) {
          if (from >= 0 && line.ordered_at < start + st::Duration(from)) continue;
          if (until >= 0 && line.ordered_at >= start + st::Duration(until)) continue;
          if (offer.empty() || line.offer == offer) truth.push_back(text_of(line));
        }
        seen += truth.size();
        for (const int size : {1, 3, 4, 1'000}) {
          st::OrderLineQuery query{.offer = offer, .page_size = size};
          if (from >= 0) query.from = start + st::Duration(from);
          if (until >= 0) query.until = start + st::Duration(until);
          std::vector<std::string> read;
          for (const auto& line : desk.read(query)) read.push_back(text_of(line));
          INFO("offer " << offer << " from " << from << " until " << until << " by " << size);
          CHECK(read == truth);
        }
      }
    }
  }
  CHECK(seen > 500);
  // What one seller's answer takes away is his alone.
  inventory::OrderAnswer nothing;
  nothing.by_period = true;
  nothing.coverage = st::OrderCoverage{start, start + 1s};
  nothing.accept_mass_zero = true;
  CHECK(desk.orders({}, nothing).changes.changed == 24);
  desk.change_seller();
  for (const auto& line : desk.read()) CHECK(line.status == st::OrderStatus::delivered);
  CHECK_FALSE(desk.engine->orders().coverage(desk.account, desk.context).value());
}

TEST_CASE("an order that is reported without any line loses its lines, even if another account has one of that name") {
  Desk desk;
  const auto old = full_line();  // ordered long before what the answer covers
  (void)desk.orders({old});
  desk.change_seller();
  (void)desk.orders({old});
  desk.change_seller();
  inventory::OrderAnswer answer;
  answer.complete_orders = true;
  answer.emptied = {"order", "nobody's"};
  CHECK(desk.orders({}, answer).note == "removed 1 order line");
  CHECK(desk.read()[0].status == st::OrderStatus::removed);
  CHECK(desk.read()[0].status_text == "word");
  CHECK(desk.read()[0].changed_at == desk.now());
  desk.change_seller();
  CHECK(desk.read()[0].status == st::OrderStatus::delivered);
}

TEST_CASE("an order that was split is no loss, and a line that is known already makes up for none") {
  Desk desk;
  const auto many = [](const std::string& prefix, int count, const std::string& offer) {
    std::vector<st::OrderLine> lines;
    for (int n = 0; n < count; ++n) {
      st::OrderLine line = full_line();
      line.key = prefix + std::to_string(n);
      line.order = prefix;
      line.offer = offer;
      lines.push_back(line);
    }
    return lines;
  };
  inventory::OrderAnswer complete;
  complete.complete_orders = true;
  complete.emptied = {"P"};
  const auto known = many("Q", 12, "offer");
  const auto gone = many("P", 12, "offer");
  auto all = known;
  all.insert(all.end(), gone.begin(), gone.end());
  (void)desk.orders(all);
  CHECK(desk.orders(known, complete).note == "would remove 12 of 24 order lines");
  auto other = known;
  for (const auto& line : many("R", 12, "other")) other.push_back(line);
  CHECK(desk.orders(other, complete).held);  // other goods
  auto fewer = known;
  for (const auto& line : many("R", 2, "offer")) fewer.push_back(line);
  CHECK(desk.orders(fewer, complete).held);  // ten are lost: two lines make up for two
  fewer.push_back(many("R", 3, "offer").back());
  CHECK_FALSE(desk.orders(fewer, complete).held);
}

TEST_CASE("periods that touch are one, and of two that do not the later one counts") {
  const auto at = [](int n) { return st::Instant::from_seconds(n); };
  const auto joined = [&](int a, int b, int c, int d) {
    const auto made = inventory::joined(st::OrderCoverage{at(a), at(b)}, {at(c), at(d)});
    return std::pair(made.from.micros() / 1'000'000, made.until.micros() / 1'000'000);
  };
  using Pair = std::pair<std::int64_t, std::int64_t>;
  CHECK(joined(1, 5, 5, 9) == Pair{1, 9});
  CHECK(joined(5, 9, 1, 5) == Pair{1, 9});
  CHECK(joined(1, 5, 6, 9) == Pair{6, 9});
  CHECK(joined(6, 9, 1, 5) == Pair{6, 9});
  CHECK(joined(1, 9, 3, 5) == Pair{1, 9});
  CHECK(joined(3, 5, 1, 9) == Pair{1, 9});
  CHECK(joined(1, 5, 3, 9) == Pair{1, 9});
  CHECK(joined(3, 9, 1, 5) == Pair{1, 9});
  const auto alone = inventory::joined(std::nullopt, {at(2), at(3)});
  CHECK(alone.from == at(2));
  const st::OrderCoverage stored{at(0), at(1'000)};
  CHECK(inventory::believed(stored, {}, at(1'000))->until == at(1'000));
  CHECK(inventory::believed(stored, {}, at(1'001))->until == at(1'000));
  CHECK(inventory::believed(stored, {}, at(700))->until == at(700));  // five minutes are a difference of clocks
  CHECK(inventory::believed(stored, {}, at(699))->until == at(0));
  CHECK(inventory::believed(stored, at(800), at(699))->until == at(699));
  CHECK(inventory::believed(stored, {}, at(0)).has_value());
  CHECK_FALSE(inventory::believed(stored, {}, at(0) - 1us));
}

TEST_CASE("an entry is explained by the lines of its position, from behind the entry before it up to its own instant") {
  const auto at = [](const Desk& desk, int offset) { return desk.now() - 10h + st::Duration(offset); };
  const auto explained = [&](Desk& desk, st::WarehouseKind kind = st::WarehouseKind::marketplace) {
    st::Movement movement;
    movement.account = desk.account;
    movement.offer.key = "offer";
    movement.warehouse = {"w", "Склад", "", kind};
    movement.seq = 2;
    movement.observed_at = at(desk, 100);
    return desk.engine->orders().explain_movement(movement, desk.context).value();
  };
  const auto prepare = [&](Desk& desk) {
    using C = st::SqlColumn;
    int offers = 0;
    for (int seller = 0; seller < 2; ++seller) {
      desk.offer(++offers, "offer");
      int places = 0;
      for (const auto kind : {st::WarehouseKind::marketplace, st::WarehouseKind::seller}) {
        for (const char* key : {"w", "x"}) {
          const int id = seller * 10 + ++places;
          desk.write("warehouse",
                     {C::constant("warehouse_id", id), C::constant("account_id", desk.id_text),
                      C::constant("source_id", 1), C::constant("kind", static_cast<int>(kind)),
                      C::constant("warehouse_key", key), C::constant("name", "Склад"), C::constant("region", "")});
          // The entry before is of instant 0 for the position that is asked about, and of later ones for the others.
          const bool asked = seller == 0 && id == 1;
          for (int seq = 1; seq <= 3; ++seq) {
            desk.write("ledger",
                       {C::constant("offer_id", offers), C::constant("warehouse_id", id), C::constant("seq", seq),
                        C::constant("observed_at", at(desk, (asked ? 0 : 50) + (seq - 1) * 100).micros()),
                        C::constant("kind", 1), C::constant("recorded_at", 0)});
          }
        }
      }
      desk.change_seller();
    }
    desk.coverage(at(desk, -1'000), at(desk, 1'000));
  };
  struct Case {
    const char* what;
    std::function<void(st::OrderLine&)> change;
    std::int64_t ordered;
    std::int64_t called_off;
  };
  Desk clock;
  const auto when = [&](int offset) { return at(clock, offset); };
  const std::vector<Case> cases{
      {"within", [](auto&) {}, 3, 0},
      {"at the entry before", [&](auto& l) { l.ordered_at = l.changed_at = when(0); }, 0, 0},
      {"right behind it", [&](auto& l) { l.ordered_at = l.changed_at = when(1); }, 3, 0},
      {"at the entry", [&](auto& l) { l.ordered_at = l.changed_at = when(100); }, 3, 0},
      {"right behind the entry", [&](auto& l) { l.ordered_at = l.changed_at = when(101); }, 0, 0},
      {"called off within",
       [&](auto& l) {
         l.status = st::OrderStatus::cancelled;
         l.ordered_at = when(-5);
         l.changed_at = when(100);
       },
       0, 3},
      {"called off at the entry before",
       [&](auto& l) {
         l.status = st::OrderStatus::cancelled;
         l.ordered_at = when(-5);
         l.changed_at = when(0);
       },
       0, 0},
      {"ordered within, called off behind",
       [&](auto& l) {
         l.status = st::OrderStatus::cancelled;
         l.changed_at = when(101);
       },
       3, 0},
      {"ordered at the entry before, called off within",
       [&](auto& l) {
         l.status = st::OrderStatus::cancelled;
         l.ordered_at = when(0);
       },
       0, 3},
      {"ordered at the entry, changed behind it",
       [&](auto& l) {
         l.ordered_at = when(100);
         l.changed_at = when(500);
       },
       3, 0},
      {"ordered and called off within", [](auto& l) { l.status = st::OrderStatus::cancelled; }, 3, 3},
      {"delivered within",
       [&](auto& l) {
         l.status = st::OrderStatus::delivered;
         l.ordered_at = when(-5);
       },
       0, 0},
      {"removed", [](auto& l) { l.status = st::OrderStatus::removed; }, 0, 0},
      {"of another offer", [](auto& l) { l.offer = "other"; }, 0, 0},
      {"of another fulfilment", [](auto& l) { l.kind = st::StockKind::fbs; }, 0, 0},
      {"of another warehouse", [](auto& l) { l.warehouse = "x"; }, 0, 0},
      {"of a warehouse that is known by name", [](auto& l) { l.warehouse = ""; }, 3, 0},
      {"of another name",
       [](auto& l) {
         l.warehouse = "";
         l.warehouse_name = "Другой";
       },
       0, 0},
  };
  for (const Case& one : cases) {
    INFO(one.what);
    Desk desk;
    prepare(desk);
    st::OrderLine line = full_line();
    line.status = st::OrderStatus::placed;
    line.kind = st::StockKind::fbo;
    line.warehouse = "w";
    line.ordered_at = line.changed_at = at(desk, 50);
    one.change(line);
    (void)desk.orders({line});
    desk.change_seller();
    (void)desk.orders({line});
    desk.change_seller();
    const auto why = explained(desk);
    CHECK(why.covered);
    CHECK(why.ordered == one.ordered);
    CHECK(why.called_off == one.called_off);
    CHECK(why.lines == (one.ordered + one.called_off > 0 ? 1 : 0));
  }
  Desk desk;
  prepare(desk);
  struct Covered {
    int from;
    int until;
    bool covered;
  };
  for (const Covered& one :
       {Covered{0, 100, true}, Covered{1, 100, false}, Covered{0, 99, false}, Covered{-1, 101, true}}) {
    desk.coverage(at(desk, one.from), at(desk, one.until));
    INFO(one.from << " " << one.until);
    CHECK(explained(desk).covered == one.covered);
  }
  st::OrderLine line = full_line();
  line.warehouse = "w";
  line.status = st::OrderStatus::placed;
  line.ordered_at = line.changed_at = at(desk, 75);
  (void)desk.orders({line});
  CHECK(explained(desk).ordered == 0);
  CHECK(explained(desk, st::WarehouseKind::seller).ordered == 3);
}

TEST_CASE("every part of a price is stored, a change of any part is a change, and readers page through all of them") {
  Desk desk;
  const std::vector<st::OfferPrice> prices{price("a", 100, 150, 90), price("b", 200), price("c", 300, 350),
                                           price("d", 400, {}, 390), price("e", 500, 0, 0, kTenge)};
  CHECK(desk.prices(prices).changes == st::SourceChanges{.added = 5});
  const auto first = desk.now();
  desk.change_seller();
  CHECK(desk.prices({price("a", 7)}).changes == st::SourceChanges{.added = 1});
  desk.change_seller();
  desk.clock->advance(1h);
  CHECK(desk.prices(prices).changes == st::SourceChanges{.unchanged = 5});
  for (const int size : {1, 2, 3, 5, 1'000}) {
    INFO(size);
    const auto all = desk.list({.page_size = size});
    REQUIRE(all.size() == prices.size());
    for (std::size_t n = 0; n < all.size(); ++n) {
      CHECK(text_of(all[n]) == text_of(prices[n]));
      CHECK(all[n].changed_at == first);
      CHECK(all[n].account == desk.account);
    }
  }
  for (const int size : {1, 1'000}) {
    const auto one = desk.list({.offer = "d", .page_size = size});
    REQUIRE(one.size() == 1);
    CHECK(text_of(one[0]) == text_of(prices[3]));
    CHECK(desk.list({.offer = "nobody", .page_size = size}).empty());
  }
  const auto same_key = desk.list({.offer = "a"});  // both sellers have one
  REQUIRE(same_key.size() == 1);
  CHECK(text_of(same_key[0]) == text_of(prices[0]));
  std::vector<std::string> digests{inventory::digest_of(prices)};
  for (const st::OfferPrice& changed :
       {price("a", 101, 150, 90), price("a", 100, 151, 90), price("a", 100, 150, 91), price("a", 100, {}, 90),
        price("a", 100, 150), price("a", 100, 90, 150), price("a", 100, 150, 90, kTenge)}) {
    INFO(text_of(changed));
    auto now = prices;
    now[0] = changed;
    digests.push_back(inventory::digest_of(now));
    desk.clock->advance(1h);
    CHECK(desk.prices(now).changes == st::SourceChanges{.changed = 1, .unchanged = 4});
    CHECK(text_of(desk.list()[0]) == text_of(changed));
    CHECK(desk.list()[0].changed_at == desk.now());
    CHECK(desk.list()[1].changed_at == first);
    (void)desk.prices(prices);
    // Twice in one answer: the last row counts.
    now.insert(now.begin(), price("a", 1));
    CHECK(desk.prices(now).changes.changed == 1);
    CHECK(text_of(desk.list()[0]) == text_of(changed));
    (void)desk.prices(prices);
  }
  std::sort(digests.begin(), digests.end());
  CHECK(std::unique(digests.begin(), digests.end()) == digests.end());
  CHECK(desk.prices({}).changes == st::SourceChanges{.changed = 5});
  CHECK(desk.list().empty());
  desk.change_seller();
  CHECK(desk.list().size() == 1);  // of the other seller's nothing went
}
