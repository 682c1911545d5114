// The suite of the SQL interface: seeded changes, compared with a model.
#include <map>
#include <optional>

#include "testing/contracts/database_cases.hpp"

namespace stocktracker::inline v0::testing::contract {
namespace {

using namespace std::string_view_literals;

using Cell = std::optional<std::string>;
using Key = std::vector<std::int64_t>;
using Model = std::map<Key, std::vector<Cell>>;

/// Values that would be cut or misread if a driver wrote SQL, arrays or COPY incorrectly.
constexpr std::array kTexts{""sv,    "a"sv,    "\\"sv,      "\\N"sv,    "\\."sv,      "\t"sv,
                            "\n"sv,  "\r\n"sv, "a\\tb"sv,   "NULL"sv,   "{a,b}"sv,    "\"q\""sv,
                            "'s'"sv, "a,b"sv,  " before"sv, "after "sv, "Коледино"sv, "\xF0\x9D\x84\x9E"sv,
                            "$1"sv,  "%s"sv};

/// Near the sizes at which drivers change their way of writing.
constexpr std::array<std::size_t, 14> kSizes{1, 2, 0, 3, 1, 64, 65, 255, 999, 1'000, 1'001, 2'047, 5, 1'500};

class Dice {
 public:
  explicit Dice(std::uint64_t seed) noexcept : state_(seed) {}
  std::uint64_t below(std::uint64_t most) noexcept {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return (state_ >> 33) % most;
  }

 private:
  std::uint64_t state_;
};

struct Table {
  std::string_view name;
  std::array<std::string_view, 2> keys;  // the second may be empty
  std::array<std::string_view, 2> values;
  std::array<bool, 2> is_text;
  Statement all;
  [[nodiscard]] std::size_t key_columns() const noexcept { return keys[1].empty() ? 1 : 2; }
  [[nodiscard]] std::size_t value_columns() const noexcept { return values[1].empty() ? 1 : 2; }
};

constexpr Table kItems{"item",
                       {"id", ""},
                       {"name", "amount"},
                       {true, false},
                       {"item.all", "SELECT id, name, amount FROM item ORDER BY id"}};
constexpr Table kEntries{"entry",
                         {"id", "seq"},
                         {"note", ""},
                         {true, true},
                         {"entry.all", "SELECT id, seq, note FROM entry ORDER BY id, seq"}};

/// A column of a call, with the data that its SqlColumn is a view of.
struct Filled {
  std::string_view name;
  bool is_text = false;
  bool constant = false;
  std::vector<std::int64_t> integers{};
  std::vector<std::string_view> texts{};
  std::vector<std::uint8_t> nulls{};
  [[nodiscard]] SqlColumn column() const {
    if (constant) return SqlColumn::constant(name, SqlColumn(is_text ? varying_texts() : varying_integers()).at(0));
    return is_text ? varying_texts() : varying_integers();
  }
  [[nodiscard]] Cell cell(std::size_t row) const {
    const std::size_t at = constant ? 0 : row;
    if (nulls[at] != 0) return std::nullopt;
    return is_text ? std::string(texts[at]) : std::to_string(integers[at]);
  }

 private:
  [[nodiscard]] SqlColumn varying_texts() const { return SqlColumn::texts(name, texts, nulls); }
  [[nodiscard]] SqlColumn varying_integers() const { return SqlColumn::integers(name, integers, nulls); }
};

struct Call {
  OnConflict conflict{};
  std::size_t rows = 0;
  std::vector<Filled> keys{};
  std::vector<Filled> values{};
  std::vector<std::size_t> places{};  // of the values among the table's
  [[nodiscard]] Key key(std::size_t row) const {
    Key key;
    for (const Filled& column : keys) key.push_back(column.integers[column.constant ? 0 : row]);
    return key;
  }
  [[nodiscard]] Result<std::int64_t> write(Transaction& tx, std::string_view table) const {
    std::vector<SqlColumn> columns;
    for (const Filled& column : keys) columns.push_back(column.column());
    for (const Filled& column : values) columns.push_back(column.column());
    return tx.bulk_upsert(table, conflict, columns);
  }
};

Call throw_call(const Table& table, std::size_t rows, Dice& dice) {
  Call call;
  call.rows = rows;
  call.conflict = dice.below(2) == 0 ? OnConflict::update : OnConflict::ignore;
  const bool in_order = dice.below(3) == 0;
  for (std::size_t at = 0; at < table.key_columns(); ++at) {
    // In a large call the last key column never varies together with a constant one: its rows would be adjacent.
    Filled& key = call.keys.emplace_back(Filled{table.keys[at]});
    key.constant = at == 1 && dice.below(3) == 0;
    const std::size_t count = key.constant ? 1 : rows;
    for (std::size_t row = 0; row < count; ++row) {
      const auto any = static_cast<std::int64_t>(dice.below(at == 0 ? 3'000 : 4));
      key.integers.push_back(in_order && at == 0 ? static_cast<std::int64_t>(row * 2) : any);
    }
    key.nulls.assign(count, 0);
  }
  for (std::size_t at = 0; at < table.value_columns(); ++at) {
    if (dice.below(6) == 0) continue;  // left out: must not change
    call.places.push_back(at);
    Filled& value = call.values.emplace_back(Filled{table.values[at], table.is_text[at]});
    value.constant = dice.below(4) == 0;
    const std::size_t count = value.constant ? 1 : rows;
    for (std::size_t row = 0; row < count; ++row) {
      value.integers.push_back(static_cast<std::int64_t>((dice.below(1U << 31U) << 32U) ^ dice.below(1U << 31U)) *
                               (dice.below(2) == 0 ? 1 : -1));
      value.texts.push_back(kTexts[dice.below(kTexts.size())]);
      value.nulls.push_back(dice.below(5) == 0 ? 1 : 0);
    }
  }
  return call;
}

/// Number of inserted or changed rows; nothing if a key repeats, because a row may then count twice.
std::optional<std::int64_t> apply(const Call& call, const Table& table, Model& model) {
  std::int64_t changed = 0;
  bool repeats = false;
  Model seen;
  for (std::size_t row = 0; row < call.rows; ++row) {
    const Key key = call.key(row);
    repeats = !seen.emplace(key, std::vector<Cell>{}).second || repeats;
    const auto [place, fresh] = model.try_emplace(key, table.value_columns(), std::nullopt);
    if (!fresh && (call.conflict == OnConflict::ignore || call.values.empty())) continue;
    for (std::size_t at = 0; at < call.values.size(); ++at) place->second[call.places[at]] = call.values[at].cell(row);
    ++changed;
  }
  return repeats ? std::nullopt : std::optional(changed);
}

Result<Model> read_all(const Subject& s, const Table& table) {
  Model found;
  const auto body = [&](Transaction& tx) -> Result<void> {
    found.clear();
    STK_TRY(auto rows, tx.query(table.all));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      Key key;
      std::vector<Cell> cells;
      int column = 0;
      for (std::size_t at = 0; at < table.key_columns(); ++at) key.push_back(rows->integer(column++));
      for (std::size_t at = 0; at < table.value_columns(); ++at, ++column) {
        if (rows->is_null(column)) {
          cells.emplace_back();
        } else {
          cells.emplace_back(table.is_text[at] ? std::string(rows->text(column))
                                               : std::to_string(rows->integer(column)));
        }
      }
      found.insert_or_assign(std::move(key), std::move(cells));
    }
  };
  STK_TRY(s.read(body));
  return found;
}

std::string first_difference(const Model& found, const Model& expected) {
  const auto shown = [](const Cell& cell) { return cell ? "'" + *cell + "'" : std::string("null"); };
  for (const auto& [key, cells] : expected) {
    const auto row = found.find(key);
    if (row == found.end()) return "no row " + std::to_string(key.front());
    for (std::size_t at = 0; at < cells.size(); ++at) {
      if (row->second[at] == cells[at]) continue;
      return "row " + std::to_string(key.front()) + ": " + shown(row->second[at]) + " for " + shown(cells[at]);
    }
  }
  return found.size() == expected.size() ? "" : std::to_string(found.size() - expected.size()) + " rows too many";
}

/// All random numbers are drawn here: the same calls each time.
constexpr std::uint64_t kSeed = 20'261'126;

void model(const Subject& s, Check& check) {
  check.begin("many writes of all sizes leave what a simple model says");
  Dice dice(kSeed);
  for (const Table* table : {&kItems, &kEntries}) {
    Model expected;
    for (std::size_t step = 0; step < 3 * kSizes.size(); ++step) {
      const Call call = throw_call(*table, kSizes[step % kSizes.size()], dice);
      const auto changed = apply(call, *table, expected);
      const std::string at = std::string(table->name) + ", step " + std::to_string(step) + ": ";
      std::int64_t reported = -1;
      const auto body = [&](Transaction& tx) -> Result<void> {
        STK_TRY(reported, call.write(tx, table->name));
        return success();
      };
      const auto mode = step % 2 == 0 ? TransactMode::write : TransactMode::bulk;
      if (!check.expect_ok(s.tenant->transact({}, mode, body), at + "written")) return;
      check.expect(!changed || reported == *changed, at + std::to_string(reported) + " rows reported");
      const auto found = read_all(s, *table);
      if (!check.expect_ok(found, at + "read")) return;
      const std::string difference = first_difference(found.value(), expected);
      check.expect(difference.empty(), at + difference);
      if (!difference.empty()) return;
    }
    check.expect(expected.size() > 1'000, "rows were looked at");
  }
}

void conflicts(const Subject& s, Check& check) {
  check.begin("a row that may not be there refuses all rows of its call, wherever it stands");
  const std::vector<std::int64_t> old{50, 60};
  (void)check.expect_ok(s.write([&](Transaction& tx) -> Result<void> {
    const std::array columns{SqlColumn::integers("id", old), SqlColumn::constant("name", "old")};
    STK_TRY(tx.bulk_upsert("item", OnConflict::fail, columns));
    return success();
  }),
                        "written");
  for (const std::size_t rows : {std::size_t{1}, std::size_t{3}, std::size_t{1'200}}) {
    for (const bool at_the_end : {false, true}) {
      std::vector<std::int64_t> ids(rows);
      for (std::size_t i = 0; i < rows; ++i) ids[i] = static_cast<std::int64_t>(i) + 100;
      (at_the_end ? ids.back() : ids.front()) = 50;
      const std::array columns{SqlColumn::integers("id", ids), SqlColumn::constant("name", "new")};
      (void)check.expect_ok(s.write([&](Transaction& tx) -> Result<void> {
        expect_refused(
            tx, check, [&] { return tx.bulk_upsert("item", OnConflict::fail, columns); }, Errc::store_constraint,
            std::to_string(rows) + " rows with one that is there");
        return success();
      }),
                            "the rest of the body goes on");
      const auto count = s.count();
      check.expect(count && count.value() == 2, "none of them is there");
    }
  }
  // The same row twice in one call: the second one finds an existing row.
  const std::vector<std::int64_t> twice{70, 71, 70};
  const std::array columns{SqlColumn::integers("id", twice), SqlColumn::constant("name", "new")};
  const auto refused = s.write([&](Transaction& tx) -> Result<void> {
    STK_TRY(tx.bulk_upsert("item", OnConflict::fail, columns));
    return success();
  });
  check.expect_error(refused, Errc::store_constraint, "one key twice in a call");
  const auto count = s.count();
  check.expect(count && count.value() == 2, "nothing was added");
}

void counts(const Subject& s, Check& check) {
  check.begin("update and delete report how many rows they changed");
  static constexpr Statement kMark{"item.mark", "UPDATE item SET name = $2 WHERE amount >= $1"};
  static constexpr Statement kDrop{"item.drop", "DELETE FROM item WHERE amount >= $1"};
  (void)check.expect_ok(s.write([&](Transaction& tx) -> Result<void> {
    for (std::int64_t id = 1; id <= 5; ++id) {
      STK_TRY(put_item(tx, id, "x", id));
    }
    STK_TRY(const auto none, tx.execute(kMark, {6, "marked"}));
    STK_TRY(const auto three, tx.execute(kMark, {3, "marked"}));
    STK_TRY(const auto again, tx.execute(kMark, {3, "marked"}));
    STK_TRY(const auto two, tx.execute(kDrop, {4}));
    STK_TRY(const auto gone, tx.execute(kDrop, {4}));
    check.expect(none == 0 && three == 3 && again == 3 && two == 2 && gone == 0, "none, some, all");
    STK_TRY(auto marked, tx.query(kItem, {3}));
    STK_TRY(const bool there, marked->next());
    check.expect(there && marked->text(1) == "marked", "the body sees its own change");
    return success();
  }),
                        "written");
  const auto count = s.count();
  check.expect(count && count.value() == 3, "the rows that were not deleted are there");
}

void bytes(const Subject& s, Check& check) {
  check.begin("bytes of every value survive the way to the store and back");
  static constexpr Statement kData{"parcel.data", "SELECT data FROM parcel WHERE id = $1"};
  static constexpr Statement kReplace{"parcel.replace", "UPDATE parcel SET data = $2 WHERE id = $1"};
  std::string all;
  for (int round = 0; round < 2; ++round) {
    for (int byte = 255; byte >= 0; --byte) all += static_cast<char>(byte);
  }
  const auto put = [](Transaction& tx, std::int64_t id, SqlValue data) {
    return tx.upsert("parcel", OnConflict::update, {SqlColumn::constant("id", id), SqlColumn::constant("data", data)});
  };
  (void)check.expect_ok(s.write([&](Transaction& tx) -> Result<void> {
    STK_TRY(put(tx, 1, SqlValue::blob(all)));
    STK_TRY(put(tx, 2, SqlValue::blob("")));
    STK_TRY(put(tx, 3, SqlValue()));
    STK_TRY(put(tx, 4, SqlValue::blob("x")));
    STK_TRY(tx.execute(kReplace, {4, SqlValue::blob(all)}));
    return success();
  }),
                        "written");
  (void)check.expect_ok(s.read([&](Transaction& tx) -> Result<void> {
    for (const std::int64_t id : {1, 4}) {
      STK_TRY(auto rows, tx.query(kData, {id}));
      STK_TRY(const bool any, rows->next());
      check.expect(any && rows->text(0) == all, "all bytes, a zero among them");
    }
    STK_TRY(auto empty, tx.query(kData, {2}));
    STK_TRY(const bool any, empty->next());
    check.expect(any && !empty->is_null(0) && empty->text(0).empty(), "no bytes are not null");
    STK_TRY(auto none, tx.query(kData, {3}));
    STK_TRY(const bool there, none->next());
    check.expect(there && none->is_null(0), "null is null");
    return success();
  }),
                        "read");
}

void zeros(const Subject& s, Check& check) {
  check.begin("a text with a zero byte is stored completely or refused, in a call of one row or of many");
  const std::string zero("a\0b", 3);
  for (const std::size_t rows : {std::size_t{2}, std::size_t{1'200}}) {
    std::vector<std::int64_t> ids(rows);
    std::vector<std::string_view> names(rows, "plain");
    for (std::size_t i = 0; i < rows; ++i) ids[i] = static_cast<std::int64_t>(i);
    names.back() = zero;
    const std::array columns{SqlColumn::integers("id", ids), SqlColumn::texts("name", names)};
    const auto written = s.write([&](Transaction& tx) -> Result<void> {
      STK_TRY(tx.bulk_upsert("item", OnConflict::update, columns));
      return success();
    });
    if (!written) {
      check.expect_error(written, Errc::invalid_text, "refused");
      const auto count = s.count();
      check.expect(count && count.value() == 0, "with all of its call");
      continue;
    }
    (void)check.expect_ok(s.read([&](Transaction& tx) -> Result<void> {
      STK_TRY(auto row, tx.query(kItem, {ids.back()}));
      STK_TRY(const bool any, row->next());
      check.expect(any && row->text(1) == zero, "stored completely");
      return success();
    }),
                          "read");
  }
}

}  // namespace

void value_cases(StorageFactory& factory, Check& check) {
  using Case = void (*)(const Subject&, Check&);
  for (const Case one : {Case(counts), Case(bytes), Case(zeros), Case(conflicts)}) {
    Subject subject;
    if (prepare(factory, check, "a fresh storage to write in", subject)) one(subject, check);
  }
}

void model_case(StorageFactory& factory, Check& check) {
  Subject subject;
  if (prepare(factory, check, "a fresh storage for a model", subject)) model(subject, check);
}

}  // namespace stocktracker::inline v0::testing::contract
