// What the tables themselves refuse: the last wall where two processes write at one moment.
#include <set>

#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/assembly/open.hpp>

#include "tests/support/catch.hpp"

namespace st = stocktracker;

namespace {

using Values = std::vector<std::pair<std::string_view, st::SqlValue>>;

struct Store {
  st::Result<void> put(st::Plane plane, std::string_view table, const Values& base, const Values& changes = {}) {
    std::vector<st::SqlColumn> columns;
    for (const auto& given : base) {
      const auto changed =
          std::find_if(changes.begin(), changes.end(), [&](const auto& change) { return change.first == given.first; });
      columns.push_back(
          st::SqlColumn::constant(given.first, changed == changes.end() ? given.second : changed->second));
    }
    const auto write = [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(tx.bulk_upsert(table, st::OnConflict::fail, columns));
      return st::success();
    };
    if (plane == st::Plane::control) return storage->control().transact({}, st::TransactMode::write, write);
    return storage->tenant({}).value()->transact({}, st::TransactMode::write, write);
  }
  std::shared_ptr<st::Storage> storage = st::make_sqlite_storage({.path = ":memory:", .schema = st::schema()}).value();
};

const Values kTenant{{"tenant_id", "t1"}, {"name", "anna"}, {"state", "active"}, {"created_at", 1}, {"reason", ""}};
const Values kAccount{{"account_id", "a1"}, {"channel", "c"},    {"seller_key", "s"},     {"seller_name", "n"},
                      {"label", "l"},       {"connected_at", 1}, {"credential_stamp", ""}};
const Values kSource{{"source_id", 1}, {"account_id", "a1"}, {"name", "fbo"},
                     {"kind", 0},      {"state", 1},         {"disposition", 2}};
const Values kWarehouse{{"warehouse_id", 1},    {"account_id", "a1"}, {"source_id", 1}, {"kind", 0},
                        {"warehouse_key", "w"}, {"name", "n"},        {"region", ""}};
const Values kOffer{{"offer_id", 1}, {"account_id", "a1"}, {"offer_key", "k"}, {"listing", ""}, {"article", ""},
                    {"title", ""},   {"brand", ""},        {"size", ""},       {"state", 0},    {"content_hash", 1}};
const Values kLevel{{"source_id", 1}, {"offer_id", 1}, {"warehouse_id", 1}, {"on_hand", 0}, {"state", 0}, {"seq", 1}};
const Values kEntry{{"offer_id", 1}, {"warehouse_id", 1}, {"observed_at", 1}, {"seq", 1},
                    {"kind", 1},     {"after_qty", 5},    {"recorded_at", 1}};
const Values kRun{{"run_no", 1},  {"run_id", "r1"},  {"account_id", "a1"}, {"state", 1},
                  {"dry_run", 0}, {"started_at", 1}, {"requests", 0},      {"actor", ""}};
const Values kLine{{"account_id", "a1"}, {"line_key", "k"},     {"order_key", ""},      {"offer_key", ""},
                   {"listing", ""},      {"article", ""},       {"status", 1},          {"status_text", ""},
                   {"kind", 0},          {"warehouse_key", ""}, {"warehouse_name", ""}, {"quantity", 1},
                   {"ordered_at", 1},    {"changed_at", 1},     {"recorded_at", 1}};
const Values kThreshold{{"account_id", "a1"}, {"offer_key", "k"}, {"low_stock", 0}};

}  // namespace

TEST_CASE("what is unique is refused twice by the table, and what no row may hold is refused at once") {
  struct Rule {
    st::Plane plane;
    std::string_view table;
    const Values& base;
    Values refused;  // another row beside the base
    Values taken;    // likewise
  };
  const auto control = st::Plane::control;
  const auto tenant = st::Plane::tenant;
  const std::vector<Rule> rules{
      {control, "tenant", kTenant, {{"tenant_id", "t2"}}, {{"tenant_id", "t2"}, {"name", "boris"}}},
      {tenant,
       "account",
       kAccount,
       {{"account_id", "a2"}, {"seller_key", "t"}},
       {{"account_id", "a2"}, {"seller_key", "t"}, {"label", "m"}}},
      {tenant,
       "account",
       kAccount,
       {{"account_id", "a2"}, {"label", "m"}},
       {{"account_id", "a2"}, {"label", "m"}, {"channel", "d"}}},
      {tenant, "source", kSource, {{"source_id", 2}}, {{"source_id", 2}, {"account_id", "a2"}}},
      {tenant, "warehouse", kWarehouse, {{"warehouse_id", 2}}, {{"warehouse_id", 2}, {"kind", 1}}},
      {tenant, "offer", kOffer, {{"offer_id", 2}}, {{"offer_id", 2}, {"account_id", "a2"}}},
      {tenant, "ledger", kEntry, {{"observed_at", 2}}, {{"observed_at", 2}, {"seq", 2}}},
      {tenant, "run", kRun, {{"run_no", 2}}, {{"run_no", 2}, {"run_id", "r2"}}},
      {tenant, "level", kLevel, {{"warehouse_id", 2}, {"on_hand", -1}}, {{"warehouse_id", 2}}},
      {tenant, "order_line", kLine, {{"line_key", "l"}, {"quantity", 0}}, {{"line_key", "l"}}},
      {tenant, "offer_threshold", kThreshold, {{"offer_key", "l"}, {"low_stock", -1}}, {{"offer_key", "l"}}}};
  for (const Rule& rule : rules) {
    INFO(rule.table << ", rule " << &rule - rules.data());
    Store store;
    REQUIRE(store.put(rule.plane, rule.table, rule.base));
    const auto refused = store.put(rule.plane, rule.table, rule.base, rule.refused);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().errc() == st::Errc::store_constraint);
    CHECK(store.put(rule.plane, rule.table, rule.base, rule.taken));
  }
}

// Files from outside are held against these bounds: a number beyond them could not be counted up any more, and a row
// that points nowhere would be in no sum.
TEST_CASE("every number that the store counts up has its bounds, and every row of another table is named as such") {
  const std::set<std::string_view> counted{"source_id", "offer_id", "warehouse_id", "seq", "position"};
  int bounded = 0;
  int named = 0;
  for (const st::TableKey& table : st::schema().tables) {
    for (const st::Column& column : table.columns) {
      INFO(table.table << "." << column.name);
      const bool own_run = column.name == "run_no" && table.table != "ledger";  // there it may be absent
      if (column.type != st::Column::Type::integer || (!counted.contains(column.name) && !own_run)) continue;
      ++bounded;
      CHECK(column.lowest == 0);
      CHECK(column.highest == std::int64_t{1} << 53);
      const std::string_view of = column.name == "source_id"      ? "source"
                                  : column.name == "offer_id"     ? "offer"
                                  : column.name == "warehouse_id" ? "warehouse"
                                  : column.name == "run_no"       ? "run"
                                                                  : "";
      if (of.empty() || of == table.table) continue;
      ++named;
      CHECK(column.references == of);
    }
  }
  CHECK(bounded == 16);
  CHECK(named == 9);
}
