// The suite of the SQL interface: upserts, one row or many at once.
#include <span>

#include "testing/contracts/database_cases.hpp"

namespace stocktracker::inline v0::testing::contract {
namespace {

Result<void> bulk_refusals(Transaction& tx, Check& check, std::span<const std::int64_t> ids,
                           std::span<const SqlColumn> columns) {
  const std::vector<std::int64_t> few{1, 2};
  const std::array uneven{SqlColumn::integers("id", ids), SqlColumn::integers("amount", few)};
  expect_refused(
      tx, check, [&] { return tx.bulk_upsert("item", OnConflict::update, uneven); }, Errc::store_sql, "uneven columns");
  const std::array keyless{SqlColumn::integers("amount", few)};
  expect_refused(
      tx, check, [&] { return tx.bulk_upsert("item", OnConflict::update, keyless); }, Errc::store_sql,
      "the key is missing");
  expect_refused(
      tx, check, [&] { return tx.bulk_upsert("nothing", OnConflict::update, columns); }, Errc::store_sql,
      "an unknown table");
  expect_refused(
      tx, check, [&] { return tx.bulk_upsert("office", OnConflict::update, columns); }, Errc::store_wrong_plane,
      "the other plane");
  return success();
}

Result<void> bulk_keys(Transaction& tx, Check& check) {
  const std::vector<std::int64_t> few{1, 2};
  const std::array pair{SqlColumn::integers("id", few), SqlColumn::constant("seq", 1),
                        SqlColumn::constant("note", "n")};
  STK_TRY(const auto entries, tx.bulk_upsert("entry", OnConflict::update, pair));
  check.expect(entries == 2, "a key of two columns");
  const std::vector<std::int64_t> twice{20'001, 20'002, 20'001};
  const std::vector<std::string_view> notes{"first", "other", "last"};
  const std::array repeated{SqlColumn::integers("id", twice), SqlColumn::texts("name", notes)};
  STK_TRY(tx.bulk_upsert("item", OnConflict::update, repeated));
  STK_TRY(auto updated, tx.query(kItem, {20'001}));
  STK_TRY(const bool there, updated->next());
  check.expect(there && updated->text(1) == "last", "of one key in one call the last counts");
  const std::vector<std::int64_t> fresh{20'003, 20'003};
  const std::array ignored{SqlColumn::integers("id", fresh),
                           SqlColumn::texts("name", std::span<const std::string_view>(notes).first(2))};
  STK_TRY(const auto first_only, tx.bulk_upsert("item", OnConflict::ignore, ignored));
  STK_TRY(auto kept, tx.query(kItem, {20'003}));
  STK_TRY(const bool kept_one, kept->next());
  check.expect(first_only == 1 && kept_one && kept->text(1) == "first", "or the first, when others are ignored");
  const std::vector<std::int64_t> none;
  const std::array empty{SqlColumn::integers("id", none), SqlColumn::constant("amount", 1)};
  STK_TRY(const auto nothing, tx.bulk_upsert("item", OnConflict::update, empty));
  check.expect(nothing == 0, "no rows");
  return success();
}

}  // namespace

void upserts(const Subject& s, Check& check) {
  check.begin("upsert: update, ignore, fail");
  (void)check.expect_ok(s.write([&](Transaction& tx) -> Result<void> {
    STK_TRY(const auto first, put_item(tx, 1, "one", 10));
    STK_TRY(const auto second, put_item(tx, 1, "uno", 11));
    STK_TRY(const auto ignored, put_item(tx, 1, "eins", 12, OnConflict::ignore));
    check.expect(first == 1 && second == 1 && ignored == 0, "rows changed");
    expect_refused(
        tx, check, [&] { return put_item(tx, 1, "ein", 13, OnConflict::fail); }, Errc::store_constraint, "fail");
    STK_TRY(auto rows, tx.query(kItem, {1}));
    STK_TRY(const bool any, rows->next());
    check.expect(any && rows->text(1) == "uno" && rows->integer(2) == 11, "the last update stands");
    return success();
  }),
                        "written");
}

void bulk(const Subject& s, Check& check) {
  check.begin("bulk upsert: columns, nulls, constants");
  constexpr std::size_t kRows = 10'000;
  std::vector<std::int64_t> ids(kRows);
  std::vector<std::uint8_t> nulls(kRows);
  std::vector<std::string> names(kRows);
  std::vector<std::string_view> views(kRows);
  for (std::size_t i = 0; i < kRows; ++i) {
    ids[i] = static_cast<std::int64_t>(i);
    nulls[i] = i % 3 == 0 ? 1 : 0;
    names[i] = "item " + std::to_string(i);
    views[i] = names[i];
  }
  (void)check.expect_ok(s.write([&](Transaction& tx) -> Result<void> {
    const std::array columns{SqlColumn::integers("id", ids), SqlColumn::texts("name", views, nulls),
                             SqlColumn::constant("amount", 5)};
    STK_TRY(const auto written, tx.bulk_upsert("item", OnConflict::fail, columns));
    check.expect(written == static_cast<std::int64_t>(kRows), "all rows count");
    STK_TRY(const auto again, tx.bulk_upsert("item", OnConflict::ignore, columns));
    check.expect(again == 0, "reported twice, they count once");
    STK_TRY(auto rows, tx.query(kItem, {3}));
    STK_TRY(const bool any, rows->next());
    check.expect(any && rows->is_null(1) && rows->integer(2) == 5, "null and constant");
    STK_TRY(bulk_refusals(tx, check, ids, columns));
    return bulk_keys(tx, check);
  }),
                        "written");
}

}  // namespace stocktracker::inline v0::testing::contract
