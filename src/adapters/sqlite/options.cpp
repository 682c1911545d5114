// Validates the store's options.
#include <algorithm>
#include <string>

#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/core/problems.hpp>

namespace stocktracker::inline v0 {

Result<void> SqliteOptions::validate() const {
  Problems problems;
  problems.require(!path.empty() && path.find('\0') == std::string::npos, "path", "must name a file or be :memory:");
  problems.require(readers >= 1 && readers <= 64, "readers", "must be between 1 and 64");
  problems.require(cache_kib >= 64 && cache_kib <= 4'194'304, "cache_kib", "must be between 64 and 4194304");
  problems.require(busy_timeout >= Duration::zero(), "busy_timeout", "must not be negative");
  problems.require(group_window >= Duration::zero(), "group_window", "must not be negative");
  problems.require(!(read_only && path == ":memory:"), "read_only", "makes no sense for :memory:");
  for (const Plane plane : {Plane::control, Plane::tenant}) {
    int expected = 1;
    for (const Migration& migration : schema.migrations) {
      if (migration.plane != plane) continue;
      problems.require(migration.number == expected, "schema.migrations", "must be numbered 1, 2, ... in each plane");
      expected = migration.number + 1;
    }
  }
  for (const TableKey& table : schema.tables) {
    const auto same = std::count_if(schema.tables.begin(), schema.tables.end(),
                                    [&](const TableKey& other) { return other.table == table.table; });
    problems.require(same == 1, "schema.tables", "must name each table once, over both planes");
    problems.require(!table.key.empty(), "schema.tables", "must give each table a key");
  }
  return problems.result("SqliteOptions");
}

Result<void> ForeignFileOptions::validate() const {
  Problems problems;
  problems.require(!path.empty() && path.find('\0') == std::string::npos, "path", "must name a file");
  problems.require(!schema.migrations.empty() && !schema.tables.empty(), "schema", "must hold migrations and tables");
  problems.require(max_bytes >= 512, "max_bytes", "must be at least 512");
  problems.require(max_rows >= 1, "max_rows", "must be at least 1");
  return problems.result("ForeignFileOptions");
}

Result<void> SqliteFolderOptions::validate() const {
  Problems problems;
  problems.require(!path.empty() && path.find('\0') == std::string::npos, "path", "must name a folder");
  problems.require(path != ":memory:", "path", "must name a folder: tenants in memory have no file of their own");
  problems.require(open_tenants >= 1 && open_tenants <= 10'000, "open_tenants", "must be between 1 and 10000");
  SqliteOptions each;
  each.path = "tenant.db";
  each.schema = schema;
  each.readers = tenant_readers;
  each.cache_kib = tenant_cache_kib;
  each.busy_timeout = busy_timeout;
  if (auto good = each.validate(); !good) problems.add("tenants", good.error().message());
  return problems.result("SqliteFolderOptions");
}

}  // namespace stocktracker::inline v0
