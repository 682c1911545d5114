/// @file
/// The contract suite of the SQL interface. A driver is complete when it passes.
#pragma once

#include <memory>

#include <stocktracker/ports/database.hpp>
#include <stocktracker/testing/check.hpp>

namespace stocktracker::inline v0::testing {

/// Creates fresh, empty storages with the given schema, each with the default tenant. `again` opens the same storage a
/// second time, as a new process would; a driver that cannot do this (a memory store) returns Errc::unsupported, and
/// those cases are skipped.
///
/// @code
/// class Memory final : public st::testing::StorageFactory {
///  public:
///   st::Result<std::shared_ptr<st::Storage>> fresh(const st::Schema& schema) override {
///     return st::make_sqlite_storage({.path = ":memory:", .schema = schema});
///   }
///   st::Result<std::shared_ptr<st::Storage>> again(const st::Schema&) override { return st::Errc::unsupported; }
/// };  // then: database_contract(factory, check)
/// @endcode
class STK_API StorageFactory {
 public:
  StorageFactory() = default;
  StorageFactory(const StorageFactory&) = delete;
  StorageFactory& operator=(const StorageFactory&) = delete;
  virtual ~StorageFactory();

  [[nodiscard]] virtual Result<std::shared_ptr<Storage>> fresh(const Schema& schema) = 0;
  [[nodiscard]] virtual Result<std::shared_ptr<Storage>> again(const Schema& schema) = 0;
};

/// Runs every case, each on its own storage, the long ones last. The schema contains numbers, texts and bytes. Checked
/// are: values, conflicts and counts, also of thousands of rows in one call; transactions, savepoints and the state
/// after a failure; waits that end with their call; concurrent readers and writers; separation of tenants; histories of
/// migrations.
STK_API void database_contract(StorageFactory& factory, Check& check);

}  // namespace stocktracker::inline v0::testing
