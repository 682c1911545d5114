/// @file
/// The contract suite of the SQL seam. A driver is done when it passes.
#pragma once

#include <memory>

#include <stocktracker/ports/database.hpp>
#include <stocktracker/testing/check.hpp>

namespace stocktracker::inline v0::testing {

/// Makes fresh, empty storages with the given schema, each with the default tenant. `again` opens the same storage a
/// second time, as a new process would; a driver that cannot (a memory store) returns Errc::unsupported and those cases
/// are skipped.
class STK_API StorageFactory {
 public:
  StorageFactory() = default;
  StorageFactory(const StorageFactory&) = delete;
  StorageFactory& operator=(const StorageFactory&) = delete;
  virtual ~StorageFactory();

  [[nodiscard]] virtual Result<std::shared_ptr<Storage>> fresh(const Schema& schema) = 0;
  [[nodiscard]] virtual Result<std::shared_ptr<Storage>> again(const Schema& schema) = 0;
};

/// Runs every case, each on a storage of its own, the long ones last. The schema holds numbers, texts and bytes. Asked
/// for are values, conflicts and counts, also of thousands of rows in one call; transactions, savepoints and what a
/// failure leaves; waiting that ends with its call; concurrent readers and writers; tenants apart; histories.
STK_API void database_contract(StorageFactory& factory, Check& check);

}  // namespace stocktracker::inline v0::testing
