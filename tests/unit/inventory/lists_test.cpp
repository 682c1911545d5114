// Lists of offers, positions, order lines and movements: what they find, and that they continue after a cursor. The
// same cases on both databases.
#include <algorithm>

#include "tests/support/shelf.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

const std::string kFirst = "01a20a90-0000-7000-8000-00000000000a";
const std::string kSecond = "01a20a90-0000-7000-8000-00000000000b";

struct Card {
  int id;
  std::string key, article{}, title{};
  st::OfferState state = st::OfferState::listed;
  std::vector<std::string> barcodes{};
};

struct Lists : Shelf {
  Lists() {
    account_row(kFirst, "first");
    account_row(kSecond, "second");
  }
  // What follows is that seller's.
  void change_seller(const std::string& id) {
    id_text = id;
    account = st::AccountId::parse(id).value();
  }
  void card(const Card& card) {
    using C = st::SqlColumn;
    write("offer",
          {C::constant("offer_id", card.id), C::constant("account_id", id_text), C::constant("offer_key", card.key),
           C::constant("listing", ""), C::constant("article", card.article), C::constant("title", card.title),
           C::constant("brand", ""), C::constant("size", ""),
           C::constant("state", static_cast<std::int64_t>(card.state)), C::constant("content_hash", card.id)});
    for (const std::string& code : card.barcodes) {
      write("offer_barcode", {C::constant("offer_id", card.id), C::constant("barcode", code)});
    }
  }
  void warehouse(int id, int source, const std::string& key, int kind = 0) {
    using C = st::SqlColumn;
    write("warehouse", {C::constant("warehouse_id", id), C::constant("account_id", id_text),
                        C::constant("source_id", source), C::constant("kind", kind), C::constant("warehouse_key", key),
                        C::constant("name", key), C::constant("region", "")});
  }
  // A position with the history of its values, one a second; the first may be an opening (kind 5).
  void position(int source, int offer, int warehouse, const std::vector<std::int64_t>& values, int first_kind = 1) {
    using C = st::SqlColumn;
    write("level", {C::constant("source_id", source), C::constant("offer_id", offer),
                    C::constant("warehouse_id", warehouse), C::constant("on_hand", values.back()),
                    C::constant("state", 0), C::constant("seq", static_cast<std::int64_t>(values.size()))});
    for (std::size_t n = 0; n < values.size(); ++n) {
      const auto seq = static_cast<std::int64_t>(n) + 1;
      write("ledger", {C::constant("offer_id", offer), C::constant("warehouse_id", warehouse),
                       C::constant("observed_at", second(seq).micros()), C::constant("seq", seq),
                       C::constant("kind", n == 0 ? first_kind : 1),
                       C::constant("before_qty", n == 0 ? st::SqlValue() : st::SqlValue(values[n - 1])),
                       C::constant("after_qty", values[n]), C::constant("recorded_at", second(seq).micros()),
                       C::constant("cause", "")});
    }
  }
  [[nodiscard]] st::Instant second(std::int64_t number) const { return now() - 1h + st::Duration(number * 1'000'000); }

  [[nodiscard]] st::Pages<st::CatalogueOffer> list(const st::OfferQuery& query) const {
    return engine->offers().list(query, context);
  }
  [[nodiscard]] st::Pages<st::StockPosition> list(const st::PositionQuery& query) const {
    return engine->stock().positions(query, context);
  }
  [[nodiscard]] st::Pages<st::Movement> list(const st::MovementQuery& query) const {
    return engine->ledger().movements(query, context);
  }
  [[nodiscard]] st::Pages<st::OrderLine> list(const st::OrderLineQuery& query) const {
    return engine->orders().lines(query, context);
  }
  [[nodiscard]] st::StockTotal total(const st::PositionQuery& query) const {
    return engine->stock().total(query, context).value();
  }
};

std::string name_of(const st::AccountId& account) { return account.text() == kFirst ? "1" : "2"; }

std::string text_of(const st::CatalogueOffer& one) {
  std::string text = name_of(one.account) + ":" + one.offer.key;
  for (const std::string& code : one.barcodes) text += "," + code;
  return text;
}
std::string text_of(const st::StockPosition& one) {
  return name_of(one.account) + ":" + one.offer.key + "@" + one.warehouse.key + "=" +
         (one.on_hand ? std::to_string(one.on_hand->units()) : "?");
}
std::string text_of(const st::Movement& one) {
  return name_of(one.account) + ":" + one.offer.key + "@" + one.warehouse.key + "#" + std::to_string(one.seq);
}
std::string text_of(const st::OrderLine& one) { return one.key; }

// All rows by one list, with spaces between them; by lists that each read `some` rows and continue, they are the same.
template <class Query>
std::string shown(const Lists& lists, Query query) {
  std::string text;
  const auto all = lists.list(query).collect().value();
  for (const auto& one : all) text += (text.empty() ? "" : " ") + text_of(one);
  for (const int size : {1, 2, 1'000}) {
    for (int some = 1; some <= 3; ++some) {
      Query next = query;
      next.page_size = size;
      std::string continued;
      bool ended = false;
      while (!ended) {
        auto pages = lists.list(next);
        CHECK(pages.cursor() == next.after);
        for (int n = 0; n < some && !ended; ++n) {
          auto row = pages.next();
          ended = !row;
          if (row) continued += (continued.empty() ? "" : " ") + text_of(row->value());
        }
        next.after = pages.cursor();
      }
      INFO("pages of " << size << ", lists of " << some);
      CHECK(continued == text);
      CHECK(next.after.empty() == text.empty());
    }
  }
  return text;
}

// "invalid_argument after", or "read".
template <class Query>
std::string refusal(const Lists& lists, const Query& query) {
  const auto rows = lists.list(query).collect();
  if (rows) return "read";
  return std::string(to_string(rows.error().errc())) + " " + rows.error().details().field;
}

// Positions, orders and cards of two sellers with the same keys.
void fill(Lists& lists) {
  int source = 0;
  for (const std::string& seller : {kSecond, kFirst}) {
    lists.change_seller(seller);
    const int base = source * 10;
    lists.source(source + 1, 0, 1, 2, 0);
    lists.source(source + 2, 1, 1, 2, 0);
    lists.warehouse(base + 1, source + 1, "M");
    lists.warehouse(base + 2, source + 1, "w");
    lists.warehouse(base + 3, source + 2, "w", 1);
    lists.card({base + 1, "b", "art"});
    lists.card({base + 2, "a", "art"});
    lists.card({base + 3, "c", "", "", st::OfferState::vanished});
    lists.position(source + 1, base + 1, base + 1, {1, 2, 3});
    lists.position(source + 1, base + 1, base + 2, {10});
    lists.position(source + 1, base + 2, base + 2, {100, 101}, 5);
    lists.position(source + 2, base + 1, base + 3, {1'000});
    lists.position(source + 2, base + 3, base + 3, {10'000});
    for (const char* key : {"z", "m", "k"}) lists.line(key, "a", lists.second(5));
    lists.line("a", "b", lists.second(6));
    lists.line("y", "b", lists.second(4));
    source += 2;
  }
}

}  // namespace

TEST_CASE("offers are listed by account and key, with sorted barcodes, in pages of any size and after any cursor") {
  Lists lists;
  CHECK(shown(lists, st::OfferQuery{}).empty());
  lists.change_seller(kSecond);
  lists.card({1, "x", "", "", st::OfferState::uncarded, {"5"}});
  lists.card({2, "007", "", "", st::OfferState::listed, {"9", "10", "1"}});
  lists.change_seller(kFirst);
  lists.card({3, "9"});
  lists.card({4, "10", "", "", st::OfferState::vanished, {"2", "1"}});
  lists.card({5, "007"});
  CHECK(shown(lists, st::OfferQuery{}) == "1:007 1:10,1,2 1:9 2:007,1,10,9 2:x,5");
  CHECK(shown(lists, st::OfferQuery{.account = lists.account}) == "1:007 1:10,1,2 1:9");
  lists.change_seller(kSecond);
  CHECK(shown(lists, st::OfferQuery{.account = lists.account}) == "2:007,1,10,9 2:x,5");
  CHECK(shown(lists, st::OfferQuery{.state = st::OfferState::listed}) == "1:007 1:9 2:007,1,10,9");
  CHECK(shown(lists, st::OfferQuery{.state = st::OfferState::vanished}) == "1:10,1,2");
  CHECK(shown(lists, st::OfferQuery{.account = lists.account, .state = st::OfferState::uncarded}) == "2:x,5");
  CHECK(refusal(lists, st::OfferQuery{.page_size = 0}) == "invalid_argument page_size");
}

TEST_CASE("offers are found by key, article, barcode and a part of the title, byte by byte, and by all of them") {
  Lists lists;
  lists.card({1, "a", "art", "Mug, blue", st::OfferState::listed, {"B1"}});
  lists.card({2, "b", "art", "mug blue", st::OfferState::listed, {"B1", "B2"}});
  lists.card({3, "c", "Art", "100%_wool", st::OfferState::listed, {"B2", "b1"}});
  lists.card({4, "d", "art2", "Кружка синяя"});
  lists.change_seller(kSecond);
  lists.card({5, "b", "art", "Mug", st::OfferState::vanished, {"B1"}});
  const auto found = [&](const st::OfferQuery& query) {
    const std::string text = shown(lists, query);
    std::string keys;
    for (std::size_t at = 0; (at = text.find(':', at)) != std::string::npos; ++at) {
      keys += text.substr(at - 1, 1) + text.substr(at + 1, 1) + " ";
    }
    return keys;
  };
  CHECK(found({.offer = "b"}) == "1b 2b ");
  CHECK(found({.account = lists.account, .offer = "b"}) == "2b ");
  CHECK(found({.offer = "B"}).empty());
  CHECK(found({.article = "art"}) == "1a 1b 2b ");
  CHECK(found({.barcode = "B1"}) == "1a 1b 2b ");
  CHECK(found({.barcode = "b1"}) == "1c ");
  CHECK(found({.title = "Mug"}) == "1a 2b ");
  CHECK(found({.title = "mug"}) == "1b ");
  CHECK(found({.title = "%_"}) == "1c ");
  CHECK(found({.title = "синяя"}) == "1d ");
  CHECK(found({.title = "cиняя"}).empty());  // begins with a Latin letter
  CHECK(found({.title = "mug blue and more"}).empty());
  CHECK(found({.offer = "b", .article = "art"}) == "1b 2b ");
  CHECK(found({.offer = "c", .article = "art"}).empty());
  CHECK(found({.offer = "b", .article = "art", .barcode = "B1", .title = "Mug"}) == "2b ");
  CHECK(found({.article = "Art", .barcode = "B2"}) == "1c ");
  CHECK(found({.state = st::OfferState::vanished, .barcode = "B1"}) == "2b ");
  CHECK(found({.account = st::AccountId::parse(kFirst).value(), .title = "Mug"}) == "1a ");
}

TEST_CASE("positions, movements and order lines continue after each of their rows, under every filter") {
  Lists lists;
  fill(lists);  // the first seller has the later numbers
  CHECK(shown(lists, st::PositionQuery{}) ==
        "2:b@M=3 2:b@w=10 2:a@w=101 2:b@w=1000 2:c@w=10000 1:b@M=3 1:b@w=10 1:a@w=101 1:b@w=1000 1:c@w=10000");
  CHECK(shown(lists, st::PositionQuery{.account = lists.account, .warehouse = "w"}) ==
        "1:b@w=10 1:a@w=101 1:b@w=1000 1:c@w=10000");
  CHECK(shown(lists, st::PositionQuery{.warehouse = "w", .kind = st::StockKind::fbo}) ==
        "2:b@w=10 2:a@w=101 1:b@w=10 1:a@w=101");
  CHECK(shown(lists, st::PositionQuery{.article = "art"}) ==
        "2:b@M=3 2:b@w=10 2:b@w=1000 2:a@w=101 1:b@M=3 1:b@w=10 1:b@w=1000 1:a@w=101");
  CHECK(shown(lists, st::PositionQuery{.offers = {"c", "a"}}) == "2:a@w=101 2:c@w=10000 1:a@w=101 1:c@w=10000");
  CHECK(shown(lists, st::PositionQuery{.account = lists.account, .as_of = lists.second(1)}) ==
        "1:b@M=1 1:b@w=10 1:a@w=100 1:b@w=1000 1:c@w=10000");
  CHECK(shown(lists, st::PositionQuery{.account = lists.account, .as_of = lists.second(0)}) == "1:a@w=?");
  CHECK(shown(lists, st::PositionQuery{.offer = "a", .as_of = lists.second(0)}) == "2:a@w=? 1:a@w=?");
  CHECK(shown(lists, st::MovementQuery{.account = lists.account}) ==
        "1:b@M#1 1:b@M#2 1:b@M#3 1:b@w#1 1:b@w#1 1:a@w#1 1:a@w#2 1:c@w#1");
  CHECK(shown(lists, st::MovementQuery{.offer = "b", .warehouse = "M"}) ==
        "2:b@M#1 2:b@M#2 2:b@M#3 1:b@M#1 1:b@M#2 1:b@M#3");
  CHECK(shown(lists, st::MovementQuery{.from = lists.second(2), .until = lists.second(3)}) ==
        "2:b@M#2 2:a@w#2 1:b@M#2 1:a@w#2");
  CHECK(shown(lists, st::OrderLineQuery{.account = lists.account}) == "y k m z a");
  CHECK(shown(lists, st::OrderLineQuery{.account = lists.account, .offer = "a"}) == "k m z");
  CHECK(shown(lists, st::OrderLineQuery{.account = lists.account, .from = lists.second(5), .until = lists.second(6)}) ==
        "k m z");
}

TEST_CASE("a row that comes while a list is read shifts nothing: the list continues where it stopped") {
  Lists lists;
  fill(lists);
  st::OrderLineQuery query{.account = lists.account, .page_size = 2};
  auto pages = lists.list(query);
  CHECK(pages.next_page().value().size() == 2);  // y k
  lists.line("b", "a", lists.second(4));
  lists.line("l", "a", lists.second(5));
  query.after = pages.cursor();
  CHECK(shown(lists, query) == "l m z a");
  // The end is a place, too: later rows are behind it.
  auto rest = lists.list(query);
  CHECK(rest.collect().value().size() == 4);
  query.after = rest.cursor();
  CHECK(lists.list(query).collect().value().empty());
  lists.line("later", "a", lists.second(7));
  CHECK(shown(lists, query) == "later");
}

TEST_CASE("a cursor of another list or query is an invalid argument; of another size of pages it is the same") {
  Lists lists;
  fill(lists);
  const auto after_first = [&](auto query) {
    auto pages = lists.list(query);
    REQUIRE(pages.next());
    return pages.cursor();
  };
  const std::vector<std::string> cursors{after_first(st::OfferQuery{}),
                                         after_first(st::PositionQuery{}),
                                         after_first(st::MovementQuery{}),
                                         after_first(st::OrderLineQuery{.account = lists.account}),
                                         "0",
                                         "x",
                                         "00"};
  const std::string refused = "invalid_argument after";
  for (std::size_t i = 0; i < cursors.size(); ++i) {
    CAPTURE(i);
    CHECK(refusal(lists, st::OfferQuery{.page_size = 7, .after = cursors[i]}) == (i == 0 ? "read" : refused));
    CHECK(refusal(lists, st::PositionQuery{.page_size = 7, .after = cursors[i]}) == (i == 1 ? "read" : refused));
    CHECK(refusal(lists, st::MovementQuery{.page_size = 7, .after = cursors[i]}) == (i == 2 ? "read" : refused));
    CHECK(refusal(lists, st::OrderLineQuery{.account = lists.account, .page_size = 7, .after = cursors[i]}) ==
          (i == 3 ? "read" : refused));
  }
  const st::Instant at = lists.second(3);
  for (const st::OfferQuery& query : std::vector<st::OfferQuery>{{.account = lists.account},
                                                                 {.state = st::OfferState::listed},
                                                                 {.offer = "a"},
                                                                 {.article = "a"},
                                                                 {.barcode = "a"},
                                                                 {.title = "a"}}) {
    auto other = query;
    other.after = cursors[0];
    CHECK(refusal(lists, other) == refused);
  }
  for (const st::PositionQuery& query : std::vector<st::PositionQuery>{{.account = lists.account},
                                                                       {.offer = "a"},
                                                                       {.article = "a"},
                                                                       {.offers = {"a"}},
                                                                       {.warehouse = "a"},
                                                                       {.kind = st::StockKind::fbo},
                                                                       {.as_of = at},
                                                                       {.known_at = at}}) {
    auto other = query;
    other.after = cursors[1];
    CHECK(refusal(lists, other) == refused);
  }
  for (const st::MovementQuery& query : std::vector<st::MovementQuery>{{.account = lists.account},
                                                                       {.offer = "a"},
                                                                       {.article = "a"},
                                                                       {.warehouse = "a"},
                                                                       {.from = at},
                                                                       {.until = at}}) {
    auto other = query;
    other.after = cursors[2];
    CHECK(refusal(lists, other) == refused);
  }
  for (const st::OrderLineQuery& query :
       std::vector<st::OrderLineQuery>{{.account = st::AccountId::parse(kSecond).value()},
                                       {.account = lists.account, .offer = "a"},
                                       {.account = lists.account, .from = at},
                                       {.account = lists.account, .until = at}}) {
    auto other = query;
    other.after = cursors[3];
    CHECK(refusal(lists, other) == refused);
  }
  const st::PositionQuery paged{.after = cursors[1]};
  CHECK(lists.engine->stock().total(paged, lists.context).error().details().field == "after");
  CHECK(lists.engine->stock().columns(paged, lists.context).error().details().field == "after");
}

TEST_CASE("totals are of all accounts or one, of a warehouse, of named offers, and of an earlier time") {
  Lists lists;
  fill(lists);
  const auto all = lists.total({});
  CHECK(all.fbo.units() == 2 * (3 + 10 + 101));
  CHECK(all.fbs.units() == 2 * 1'000);
  CHECK(all.on_hand.units() == 2 * 1'114);
  CHECK(all.positions == 8);
  CHECK(all.vanished == 2);
  CHECK(all.observed_at == lists.now());
  CHECK(lists.total({.account = lists.account}).on_hand.units() == 1'114);
  CHECK(lists.engine->stock().total(lists.account, lists.context).value().on_hand.units() == 1'114);
  CHECK(lists.total({.warehouse = "w"}).on_hand.units() == 2 * 1'111);
  CHECK(lists.total({.warehouse = "M"}).positions == 2);
  CHECK(lists.total({.warehouse = "nowhere"}).positions == 0);
  CHECK(lists.total({.kind = st::StockKind::fbs}).on_hand.units() == 2 * 1'000);
  CHECK(lists.total({.offers = {"a", "c"}, .page_size = 1}).on_hand.units() == 2 * 101);
  CHECK(lists.total({.offers = {"a", "c"}, .page_size = 1}).vanished == 2);
  CHECK(lists.total({.account = lists.account, .article = "art"}).positions == 4);
  const auto then = lists.total({.account = lists.account, .as_of = lists.second(1)});
  CHECK(then.on_hand.units() == 1 + 10 + 100 + 1'000 + 10'000);  // what has left since was there
  CHECK(then.vanished == 0);
  CHECK_FALSE(then.observed_at);
  const auto before = lists.total({.account = lists.account, .as_of = lists.second(0)});
  CHECK(before.positions == 1);
  CHECK(before.unknown == 1);
  const auto nobody = st::AccountId::parse("01a20a90-0000-7000-8000-00000000000f").value();
  for (const st::AccountId& unknown : {nobody, st::AccountId()}) {
    const auto refused = lists.engine->stock().total(unknown, lists.context);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().errc() == st::Errc::not_found);
    CHECK(refused.error().details().field == "account");
  }
}

TEST_CASE("many keys name the offers of each account, and an offer that is named twice is there once") {
  Lists lists;
  int id = 0;
  std::vector<std::string> keys;
  std::string expected;
  for (const std::string& seller : {kFirst, kSecond}) {
    lists.change_seller(seller);
    const int source = seller == kFirst ? 1 : 2;
    lists.source(source, 0, 1, 2, 0);
    lists.warehouse(source, source, "M");
    for (int n = 0; n < 40; ++n) {
      lists.card({++id, "k" + std::to_string(n)});
      lists.position(source, id, source, {n});
      if (n % 8 == 7) continue;
      if (seller == kFirst) keys.push_back("k" + std::to_string(n));
      expected +=
          (expected.empty() ? "" : " ") + std::to_string(source) + ":k" + std::to_string(n) + "@M=" + std::to_string(n);
    }
  }
  REQUIRE(keys.size() == 35);
  std::reverse(keys.begin(), keys.end());
  keys.push_back(keys.front());
  keys.push_back("nobody");
  CHECK(shown(lists, st::PositionQuery{.offers = keys}) == expected);
  for (const std::size_t count : {std::size_t{1}, std::size_t{15}, std::size_t{16}, std::size_t{17}, std::size_t{32}}) {
    CAPTURE(count);
    const std::vector<std::string> some(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(count));
    CHECK(lists.total({.offers = some}).positions == static_cast<std::int64_t>(2 * count));
    CHECK(lists.engine->stock().columns({.offers = some}, lists.context).value().rows() == 2 * count);
  }
  CHECK(refusal(lists, st::PositionQuery{.offers = std::vector<std::string>(1'001, "k1")}) ==
        "invalid_argument offers");
  CHECK(refusal(lists, st::PositionQuery{.offer = "k1", .offers = {"k1"}}) == "invalid_argument offer");
  CHECK(refusal(lists, st::PositionQuery{.article = "k1", .offers = {"k1"}}) == "invalid_argument offer");
}
