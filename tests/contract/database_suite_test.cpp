// The database suite itself: a storage that keeps the contract, and the same with one promise broken, each of which the
// suite must find in the case that is about it.
#include <stdlib.h>

#include <filesystem>
#include <span>

#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/testing/database_contract.hpp>

#include "tests/contract/faulty_storage.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;
using faulty::Broken;

namespace {

// Keeps the first thing that was found.
class First final : public st::testing::Check {
 public:
  void begin(std::string_view name) override { case_ = name; }
  void expect(bool holds, std::string_view what) override {
    if (holds || found_) return;
    found_ = true;
    where_ = case_;
    what_ = what;
  }
  [[nodiscard]] bool found() const noexcept { return found_; }
  [[nodiscard]] const std::string& where() const noexcept { return where_; }
  [[nodiscard]] const std::string& what() const noexcept { return what_; }

 private:
  bool found_ = false;
  std::string case_;
  std::string where_;
  std::string what_;
};

// A fault, and the beginning of the name of the case that must find it.
struct Fault {
  const char* name;
  Broken broken = Broken::nothing;
  st::Errc code = st::Errc::internal;
  const char* found_by = "";
  // Whether it shows in one connection to a store in memory, which is quicker.
  [[nodiscard]] bool in_memory() const noexcept {
    if (broken == Broken::nothing && code == st::Errc::internal) return false;
    return broken < Broken::each_query_sees_another_moment && code != st::Errc::tenant_unset &&
           code != st::Errc::store_migration && code != st::Errc::store_newer;
  }
};

// In memory where there is such a file system: hundreds of stores are made, and none has to outlive the test.
std::filesystem::path quick_place() {
  return std::filesystem::is_directory("/dev/shm") ? "/dev/shm" : std::filesystem::temp_directory_path();
}

class Stores final : public st::testing::StorageFactory {
 public:
  Stores(const Fault& fault, const First& first) : fault_(fault), first_(first) {}
  st::Result<std::shared_ptr<st::Storage>> fresh(const st::Schema& schema) override {
    if (first_.found()) return st::Errc::cancelled;  // no case is run for what has been found
    if (fault_.in_memory()) {
      STK_TRY(auto memory, st::make_sqlite_storage({.path = ":memory:", .schema = schema}));
      return wrapped(std::move(memory));
    }
    path_ = folder_.file(std::to_string(++number_));
    STK_TRY(auto inner, opened(schema));
    STK_TRY(inner->create_tenant(st::kDefaultTenant, {}));
    first_schema_ = schema;
    return wrapped(std::move(inner));
  }
  st::Result<std::shared_ptr<st::Storage>> again(const st::Schema& schema) override {
    if (fault_.in_memory()) return st::Errc::unsupported;
    if (fault_.broken == Broken::forgets_all) return fresh(schema);
    const bool longer = schema.migrations.size() > first_schema_.migrations.size();
    auto inner = opened(fault_.broken == Broken::migration_is_left_out && longer ? first_schema_ : schema);
    if (longer) longer_schema_ = schema;
    if (!inner && inner.error().errc() == st::Errc::store_migration && fault_.broken == Broken::altered_history) {
      inner = opened(first_schema_);
    }
    if (!inner && inner.error().errc() == st::Errc::store_newer && fault_.broken == Broken::newer_store) {
      inner = opened(longer_schema_);
    }
    if (!inner && inner.error().errc() == fault_.code) return st::Errc::internal;
    STK_TRY(auto storage, std::move(inner));
    return wrapped(std::move(storage));
  }

 private:
  [[nodiscard]] st::Result<std::shared_ptr<st::Storage>> opened(const st::Schema& schema) const {
    STK_TRY(auto storage, st::make_sqlite_folder({.path = path_, .schema = schema}));
    const auto there = storage->tenant(st::kDefaultTenant);  // its file has a history of its own
    if (!there && there.error().errc() != st::Errc::not_found) return there.error();
    return storage;
  }
  [[nodiscard]] std::shared_ptr<st::Storage> wrapped(std::shared_ptr<st::Storage> inner) const {
    auto shared = std::make_shared<faulty::Shared>();
    shared->broken = fault_.broken;
    shared->code = fault_.code;
    shared->inner = std::move(inner);
    return std::make_shared<faulty::FaultyStorage>(std::move(shared));
  }

  const Fault& fault_;
  const First& first_;
  TempFolder folder_{quick_place()};
  std::string path_;
  int number_ = 0;
  st::Schema first_schema_{};
  st::Schema longer_schema_{};
};

constexpr Fault kOfValues[]{
    {"null is empty", Broken::null_is_empty, st::Errc::internal, "values survive"},
    {"empty is null", Broken::empty_is_null, st::Errc::internal, "values survive"},
    {"number is cut to 32 bits", Broken::number_is_cut_to_32_bits, st::Errc::internal, "values survive"},
    {"text is cut at zero", Broken::text_is_cut_at_zero, st::Errc::internal, "values survive"},
    {"bytes are cut at zero", Broken::bytes_are_cut_at_zero, st::Errc::internal, "bytes of every"},
    {"text loses high bytes", Broken::text_loses_high_bytes, st::Errc::internal, "values survive"},
    {"text loses spaces", Broken::text_loses_spaces, st::Errc::internal, "many writes of all"},
    {"parameters by place", Broken::parameters_by_place, st::Errc::internal, "parameters are bound"},
    {"missing value is null", Broken::missing_value_is_null, st::Errc::internal, "parameters are bound"},
    {"value too many is ignored", Broken::value_too_many_is_ignored, st::Errc::internal, "parameters are bound"},
    {"insert by hand", Broken::insert_by_hand, st::Errc::internal, "planes and hand"},
    {"other plane", Broken::other_plane, st::Errc::internal, "planes and hand"},
    {"unknown table is empty", Broken::unknown_table_is_empty, st::Errc::internal, "planes and hand"},
    {"update as query", Broken::update_as_query, st::Errc::internal, "reading refuses"},
    {"changed count is one", Broken::changed_count_is_one, st::Errc::internal, "update and delete report"},
    {"changed count is zero", Broken::changed_count_is_zero, st::Errc::internal, "update and delete report"},
    {"rows reversed", Broken::rows_reversed, st::Errc::internal, "texts compare"},
    {"first row alone", Broken::first_row_alone, st::Errc::internal, "texts compare"},
    {"cursor outlives", Broken::cursor_outlives, st::Errc::internal, "a cursor ends"},
    {"second cursor moves first", Broken::second_cursor_moves_first, st::Errc::internal, "a cursor ends"},
};

constexpr Fault kOfWriting[]{
    {"update changes nothing", Broken::update_changes_nothing, st::Errc::internal, "upsert: update"},
    {"update of the first column alone", Broken::update_of_the_first_column_alone, st::Errc::internal,
     "upsert: update"},
    {"ignore overwrites", Broken::ignore_overwrites, st::Errc::internal, "upsert: update"},
    {"fail overwrites", Broken::fail_overwrites, st::Errc::internal, "upsert: update"},
    {"fail ignores", Broken::fail_ignores, st::Errc::internal, "upsert: update"},
    {"ignored rows count", Broken::ignored_rows_count, st::Errc::internal, "upsert: update"},
    {"last row lost", Broken::last_row_lost, st::Errc::internal, "bulk upsert"},
    {"rows behind a batch lost", Broken::rows_behind_a_batch_lost, st::Errc::internal, "a text with a zero byte"},
    {"duplicates first", Broken::duplicates_first, st::Errc::internal, "bulk upsert"},
    {"ignored duplicates last", Broken::ignored_duplicates_last, st::Errc::internal, "bulk upsert"},
    {"nulls of a column lost", Broken::nulls_of_a_column_lost, st::Errc::internal, "many writes of all"},
    {"constant lost", Broken::constant_lost, st::Errc::internal, "bulk upsert"},
    {"uneven columns", Broken::uneven_columns, st::Errc::internal, "bulk upsert"},
    {"missing key", Broken::missing_key, st::Errc::internal, "bulk upsert"},
};

constexpr Fault kOfTransactions[]{
    {"failed body is committed", Broken::failed_body_is_committed, st::Errc::internal, "a body that fails"},
    {"failed body is success", Broken::failed_body_is_success, st::Errc::internal, "a body that fails"},
    {"failed body takes a neighbour", Broken::failed_body_takes_a_neighbour, st::Errc::internal, "many writers"},
    {"exception is committed", Broken::exception_is_committed, st::Errc::internal, "an exception"},
    {"exception is an error", Broken::exception_is_an_error, st::Errc::internal, "an exception"},
    {"dropped savepoint stays", Broken::dropped_savepoint_stays, st::Errc::internal, "savepoints:"},
    {"kept savepoint is undone", Broken::kept_savepoint_is_undone, st::Errc::internal, "savepoints:"},
    {"failed savepoint stays", Broken::failed_savepoint_stays, st::Errc::internal, "savepoints:"},
    {"failed savepoint is success", Broken::failed_savepoint_is_success, st::Errc::internal, "parameters are bound"},
    {"failure is passed over", Broken::failure_is_passed_over, st::Errc::internal, "after a failure"},
    {"reading writes", Broken::reading_writes, st::Errc::internal, "reading refuses"},
    {"nests", Broken::nests, st::Errc::internal, "transactions do not nest"},
    {"nests over planes", Broken::nests_over_planes, st::Errc::internal, "transactions do not nest"},
    {"plane is wrong", Broken::plane_is_wrong, st::Errc::internal, "planes and hand"},
    {"stop is not looked at", Broken::stop_is_not_looked_at, st::Errc::internal, "a stop request or"},
    {"deadline is not looked at", Broken::deadline_is_not_looked_at, st::Errc::internal, "a stop request or"},
    {"stop does not interrupt", Broken::stop_does_not_interrupt, st::Errc::internal, "a stop request ends"},
    {"deadline does not interrupt", Broken::deadline_does_not_interrupt, st::Errc::internal, "a stop request ends"},
    {"waits past a stop", Broken::waits_past_a_stop, st::Errc::internal, "a writer that waits"},
    {"waits past a deadline", Broken::waits_past_a_deadline, st::Errc::internal, "a writer that waits"},
    {"each query sees another moment", Broken::each_query_sees_another_moment, st::Errc::internal, "a reader sees one"},
    {"reader sees the uncommitted", Broken::reader_sees_the_uncommitted, st::Errc::internal, "a reader sees nothing"},
    {"write is lost", Broken::write_is_lost, st::Errc::internal, "many writers"},
    {"update is lost", Broken::update_is_lost, st::Errc::internal, "bodies that read"},
};

constexpr Fault kOfStores[]{
    {"one plane for all", Broken::one_plane_for_all, st::Errc::internal, "what one tenant"},
    {"reads of all", Broken::reads_of_all, st::Errc::internal, "what one tenant"},
    {"made again is emptied", Broken::made_again_is_emptied, st::Errc::internal, "a tenant is made"},
    {"destroyed stays", Broken::destroyed_stays, st::Errc::internal, "a tenant is made"},
    {"destroyed is hidden", Broken::destroyed_is_hidden, st::Errc::internal, "a tenant is made"},
    {"handle outlives", Broken::handle_outlives, st::Errc::internal, "a tenant is made"},
    {"nil tenant", Broken::nil_tenant, st::Errc::internal, "a call that names"},
    {"unknown tenant is made", Broken::unknown_tenant_is_made, st::Errc::internal, "planes and hand"},
    {"destroying twice fails", Broken::destroying_twice_fails, st::Errc::internal, "a tenant is made"},
    {"destroys all", Broken::destroys_all, st::Errc::internal, "a tenant is made"},
    {"one writer for all", Broken::one_writer_for_all, st::Errc::internal, "a tenant's long"},
    {"forgets all", Broken::forgets_all, st::Errc::internal, "what was committed is there"},
    {"altered history", Broken::altered_history, st::Errc::internal, "what was committed is there"},
    {"newer store", Broken::newer_store, st::Errc::internal, "what was committed is there"},
    {"migration is left out", Broken::migration_is_left_out, st::Errc::internal, "what was committed is there"},
    {"examination is empty", Broken::examination_is_empty, st::Errc::internal, "what was committed is there"},
    {"sound store has a fault", Broken::sound_store_has_a_fault, st::Errc::internal, "what was committed is there"},
};

constexpr Fault kOfCodes[]{
    {"another code than store_constraint", Broken::nothing, st::Errc::store_constraint, "upsert: update"},
    {"another code than store_sql", Broken::nothing, st::Errc::store_sql, "parameters are bound"},
    {"another code than store_wrong_plane", Broken::nothing, st::Errc::store_wrong_plane, "bulk upsert"},
    {"another code than store_read_only", Broken::nothing, st::Errc::store_read_only, "reading refuses"},
    {"another code than store_nested", Broken::nothing, st::Errc::store_nested, "transactions do not nest"},
    {"another code than store_rolled_back", Broken::nothing, st::Errc::store_rolled_back, "after a failure"},
    {"another code than cancelled", Broken::nothing, st::Errc::cancelled, "a stop request or"},
    {"another code than deadline_exceeded", Broken::nothing, st::Errc::deadline_exceeded, "a stop request or"},
    {"another code than not_found", Broken::nothing, st::Errc::not_found, "planes and hand"},
    {"another code than tenant_unset", Broken::nothing, st::Errc::tenant_unset, "a call that names"},
    {"another code than store_migration", Broken::nothing, st::Errc::store_migration, "what was committed is there"},
    {"another code than store_newer", Broken::nothing, st::Errc::store_newer, "what was committed is there"},
};

void find_all(std::span<const Fault> faults, std::size_t expected) {
  CHECK(faults.size() == expected);
  for (const Fault& fault : faults) {
    INFO(fault.name);
    First first;
    Stores stores(fault, first);
    st::testing::database_contract(stores, first);
    INFO(first.where() << ": " << first.what());
    CHECK(first.found());
    CHECK(first.where().starts_with(fault.found_by));
  }
}

}  // namespace

TEST_CASE("the database suite finds nothing in a storage that keeps the contract") {
  const Fault none{"nothing"};
  First first;
  Stores stores(none, first);
  st::testing::database_contract(stores, first);
  CHECK(first.where() + ": " + first.what() == ": ");
}

TEST_CASE("the database suite finds values that are damaged, and statements that are understood otherwise") {
  find_all(kOfValues, 20);
}

TEST_CASE("the database suite finds rows that are written otherwise, lost, or counted wrongly") {
  find_all(kOfWriting, 14);
}

TEST_CASE("the database suite finds transactions that are none") { find_all(kOfTransactions, 24); }

TEST_CASE("the database suite finds planes that touch, and stores that are not as they were left") {
  find_all(kOfStores, 17);
}

TEST_CASE("the database suite finds errors of another code") { find_all(kOfCodes, 12); }
