// Where periods of orders begin, end and touch, and whose lines an answer is compared with.
#include "tests/unit/inventory/order_book.hpp"

namespace st = stocktracker;
namespace inventory = stocktracker::inventory;
using namespace order_book;
using namespace std::chrono_literals;
using st::OrderStatus;

namespace {

const st::AccountId kOther = st::AccountId::parse("01a20a90-0000-7000-8000-00000000000b").value();

std::optional<st::OrderCoverage> believed_at(Book& book, st::Instant now) {
  std::optional<st::OrderCoverage> found;
  book.in_transaction([&](st::Transaction& tx) -> st::Result<void> {
    STK_TRY(found, inventory::read_believed_coverage(tx, book.account, now));
    return st::success();
  });
  return found;
}

}  // namespace

TEST_CASE("a period within another one ends nothing: lines behind it are looked at, and all of it is covered") {
  Book book;
  (void)book.apply({line("a", "1", day(-8)), line("b", "2", day(-3))}, covering(day(-20), day(-15)));
  inventory::OrderAnswer answer;
  answer.by_period = true;
  answer.since = day(-15);
  answer.complete = {{day(-15), day(-1)}, {day(-10), day(-5)}};
  CHECK(book.apply({}, answer).changes.changed == 2);
  CHECK(book.status("a") == OrderStatus::removed);
  CHECK(book.status("b") == OrderStatus::removed);
  CHECK(book.coverage()->from == day(-20));
  CHECK(book.coverage()->until == day(-1));
}

TEST_CASE("of an answer that failed later a period counts that begins where the known ones end, and no later one") {
  for (const st::Duration gap : {st::Duration(0), st::Duration(1us)}) {
    Book book;
    (void)book.apply({}, covering(day(-20), day(-15)));
    inventory::OrderAnswer answer;
    answer.since = day(-16);
    answer.complete = {{day(-15) + gap, day(-10)}};
    (void)book.apply({}, answer);
    CHECK(book.coverage()->until == (gap == st::Duration(0) ? day(-10) : day(-15)));
    // Or which end where the known ones begin.
    answer.complete = {{day(-25), day(-20) - gap}};
    (void)book.apply({}, answer);
    CHECK(book.coverage()->from == (gap == st::Duration(0) ? day(-25) : day(-20)));
  }
}

TEST_CASE("a period holds its first instant, and not its last") {
  Book book;
  (void)book.apply({line("before", "1", day(-5) - 1us), line("first", "2", day(-5)), line("last", "3", day(-2) - 1us),
                    line("behind", "4", day(-2))},
                   {});
  CHECK(book.apply({}, by_period(day(-5), day(-2))).changes.changed == 2);
  CHECK(book.status("before") == OrderStatus::placed);
  CHECK(book.status("first") == OrderStatus::removed);
  CHECK(book.status("last") == OrderStatus::removed);
  CHECK(book.status("behind") == OrderStatus::placed);
}

// A removed line's time is that of its removal by us, which is no news of the vendor's.
TEST_CASE("a coverage of the future goes back to the newest line that the vendor reported of this account") {
  Book book;
  (void)book.apply({line("a", "1", day(-5)), line("b", "2", day(-4))}, covering(day(-9), day(0)));
  inventory::OrderAnswer without = complete_orders(day(-9), day(0));
  without.emptied = {"2"};
  (void)book.apply({}, without);
  REQUIRE(book.status("b") == OrderStatus::removed);
  REQUIRE(book.stored().at("b").changed == day(0));
  book.now = day(9);
  (void)book.apply({}, covering(day(-9), day(9)));  // a clock that was nine days ahead
  const st::AccountId mine = std::exchange(book.account, kOther);
  (void)book.apply({line("a", "1", day(-1))}, {});
  book.account = mine;
  CHECK(believed_at(book, day(1))->until == day(-4));
  CHECK(believed_at(book, day(1))->from == day(-9));
}

TEST_CASE("an order that only another account has is none that this one has lost") {
  Book book;
  const st::AccountId mine = std::exchange(book.account, kOther);
  (void)book.apply({line("a", "1", day(-100))}, {});
  book.account = mine;
  inventory::OrderAnswer answer = complete_orders(day(-1), day(0));
  answer.emptied = {"1"};
  const auto applied = book.apply({}, answer);
  CHECK(applied.note.empty());
  CHECK(applied.changes == st::SourceChanges{});
  CHECK(book.status("a") == OrderStatus::placed);
}
