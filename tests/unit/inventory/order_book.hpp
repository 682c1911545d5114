// An account's order lines, and the answers that it gets.
#pragma once

#include <map>

#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/assembly/open.hpp>

#include "inventory/order_apply.hpp"
#include "inventory/order_coverage.hpp"
#include "tests/support/catch.hpp"

namespace order_book {

namespace st = stocktracker;
namespace inventory = stocktracker::inventory;
using namespace std::chrono_literals;
using st::OrderStatus;

inline st::Instant day(int n) { return st::Instant::from_seconds(1'795'300'000) + n * 24h; }

inline st::OrderLine line(const std::string& key, const std::string& order, st::Instant ordered,
                          OrderStatus status = OrderStatus::placed, std::optional<st::Instant> changed = {}) {
  st::OrderLine made;
  made.key = key;
  made.order = order;
  made.offer = "a";
  made.status = status;
  made.status_text = to_string(status);
  made.ordered_at = ordered;
  made.changed_at = changed.value_or(ordered);
  return made;
}

inline constexpr st::Statement kLines{"test.lines",
                                      "SELECT line_key, status, status_text, changed_at, ordered_at FROM order_line"};

struct Stored {
  OrderStatus status{};
  std::string text;
  st::Instant changed;
  st::Instant ordered;
};

// An account's orders, and the answers that it gets.
struct Book {
  inventory::OrderApplied apply(const std::vector<st::OrderLine>& lines, inventory::OrderAnswer answer) {
    answer.account = account;
    answer.lines = &lines;
    if (answer.recorded_at == st::Instant()) answer.recorded_at = now;
    inventory::OrderApplied applied;
    in_transaction([&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(applied, inventory::apply_orders(tx, answer));
      return st::success();
    });
    return applied;
  }
  std::map<std::string, Stored> stored() {
    std::map<std::string, Stored> all;
    in_transaction([&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(auto rows, tx.query(kLines));
      while (true) {
        STK_TRY(const bool more, rows->next());
        if (!more) return st::success();
        all[std::string(rows->text(0))] = {static_cast<OrderStatus>(rows->integer(1)), std::string(rows->text(2)),
                                           st::Instant::from_micros(rows->integer(3)),
                                           st::Instant::from_micros(rows->integer(4))};
      }
    });
    return all;
  }
  OrderStatus status(const std::string& key) { return stored().at(key).status; }
  std::optional<st::OrderCoverage> coverage() {
    std::optional<st::OrderCoverage> found;
    in_transaction([&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(found, inventory::read_coverage(tx, account));
      return st::success();
    });
    return found;
  }
  template <class Body>
  void in_transaction(const Body& body) {
    REQUIRE(storage->tenant({}).value()->transact({}, st::TransactMode::write, body));
  }

  std::shared_ptr<st::Storage> storage = st::make_sqlite_storage({.path = ":memory:", .schema = st::schema()}).value();
  st::AccountId account = st::AccountId::parse("01a20a90-0000-7000-8000-00000000000a").value();
  st::Instant now = day(0);
};

inline inventory::OrderAnswer covering(st::Instant from, st::Instant until) {
  inventory::OrderAnswer answer;
  answer.coverage = st::OrderCoverage{from, until};
  return answer;
}

inline inventory::OrderAnswer complete_orders(st::Instant from, st::Instant until) {
  auto answer = covering(from, until);
  answer.complete_orders = true;
  return answer;
}

inline inventory::OrderAnswer by_period(st::Instant from, st::Instant until) {
  auto answer = covering(from, until);
  answer.by_period = true;
  return answer;
}

inline std::vector<st::OrderLine> many(int from, int until, st::Instant ordered) {
  std::vector<st::OrderLine> lines;
  for (int n = from; n < until; ++n)
    lines.push_back(line("k" + std::to_string(n), "o" + std::to_string(n / 2), ordered));
  return lines;
}

}  // namespace order_book
