// The statements of a page of products descend an index; none reads a table completely.
#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/assembly/open.hpp>

#include "inventory/product_pages.hpp"
#include "tests/support/catch.hpp"

namespace st = stocktracker;
namespace inventory = stocktracker::inventory;

namespace {

std::string plan_of(const st::Statement& statement, const std::vector<st::SqlValue>& values) {
  const auto storage = st::make_sqlite_storage({.path = ":memory:", .schema = st::schema()}).value();
  const std::string sql = "EXPLAIN QUERY PLAN " + std::string(statement.sql);
  std::string plan;
  const auto read = [&](st::Transaction& tx) -> st::Result<void> {
    STK_TRY(auto rows, tx.query({"test.plan", sql}, std::span<const st::SqlValue>(values)));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return st::success();
      plan += std::string(rows->text(3)) + "\n";
    }
  };
  REQUIRE(storage->tenant({}).value()->transact({}, st::TransactMode::read, read));
  return plan;
}

}  // namespace

TEST_CASE("a page of products is found by an index, whatever the query filters by") {
  struct Case {
    const inventory::ProductStatements& statements;
    std::vector<st::SqlValue> values;
    std::string index;
  };
  const std::vector<st::SqlValue> filters{1, 100, 0, 3, "", "g", "mug"};
  const auto with = [](std::vector<st::SqlValue> values, std::initializer_list<st::SqlValue> more) {
    values.insert(values.end(), more);
    return values;
  };
  const std::vector<Case> cases{
      {inventory::kProducts, {1, 100}, "product_offer_order"},
      {inventory::kProductsMatched, {1, 100, 2}, "product_offer_matched"},
      {inventory::kProductsOfAccount, {1, 100, "a"}, "product_offer_of_account"},
      {inventory::kProductsFiltered, filters, "product_offer_order"},
      {inventory::kProductsOfArticle, with(filters, {"x"}), "offer_article"},
      {inventory::kProductsOfBarcode, with(filters, {"", "1"}), "offer_by_barcode"},
  };
  for (const Case& one : cases) {
    for (const st::Statement* statement : {&one.statements.offers, &one.statements.stock}) {
      const std::string plan = plan_of(*statement, one.values);
      CAPTURE(statement->name, plan);
      CHECK(plan.find(one.index) != std::string::npos);
      // The page itself, already cut, is all that is scanned.
      for (std::size_t at = plan.find("SCAN "); at != std::string::npos; at = plan.find("SCAN ", at + 1)) {
        CHECK(plan.compare(at, 6, "SCAN f") == 0);
      }
    }
  }
}
