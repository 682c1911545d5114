// The time from a commit to a reader of events who waits: in a file and in a folder, within one process and across two.
#include "tests/support/event_latency.hpp"

#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/adapters/system.hpp>

#include "tests/support/child_process.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;

namespace {

std::shared_ptr<st::Storage> file_store(const TempFolder& folder) {
  return st::make_sqlite_storage({.path = folder.file("one.db"), .schema = st::schema()}).value();
}

st::Engine engine_over(std::shared_ptr<st::Storage> storage) {
  return st::open({.storage = std::move(storage), .executor = st::make_inline_executor()}).value();
}

std::shared_ptr<st::Storage> store_beside(const TempFolder& folder) {
  return st::make_sqlite_storage({.path = folder.file("beside.db"), .schema = st::schema()}).value();
}

// Another thread of this process publishes.
void measure(const std::shared_ptr<st::Storage>& storage, const st::TenantId& tenant, const TempFolder& folder,
             const char* where) {
  const auto engine = engine_over(storage);
  const auto cursor = engine.events().newest({.tenant = tenant}).value();
  std::optional<st::Result<void>> published;
  std::jthread publisher([&] { published.emplace(publish_measured(*storage, tenant)); });
  read_measured(engine, tenant, cursor, store_beside(folder), where);
  publisher.join();
  CHECK(published.value());
}

}  // namespace

TEST_CASE("a reader who waits sees an event within 200 ms of its commit, in a file") {
  const TempFolder folder;
  measure(file_store(folder), st::kDefaultTenant, folder, "SQLite file");
}

TEST_CASE("a reader who waits sees an event within 200 ms of its commit, in a folder") {
  const TempFolder folder;
  const std::shared_ptr<st::Storage> storage =
      st::make_sqlite_folder({.path = folder.file("house"), .schema = st::schema()}).value();
  const auto tenant = engine_over(storage).tenants().create("anna").value().id;
  measure(storage, tenant, folder, "SQLite folder");
}

TEST_CASE("a reader who waits sees an event of another process within 200 ms of its commit") {
  const TempFolder folder;
  file_store(folder).reset();
  ChildProcess publisher([&] { return publish_measured(*file_store(folder), st::kDefaultTenant) ? 0 : 1; });
  read_measured(engine_over(file_store(folder)), st::kDefaultTenant, 0, store_beside(folder),
                "SQLite file, two processes");
  CHECK(publisher.code() == 0);
}
