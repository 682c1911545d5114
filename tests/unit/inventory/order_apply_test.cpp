// Order lines of one answer beside those that are known: what changes, what leaves, what is covered.
#include <random>

#include "tests/support/seed.hpp"
#include "tests/unit/inventory/order_book.hpp"

namespace st = stocktracker;
namespace inventory = stocktracker::inventory;
using namespace order_book;
using namespace std::chrono_literals;
using st::OrderStatus;

TEST_CASE("a line that an order is reported without has left it; orders that are not reported keep theirs") {
  Book book;
  (void)book.apply({line("P1/a", "P1", day(-2)), line("P1/b", "P1", day(-2)), line("P9/a", "P9", day(-2))},
                   complete_orders(day(-5), day(-1)));
  // P1 was split: b is in P2 now.
  const auto applied =
      book.apply({line("P1/a", "P1", day(-2)), line("P2/b", "P2", day(-2))}, complete_orders(day(-1), day(0)));
  CHECK_FALSE(applied.held);
  CHECK(applied.changes == st::SourceChanges{.added = 1, .changed = 1, .unchanged = 1});
  CHECK(applied.note == "removed 1 order line");
  CHECK(book.status("P1/a") == OrderStatus::placed);
  CHECK(book.status("P1/b") == OrderStatus::removed);
  CHECK(book.stored().at("P1/b").text == "placed");  // the vendor's last word
  CHECK(book.stored().at("P1/b").changed == day(0));
  CHECK(book.status("P2/b") == OrderStatus::placed);
  CHECK(book.status("P9/a") == OrderStatus::placed);
  // Once removed, it is not removed again.
  const auto again = book.apply({line("P1/a", "P1", day(-2))}, complete_orders(day(-1), day(0)));
  CHECK(again.changes == st::SourceChanges{.unchanged = 1});
  CHECK(again.note.empty());
}

// Pages repeat their borders, and days that are read one after the other repeat orders with what became of them.
TEST_CASE("of a line that one answer holds several times the last one counts, whether it is known or new") {
  for (const bool known : {false, true}) {
    CAPTURE(known);
    Book book;
    if (known) book.apply({line("k", "o", day(-2))}, covering(day(-3), day(-1)));
    const auto applied =
        book.apply({line("k", "o", day(-2), OrderStatus::delivered, day(-1)), line("other", "p", day(-2)),
                    line("k", "o", day(-2), OrderStatus::cancelled, day(-1) + 1h)},
                   covering(day(-3), day(0)));
    CHECK(applied.changes.added + applied.changes.changed == 2);
    CHECK(book.stored().size() == 2);
    CHECK(book.status("k") == OrderStatus::cancelled);
    CHECK(book.stored().at("k").changed == day(-1) + 1h);
  }
}

TEST_CASE("a channel that may report orders in part removes nothing") {
  Book book;
  (void)book.apply({line("P1/a", "P1", day(-2)), line("P1/b", "P1", day(-2))}, covering(day(-5), day(-1)));
  (void)book.apply({line("P1/a", "P1", day(-2))}, covering(day(-5), day(0)));
  CHECK(book.status("P1/b") == OrderStatus::placed);
}

TEST_CASE("a removed line that is reported again lives again, whatever its time of change") {
  for (const bool timed : {false, true}) {
    Book book;
    auto answer = complete_orders(day(-5), day(0));
    answer.changes_timed = timed;
    (void)book.apply({line("a", "P1", day(-2)), line("b", "P1", day(-2))}, answer);
    (void)book.apply({line("a", "P1", day(-2))}, answer);
    REQUIRE(book.status("b") == OrderStatus::removed);
    const auto applied = book.apply({line("a", "P1", day(-2)), line("b", "P1", day(-2))}, answer);
    CHECK(applied.changes == st::SourceChanges{.changed = 1, .unchanged = 1});
    CHECK(book.status("b") == OrderStatus::placed);
    CHECK(book.stored().at("b").changed == day(-2));
  }
}

TEST_CASE("a known line that a complete period does not hold is removed; outside of the period nothing is") {
  Book book;
  (void)book.apply({line("before", "1", day(-9)), line("first", "2", day(-5)), line("gone", "3", day(-4)),
                    line("after", "4", day(-1))},
                   by_period(day(-10), day(0)));
  const auto applied = book.apply({line("first", "2", day(-5))}, by_period(day(-5), day(-1)));
  CHECK(applied.changes == st::SourceChanges{.changed = 1, .unchanged = 1});
  CHECK(book.status("before") == OrderStatus::placed);
  CHECK(book.status("first") == OrderStatus::placed);
  CHECK(book.status("gone") == OrderStatus::removed);
  CHECK(book.status("after") == OrderStatus::placed);  // ordered at the end of the period: not in it
  // An answer whose rest failed speaks about the periods that came.
  auto part = inventory::OrderAnswer{};
  part.by_period = true;
  part.complete = {{day(-9), day(-8)}};
  (void)book.apply({}, part);
  CHECK(book.status("before") == OrderStatus::removed);
  CHECK(book.status("first") == OrderStatus::placed);
}

TEST_CASE("lines of an order that could not be read stay, and all lines do where a row names no order") {
  for (const bool period : {false, true}) {
    Book book;
    auto answer = complete_orders(day(-5), day(0));
    answer.by_period = period;
    (void)book.apply(
        {line("a", "P1", day(-2)), line("b", "P1", day(-2)), line("c", "P2", day(-2)), line("d", "P2", day(-2))},
        answer);
    answer.odd_orders = {"P1"};
    const std::vector<st::OrderLine> reported{line("a", "P1", day(-2)), line("c", "P2", day(-2))};
    (void)book.apply(reported, answer);
    CHECK(book.status("b") == OrderStatus::placed);
    CHECK(book.status("d") == OrderStatus::removed);
    answer.odd_orders = {"P7", ""};
    (void)book.apply({line("a", "P1", day(-2))}, answer);
    CHECK(book.status("b") == OrderStatus::placed);
    CHECK(book.status("c") == OrderStatus::placed);
  }
}

TEST_CASE("an answer that would remove too many lines is held, and nothing of it is written") {
  Book book;
  (void)book.apply(many(0, 100, day(-2)), by_period(day(-5), day(0)));
  const auto coverage = book.coverage();
  book.now = day(1);
  auto lines = many(40, 100, day(-2));
  lines.push_back(line("new", "n", day(0)));
  const auto held = book.apply(lines, by_period(day(-5), day(1)));
  CHECK(held.held);
  CHECK(held.note == "would remove 40 of 100 order lines");
  CHECK(held.changes == st::SourceChanges{});
  CHECK(book.stored().count("new") == 0);
  CHECK(book.status("k0") == OrderStatus::placed);
  CHECK(book.coverage()->until == coverage->until);

  auto accepted = by_period(day(-5), day(1));
  accepted.accept_mass_zero = true;
  const auto applied = book.apply(lines, accepted);
  CHECK_FALSE(applied.held);
  CHECK(applied.changes.changed == 40);
  CHECK(book.status("k0") == OrderStatus::removed);
  // 9 lines, or 29 of 100, are what happens.
  Book small;
  (void)small.apply(many(0, 100, day(-2)), by_period(day(-5), day(0)));
  CHECK_FALSE(small.apply(many(29, 100, day(-2)), by_period(day(-5), day(0))).held);
  Book few;
  (void)few.apply(many(0, 9, day(-2)), by_period(day(-5), day(0)));
  CHECK_FALSE(few.apply({}, by_period(day(-5), day(0))).held);
  // Lines of orders count as those of periods do; the numbers are options.
  Book orders;
  (void)orders.apply(many(0, 40, day(-2)), complete_orders(day(-5), day(0)));
  std::vector<st::OrderLine> halves;
  for (int n = 0; n < 40; n += 2) halves.push_back(many(n, n + 1, day(-2)).front());
  auto strict = complete_orders(day(-5), day(0));
  CHECK(orders.apply(halves, strict).note == "would remove 20 of 40 order lines");
  strict.guard.percent = 60;
  CHECK_FALSE(orders.apply(halves, strict).held);
}

TEST_CASE("a state taken back counts where the channel's times are not those of changes") {
  for (const auto& [before, after] : {std::pair(OrderStatus::cancelled, OrderStatus::placed),
                                      std::pair(OrderStatus::returned, OrderStatus::delivered)}) {
    Book book;
    auto answer = covering(day(-5), day(0));
    (void)book.apply({line("a", "P1", day(-3), before, day(-1))}, answer);
    // Not timed: changed_at is the time of ordering again.
    const auto alive = book.apply({line("a", "P1", day(-3), after, day(-3))}, answer);
    CHECK(alive.changes.changed == 1);
    CHECK(book.status("a") == after);
    // Timed: that is an older state, reported late; and of one instant the later answer counts.
    answer.changes_timed = true;
    (void)book.apply({line("b", "P2", day(-3), before, day(-1))}, answer);
    CHECK(book.apply({line("b", "P2", day(-3), after, day(-2))}, answer).changes.dropped == 1);
    CHECK(book.status("b") == before);
    CHECK(book.apply({line("b", "P2", day(-3), after, day(-1))}, answer).changes.changed == 1);
    CHECK(book.status("b") == after);
  }
}

TEST_CASE("an order that gets another date is the same line") {
  Book book;
  (void)book.apply({line("a", "P1", day(-1), OrderStatus::placed, day(-1))}, by_period(day(-5), day(0)));
  const auto applied = book.apply({line("a", "P1", day(-2), OrderStatus::placed, day(-1))}, by_period(day(-5), day(0)));
  CHECK(applied.changes == st::SourceChanges{.changed = 1});
  CHECK(book.stored().at("a").ordered == day(-2));
  // Later by less than two days: still compared with what is known of it.
  CHECK(
      book.apply({line("a", "P1", day(-1), OrderStatus::placed, day(-1))}, covering(day(-1), day(0))).changes.changed ==
      1);
}

TEST_CASE("what came of an answer that failed later is covered, if no gap lies before it") {
  Book book;
  book.now = day(10);
  auto part = inventory::OrderAnswer{};
  part.since = day(-30);
  part.complete = {{day(-29), day(-28)}};
  (void)book.apply({}, part);
  CHECK_FALSE(book.coverage());  // not from where it was asked
  part.complete = {{day(-20), day(-10)}, {day(-31), day(-20)}, {day(-5), day(0)}};
  (void)book.apply({}, part);
  CHECK(book.coverage()->from == day(-31));
  CHECK(book.coverage()->until == day(-10));
  part.since = day(-10);
  part.complete = {{day(-4), day(0)}, {day(-11), day(-4)}};
  (void)book.apply({}, part);
  CHECK(book.coverage()->from == day(-31));
  CHECK(book.coverage()->until == day(0));
  // Newest first, and then failed: what is known stays, and the gap is read next.
  part.complete = {{day(5), day(10)}};
  (void)book.apply({}, part);
  CHECK(book.coverage()->until == day(0));
  // A complete answer that cannot reach back begins anew.
  (void)book.apply({}, covering(day(5), day(10)));
  CHECK(book.coverage()->from == day(5));
}

TEST_CASE("a coverage of the future is not kept, whichever clock ran ahead") {
  Book book;
  // The answer's own: nothing after the present is covered.
  (void)book.apply({line("a", "1", day(-3))}, covering(day(-5), day(9)));
  CHECK(book.coverage()->until == day(0));
  // The store's: written by a run of a clock that was nine days ahead.
  book.now = day(9);
  (void)book.apply({}, covering(day(-5), day(9)));
  REQUIRE(book.coverage()->until == day(9));
  book.now = day(1);
  (void)book.apply({}, covering(day(0), day(1)));
  CHECK(book.coverage()->from == day(0));  // between the newest line and what was read lies a gap
  CHECK(book.coverage()->until == day(1));

  const st::OrderCoverage ahead{day(-5), day(9)};
  CHECK(inventory::believed(ahead, day(-3), day(1))->until == day(-3));
  CHECK(inventory::believed(ahead, std::nullopt, day(1))->until == day(-5));
  CHECK(inventory::believed(ahead, day(-7), day(1))->until == day(-5));
  CHECK(inventory::believed(ahead, day(-3), day(9))->until == day(9));
  CHECK(inventory::believed(ahead, day(-3), day(9) - 1min)->until == day(9) - 1min);
  CHECK_FALSE(inventory::believed(ahead, std::nullopt, day(-6)));
}

TEST_CASE("whatever the answers are, a line is alive if and only if the last answer about it holds it") {
  for (const std::uint64_t seed : seeds_to_try(1, 40)) {
    std::mt19937 random(static_cast<unsigned>(seed));
    Book book;
    std::map<std::string, bool> alive;
    for (int round = 0; round < 12; ++round) {
      book.now = day(round);
      const bool period = random() % 2 == 0;
      const int from = static_cast<int>(random() % 10);
      const int until = from + 1 + static_cast<int>(random() % 5);
      auto answer = period ? by_period(day(from - 20), day(until - 20)) : complete_orders(day(-20), day(0));
      answer.accept_mass_zero = true;
      std::vector<st::OrderLine> lines;
      for (int n = from; n < until; ++n) {  // an order a day, of up to four lines
        bool any = false;
        std::vector<std::string> all;
        for (int i = 0; i < 4; ++i) all.push_back("d" + std::to_string(n) + "/" + std::to_string(i));
        for (const auto& key : all) {
          if (random() % 2 == 0) continue;
          lines.push_back(line(key, "d" + std::to_string(n), day(n - 20) + 1h));
          any = true;
        }
        for (const auto& key : all) {
          const bool reported = !lines.empty() && std::any_of(lines.begin(), lines.end(),
                                                              [&](const st::OrderLine& one) { return one.key == key; });
          if (reported) {
            alive[key] = true;
          } else if ((any || period) && alive.count(key) != 0) {
            alive[key] = false;
          }
        }
      }
      REQUIRE_FALSE(book.apply(lines, answer).held);
      std::map<std::string, bool> stored;
      for (const auto& [key, one] : book.stored()) stored[key] = one.status != OrderStatus::removed;
      INFO("round " << round << "; " << replay(seed));
      CHECK(stored == alive);
    }
  }
}
