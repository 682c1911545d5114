// The schema that drivers and copies read. The compiler makes it from the descriptions in schema/.
#include "sql/product_schema.hpp"

#include <array>
#include <utility>

#include "sql/schema/dialects.hpp"
#include "sql/schema/migrations.hpp"

namespace stocktracker::inline v0::sql {
namespace {

static_assert((check_plans(kMigrationPlans), true));

constexpr auto kDescribed = tables_of<count_tables(kMigrationPlans)>(kMigrationPlans);

constexpr std::size_t write_sql(const MigrationPlan& plan, Dialect dialect, char* to) {
  SqlWriter writer(dialect, to);
  writer.write(plan);
  return writer.size();
}

template <std::size_t I, Dialect dialect>
constexpr auto make_sql() {
  std::array<char, write_sql(kMigrationPlans[I], dialect, nullptr)> bytes{};
  write_sql(kMigrationPlans[I], dialect, bytes.data());
  return bytes;
}
template <std::size_t I, Dialect dialect>
constexpr auto kSql = make_sql<I, dialect>();

template <std::size_t I>
constexpr Migration make_migration() {
  const MigrationPlan& plan = kMigrationPlans[I];
  constexpr auto& kSqlite = kSql<I, Dialect::sqlite>;
  constexpr auto& kPostgres = kSql<I, Dialect::postgres>;
  return {plan.plane, plan.number, plan.name, {kSqlite.data(), kSqlite.size()}, {kPostgres.data(), kPostgres.size()}};
}

template <std::size_t I>
constexpr auto make_columns() {
  std::array<Column, kDescribed[I]->columns.size()> columns{};
  for (std::size_t i = 0; i < columns.size(); ++i) columns[i] = kDescribed[I]->columns[i].column;
  return columns;
}
template <std::size_t I>
constexpr auto kColumns = make_columns<I>();

constexpr const Names& key_of(const Table& table) { return table.upsert_key.empty() ? table.key : table.upsert_key; }

template <std::size_t I>
constexpr auto make_key() {
  std::array<std::string_view, key_of(*kDescribed[I]).size()> key{};
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = key_of(*kDescribed[I])[i];
  return key;
}
template <std::size_t I>
constexpr auto kKey = make_key<I>();

template <std::size_t... I>
constexpr auto make_migrations(std::index_sequence<I...>) {
  return std::array{make_migration<I>()...};
}
constexpr auto kMigrations = make_migrations(std::make_index_sequence<kMigrationPlans.size()>());

template <std::size_t... I>
constexpr auto make_tables(std::index_sequence<I...>) {
  return std::array{TableKey{kDescribed[I]->plane, kDescribed[I]->name, kKey<I>, kColumns<I>}...};
}
constexpr auto kTables = make_tables(std::make_index_sequence<kDescribed.size()>());

constexpr std::size_t count_from(Travels least) {
  std::size_t count = 0;
  for (const Table* const table : kDescribed) count += table->travels >= least ? 1 : 0;
  return count;
}
template <Travels least>
constexpr auto make_names() {
  std::array<std::string_view, count_from(least)> names{};
  std::size_t count = 0;
  for (const Table* const table : kDescribed) {
    if (table->travels >= least) names[count++] = table->name;
  }
  return names;
}
constexpr auto kNotExported = make_names<Travels::within_installation>();
constexpr auto kNotRestored = make_names<Travels::nowhere>();

}  // namespace

Schema product_schema() noexcept { return {kMigrations, kTables}; }

std::span<const std::string_view> tables_not_exported() noexcept { return kNotExported; }

std::span<const std::string_view> tables_not_restored() noexcept { return kNotRestored; }

}  // namespace stocktracker::inline v0::sql
