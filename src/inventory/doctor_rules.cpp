// The rules that `stocktracker doctor` checks for the rows of every table.
#include "inventory/doctor_rules.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <span>
#include <string_view>

#include <stocktracker/inventory/position.hpp>

#include "ports/row_scope.hpp"
#include "sql/product_schema.hpp"
#include "sql/schema/walled.hpp"

namespace stocktracker::inline v0::inventory {
namespace {

// `sql` selects the name of each row that breaks the rule; `why` says what is wrong.
struct Rule {
  Plane plane;
  std::string sql;
  std::string why;
  bool computable = false;  // see RowsCheck
  bool of_tenants = false;  // of a walled table: $1 is one tenant
};

// An SQL expression for the name of a row that people know. `id` is a column of the row `t`.
std::string name_by(const std::string& id) {
  if (id == "account_id") return "'account ' || t.account_id";
  if (id == "tenant_id") return "'tenant ' || t.tenant_id";
  const std::string table = id == "offer_id" ? "offer" : id == "warehouse_id" ? "warehouse" : "source";
  if (id != "offer_id" && id != "warehouse_id" && id != "source_id") {
    return "'" + id + " ' || CAST(t." + id + " AS TEXT)";
  }
  const std::string key = table == "source" ? "name" : table + "_key";
  return "coalesce((SELECT '" + table + " ' || n." + key + " || ' of account ' || n.account_id FROM " + table +
         " n WHERE n." + id + " = t." + id + "), '" + table + " row ' || CAST(t." + id + " AS TEXT))";
}

std::string name_of(const TableKey& table) {
  std::string name = "'" + std::string(table.table) + "'";
  for (const std::string_view column : table.key) name += " || ', ' || " + name_by(std::string(column));
  return name;
}

bool is_walled(const TableKey& table) {
  return std::find(sql::kWalledTables.begin(), sql::kWalledTables.end(), table.table) != sql::kWalledTables.end();
}

constexpr std::string_view kMost = " ORDER BY 1 LIMIT 20";

void add_rules_of(const TableKey& table, std::deque<Rule>& rules) {
  const std::string from = "SELECT " + name_of(table) + " FROM " + std::string(table.table) + " t WHERE " +
                           (is_walled(table) ? "t.tenant_id = $1 AND " : "");
  for (const Column& column : table.columns) {
    const std::string name(column.name);
    std::string of(column.references);
    const std::string owner = table.plane == Plane::tenant ? "account" : "tenant";
    if (of.empty() && name == owner + "_id" && table.table != owner) of = owner;
    if (!of.empty()) {
      rules.push_back(
          {table.plane,
           from + "NOT EXISTS (SELECT 1 FROM " + of + " x WHERE x." + name + " = t." + name + ")" + std::string(kMost),
           "there is no such " + of});
    }
    if (column.lowest != INT64_MIN || column.highest != INT64_MAX) {
      rules.push_back({table.plane,
                       from + "t." + name + " < " + std::to_string(column.lowest) + " OR t." + name + " > " +
                           std::to_string(column.highest) + std::string(kMost),
                       name + " has no meaning"});
    }
  }
}

struct Contradiction {
  std::string_view table;
  std::string_view where;
  std::string_view why;
};

// PositionState: 0 known, 1 kept, 2 unknown. A warehouse that is no longer listed counts as applied without an answer,
// and still does if it is listed again and cannot be read. So a source that was applied by an answer is recognised by
// its digest; the list of warehouses (kind 3) has none. Currencies have three letters, otherwise Money cannot be read.
constexpr std::array kContradictions{
    Contradiction{"level", "t.on_hand < 0 OR t.reserved < 0 OR t.to_client < 0 OR t.from_client < 0",
                  "a quantity is negative"},
    Contradiction{"level", "t.state < 2 AND t.on_hand IS NULL", "it is known, and has no value"},
    Contradiction{"level",
                  "EXISTS (SELECT 1 FROM source s JOIN offer o ON o.offer_id = t.offer_id "
                  "JOIN warehouse w ON w.warehouse_id = t.warehouse_id WHERE s.source_id = t.source_id AND "
                  "(s.account_id <> o.account_id OR w.account_id <> o.account_id))",
                  "it mixes accounts"},
    Contradiction{"warehouse",
                  "EXISTS (SELECT 1 FROM source s WHERE s.source_id = t.source_id AND s.account_id <> t.account_id)",
                  "its source is another account's"},
    Contradiction{"ledger",
                  "EXISTS (SELECT 1 FROM offer o JOIN warehouse w ON w.warehouse_id = t.warehouse_id "
                  "WHERE o.offer_id = t.offer_id AND w.account_id <> o.account_id)",
                  "it mixes accounts"},
    Contradiction{"ledger", "t.run_no IS NOT NULL AND NOT EXISTS (SELECT 1 FROM run r WHERE r.run_no = t.run_no)",
                  "there is no such run"},
    Contradiction{"ledger", "t.before_qty < 0 OR t.after_qty < 0", "a quantity is negative"},
    Contradiction{"lease", "NOT EXISTS (SELECT 1 FROM run r WHERE r.run_id = t.holder AND r.account_id = t.account_id)",
                  "the run that holds it is not there"},
    Contradiction{"source", "t.disposition = 2 AND t.observed_at IS NULL AND (t.digest IS NOT NULL OR t.kind = 3)",
                  "it was applied, and never observed"},
    Contradiction{"order_line", "t.quantity < 1", "it orders nothing"},
    Contradiction{"order_line", "t.price_minor IS NOT NULL AND (t.currency IS NULL OR length(t.currency) <> 3)",
                  "its price has no currency"},
    Contradiction{"order_coverage", "t.from_at > t.until_at", "it ends before it begins"},
    Contradiction{"price", "length(t.currency) <> 3", "it has no currency"},
    Contradiction{"offer_link",
                  "NOT EXISTS (SELECT 1 FROM offer o WHERE o.account_id = t.account_id AND o.offer_key = t.offer_key)",
                  "there is no such offer"},
    Contradiction{"product_offer",
                  "EXISTS (SELECT 1 FROM offer o WHERE o.offer_id = t.offer_id AND o.account_id <> t.account_id)",
                  "it mixes accounts"},
    Contradiction{"offer_threshold",
                  "NOT EXISTS (SELECT 1 FROM offer o WHERE o.account_id = t.account_id AND o.offer_key = t.offer_key)",
                  "there is no such offer"},
    Contradiction{"offer_threshold", "t.low_stock < 0", "it is negative"},
};

static_assert(static_cast<int>(PositionState::unknown) == 2);

/// Made from the schema, so that future tables are checked as well. Static, because drivers identify statements by the
/// address of their text.
const std::deque<Rule>& rules() {
  static const std::deque<Rule> all = [] {
    std::deque<Rule> made;
    for (const TableKey& table : sql::product_schema().tables) {
      const std::size_t before = made.size();
      add_rules_of(table, made);
      for (const Contradiction& one : kContradictions) {
        if (one.table != table.table) continue;
        made.push_back({table.plane,
                        "SELECT " + name_of(table) + " FROM " + std::string(table.table) + " t WHERE " +
                            std::string(one.where) + std::string(kMost),
                        std::string(one.why)});
      }
      for (std::size_t n = before; n < made.size(); ++n) {
        made[n].computable = table.table == "product_offer";
        made[n].of_tenants = is_walled(table);
      }
    }
    return made;
  }();
  return all;
}

constexpr Statement kTenants{"check.tenants", "SELECT tenant_id FROM tenant ORDER BY tenant_id"};
constexpr Statement kOffer{"check.offer", "SELECT account_id, offer_key FROM offer WHERE offer_id = $1"};
constexpr Statement kWarehouse{"check.warehouse", "SELECT name, warehouse_key FROM warehouse WHERE warehouse_id = $1"};

Result<void> check_rule(Transaction& tx, const Rule& rule, std::span<const SqlValue> values, RowsCheck& check) {
  STK_TRY(auto rows, tx.query(Statement{"check.rows", rule.sql}, values));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) return success();
    check.faults.push_back(std::string(rows->text(0)) + ": " + rule.why);
    check.computable = check.computable || rule.computable;
  }
}

Result<std::vector<TenantId>> recorded_tenants(Transaction& control) {
  std::vector<TenantId> tenants;
  STK_TRY(auto rows, control.query(kTenants));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) return tenants;
    if (const auto tenant = TenantId::parse(rows->text(0))) tenants.push_back(tenant.value());
  }
}

}  // namespace

Result<RowsCheck> check_rows(Transaction& tx, Plane plane) {
  RowsCheck check;
  std::vector<TenantId> tenants;
  if (plane == Plane::control) {
    STK_TRY(tenants, recorded_tenants(tx));
  }
  for (const Rule& rule : rules()) {
    if (rule.plane != plane) continue;
    ++check.rules;
    if (!rule.of_tenants) {
      STK_TRY(check_rule(tx, rule, {}, check));
      continue;
    }
    for (const TenantId& tenant : tenants) {
      const std::string id = tenant.text();
      const SqlValue values[] = {id};
      STK_TRY(limit_rows(tx, tenant));
      STK_TRY(check_rule(tx, rule, values, check));
    }
  }
  return check;
}

Result<std::string> name_of_offer(Transaction& tx, std::int64_t offer) {
  STK_TRY(auto rows, tx.query(kOffer, {offer}));
  STK_TRY(const bool any, rows->next());
  if (!any) return "offer row " + std::to_string(offer);
  return "account " + std::string(rows->text(0)) + ", offer " + std::string(rows->text(1));
}

Result<std::string> name_of_warehouse(Transaction& tx, std::int64_t warehouse) {
  STK_TRY(auto rows, tx.query(kWarehouse, {warehouse}));
  STK_TRY(const bool any, rows->next());
  if (!any) return "warehouse row " + std::to_string(warehouse);
  return "warehouse " + std::string(rows->text(1)) + " (" + std::string(rows->text(0)) + ")";
}

}  // namespace stocktracker::inline v0::inventory
