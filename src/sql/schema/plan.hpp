/// What a migration does, and the rules for descriptions of tables and migrations, which the compiler checks.
#pragma once

#include <span>
#include <stdexcept>

#include "sql/schema/table.hpp"

namespace stocktracker::inline v0::sql {

/// A step of a migration. A table: creates it, or adds the columns and indexes that its description assigns to this
/// migration. Or SQL. `is_sql` rather than a test for null: with -fsanitize=undefined GCC does not accept such a test
/// of an inline variable's address as a constant.
struct Step {
  const Table* table = nullptr;
  bool is_sql = false;
  std::string_view sqlite{};
  std::string_view postgres{};

  constexpr Step() = default;
  constexpr Step(const Table& described) : table(&described) {}
  constexpr Step(std::string_view of_sqlite, std::string_view of_postgres)
      : is_sql(true), sqlite(of_sqlite), postgres(of_postgres) {}
};

struct MigrationPlan {
  Plane plane = Plane::tenant;
  int number = 0;
  std::string_view name;
  List<Step, 16> steps;
};

[[nodiscard]] constexpr bool creates(const MigrationPlan& plan, const Step& step) {
  return !step.is_sql && step.table->since == plan.number;
}

/// For the compiler: if a rule does not hold, the error is at the line of its text.
constexpr void require_rule(bool holds, const char* rule) {
  if (!holds) throw std::logic_error(rule);
}

/// PostgreSQL cuts longer names. The name of a partition is the table's name, _ and a number.
inline constexpr std::size_t kLongestName = 55;

/// Names are not quoted, and PostgreSQL changes capital letters in such names to small ones.
constexpr void check_name(std::string_view name) {
  for (const char c : name) {
    require_rule((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_',
                 "a name is of small letters, digits and _");
  }
  require_rule(name.size() <= kLongestName, "a name is as long as PostgreSQL keeps it");
}

constexpr void check_names(const Table& table, const Names& names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    require_rule(place_of(table, names[i]) < table.columns.size(), "a key or an index names columns of its table");
    for (std::size_t other = 0; other < i; ++other) {
      require_rule(names[other] != names[i], "a key or an index names each column once");
    }
  }
}

[[nodiscard]] constexpr bool are_same(const Names& a, const Names& b) {
  if (a.size() != b.size()) return false;
  for (const std::string_view name : a) {
    bool is_there = false;
    for (const std::string_view other : b) is_there = is_there || other == name;
    if (!is_there) return false;
  }
  return true;
}

/// ON CONFLICT must name a key of the table. NULL never conflicts with another value.
constexpr void check_upsert_key(const Table& table) {
  if (table.upsert_key.empty()) return;
  bool is_unique = are_same(table.upsert_key, table.key);
  for (const Names& unique : table.unique) is_unique = is_unique || are_same(table.upsert_key, unique);
  for (const Index& index : table.indexes) {
    is_unique = is_unique || (index.unique && are_same(table.upsert_key, index.columns));
  }
  require_rule(is_unique, "an upsert's key is a key of its table");
  for (const std::string_view name : table.upsert_key) {
    require_rule(!table.columns[place_of(table, name)].nullable, "an upsert's key has no column that may be null");
  }
}

constexpr void check_table(const Table& table) {
  require_rule(!table.name.empty() && !table.columns.empty(), "a table has a name and columns");
  require_rule(!table.key.empty(), "a table has a key");
  require_rule(table.plane == Plane::tenant || table.travels == Travels::everywhere,
               "only tables of tenants stay behind in copies");
  require_rule(!table.walled || (table.plane == Plane::control && table.key[0] == "tenant_id" &&
                                 place_of(table, "user_id") < table.columns.size()),
               "a walled table of the control plane has a key that begins with tenant_id, and has user_id");
  check_names(table, table.key);
  check_names(table, table.upsert_key);
  check_upsert_key(table);
  check_name(table.name);
  for (const std::string_view name : table.key) {
    const TableColumn& column = table.columns[place_of(table, name)];
    require_rule(!column.nullable && column.since == 0, "a key's columns are not null, and came with the table");
  }
  for (const Names& unique : table.unique) {
    check_names(table, unique);
    for (const std::string_view name : unique) {
      require_rule(table.columns[place_of(table, name)].since == 0,
                   "what is unique from the beginning came with the table");
    }
  }
  int last = 0;
  for (const TableColumn& column : table.columns) {
    require_rule(&table.columns[place_of(table, column.column.name)] == &column, "a table names each column once");
    check_name(column.column.name);
    require_rule(column.since >= last, "columns stand in the order in which migrations add them");
    require_rule(column.since == 0 || column.since > table.since, "a column is added after its table was created");
    require_rule(column.since == 0 || column.nullable || !column.fallback.empty(),
                 "a column that is added may be null, or has a value for the rows that are there");
    require_rule(table.plane == Plane::control || column.column.name != "tenant_id",
                 "tenant_id is PostgreSQL's own in the tenant plane");
    last = column.since;
  }
  for (const Index& index : table.indexes) {
    check_name(index.name);
    require_rule(!index.columns.empty(), "an index has columns");
    check_names(table, index.columns);
    const int since = index.since == 0 ? table.since : index.since;
    require_rule(index.since == 0 || index.since > table.since, "an index is added after its table was created");
    for (const std::string_view name : index.columns) {
      require_rule(table.columns[place_of(table, name)].since <= since, "an index is not older than its columns");
    }
  }
}

/// True if the migration creates the table or a part of it.
[[nodiscard]] constexpr bool changes(const Table& table, int number) {
  if (table.since == number) return true;
  for (const TableColumn& column : table.columns) {
    if (column.since == number) return true;
  }
  for (const Index& index : table.indexes) {
    if (index.since == number) return true;
  }
  return false;
}

[[nodiscard]] constexpr int steps_of(std::span<const MigrationPlan> plans, const Table& table, int number) {
  int steps = 0;
  for (const MigrationPlan& plan : plans) {
    if (plan.plane != table.plane || plan.number != number) continue;
    for (const Step& step : plan.steps) steps += !step.is_sql && step.table->name == table.name ? 1 : 0;
  }
  return steps;
}

/// How many tables of that name are created, of both planes together.
[[nodiscard]] constexpr int tables_of(std::span<const MigrationPlan> plans, std::string_view name) {
  int tables = 0;
  for (const MigrationPlan& plan : plans) {
    for (const Step& step : plan.steps) tables += creates(plan, step) && step.table->name == name ? 1 : 0;
  }
  return tables;
}

[[nodiscard]] constexpr bool is_referable(std::span<const MigrationPlan> plans, Plane plane, const Column& column) {
  for (const MigrationPlan& plan : plans) {
    if (plan.plane != plane) continue;
    for (const Step& step : plan.steps) {
      if (!creates(plan, step) || step.table->name != column.references) continue;
      return step.table->key.size() == 1 && step.table->key[0] == column.name;
    }
  }
  return false;
}

/// Copies and the doctor look up a reference in this table, in the column of the same name.
constexpr void check_references(std::span<const MigrationPlan> plans, const Table& table) {
  for (const TableColumn& column : table.columns) {
    if (column.column.references.empty()) continue;
    require_rule(is_referable(plans, table.plane, column.column),
                 "a reference names a table of its plane with a key of the same name");
  }
}

constexpr void check_plans(std::span<const MigrationPlan> plans) {
  int next[] = {1, 1};
  for (const MigrationPlan& plan : plans) {
    require_rule(plan.number == next[static_cast<int>(plan.plane)]++, "a plane's migrations are 1, 2, 3 and so on");
    for (const Step& step : plan.steps) {
      if (step.is_sql) {
        require_rule(step.sqlite.ends_with(';') && step.postgres.ends_with(';'),
                     "SQL is in both dialects, up to its ;");
        continue;
      }
      require_rule(step.table->plane == plan.plane, "a migration changes tables of its own plane");
      require_rule(changes(*step.table, plan.number), "a migration names only tables of which something is added then");
      require_rule(steps_of(plans, *step.table, step.table->since) == 1,
                   "a table is created by the migration that its description names");
    }
  }
  for (const MigrationPlan& plan : plans) {
    for (const Step& step : plan.steps) {
      if (!creates(plan, step)) continue;
      const Table& table = *step.table;
      check_table(table);
      require_rule(tables_of(plans, table.name) == 1, "a table has a name of its own: a file has both planes");
      check_references(plans, table);
      int last = next[static_cast<int>(plan.plane)] - 1;
      for (const TableColumn& column : table.columns) {
        require_rule(column.since <= last, "a column is added by a migration that is there");
      }
      for (const Index& index : table.indexes) {
        require_rule(index.since <= last, "an index is added by a migration that is there");
      }
      for (; last > 0; --last) {
        require_rule(steps_of(plans, table, last) == (changes(table, last) ? 1 : 0),
                     "a migration names each table once of which something is added then");
      }
    }
  }
}

[[nodiscard]] constexpr std::size_t count_tables(std::span<const MigrationPlan> plans) {
  std::size_t count = 0;
  for (const MigrationPlan& plan : plans) {
    for (const Step& step : plan.steps) count += creates(plan, step) ? 1 : 0;
  }
  return count;
}

/// Every table, in the order of creation. `Count` is what `count_tables` returns.
template <std::size_t Count>
[[nodiscard]] constexpr std::array<const Table*, Count> tables_of(std::span<const MigrationPlan> plans) {
  std::array<const Table*, Count> tables{};
  std::size_t count = 0;
  for (const MigrationPlan& plan : plans) {
    for (const Step& step : plan.steps) {
      if (creates(plan, step)) tables[count++] = step.table;
    }
  }
  return tables;
}

}  // namespace stocktracker::inline v0::sql
