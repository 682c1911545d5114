// Two imports of one tenant at one moment, in every order of their steps.
#include <stop_token>

#include "tests/support/full_planes.hpp"
#include "tests/support/stepped_storage.hpp"

namespace st = stocktracker;
namespace fp = full_planes;

namespace {

// An older export and a later one of the same tenant.
struct Exports {
  Exports() {
    fp::Store store = stores.full(fp::Make::folder);
    const auto engine = store.open();
    late = stores.folder.file("late.db");
    early = stores.folder.file("early.db");
    REQUIRE(engine.export_tenant(late, {.tenant = tenant}));
    late_rows = rows_after(store);
    stores.spoil(store, 1);
    REQUIRE(engine.export_tenant(early, {.tenant = tenant}));
    early_rows = rows_after(store);
    REQUIRE(fp::difference(early_rows, late_rows) != "");
  }
  fp::Rows rows_after(fp::Store& store) const {
    return fp::without_stamps(fp::without(fp::tenant_rows(*store.storage, tenant),
                                          {"credential", "outbox", "lease", "product_offer", "read_model"}));
  }

  const st::TenantId tenant = fp::tenant(1);
  fp::Stores stores;
  std::string late;
  std::string early;
  fp::Rows late_rows;
  fp::Rows early_rows;
};

st::Engine engine_over(std::shared_ptr<st::Storage> storage) {
  return st::open({.storage = std::move(storage), .executor = st::make_inline_executor()}).value();
}

}  // namespace

TEST_CASE("of two imports of one tenant at one moment no tenant is served with rows that its import did not bring") {
  Exports exports;
  int served = 0;
  int closed = 0;
  const auto alone = std::make_shared<SteppedStorage>(exports.stores.empty(fp::Make::folder).storage);
  const auto undisturbed = engine_over(alone);
  const int before = alone->steps;
  REQUIRE(undisturbed.import_tenant(exports.early, "guest"));
  const int steps = alone->steps - before;
  CHECK(steps > 12);
  int doubtful = 0;
  for (const int fatal : {1'000, 9}) {  // the second import runs to its end, or dies at that step
    for (int step = 0; step < steps; ++step) {
      INFO("the second runs before step " << step << " of the first, and dies at its step " << fatal);
      const auto house = exports.stores.empty(fp::Make::folder).storage;
      const auto one = std::make_shared<SteppedStorage>(house);
      const auto two = std::make_shared<SteppedStorage>(house);
      const auto first = engine_over(one);
      const auto second = engine_over(two);
      const int from = one->steps;
      const int second_from = two->steps;
      bool second_done = false;
      two->before = [&](int now) -> st::Result<void> {
        if (now - second_from >= fatal) return st::Errc::io_failed;
        return st::success();
      };
      one->before = [&](int now) -> st::Result<void> {
        if (now - from == step) second_done = static_cast<bool>(second.import_tenant(exports.late, "guest"));
        return st::success();
      };
      const bool first_done = static_cast<bool>(first.import_tenant(exports.early, "guest"));
      one->before = {};
      two->before = {};
      const auto found = first.tenants().find("guest");
      const bool both = first_done && second_done;
      CHECK_FALSE(both);
      if (found && found.value().state == st::TenantState::active) {
        ++served;
        const bool either = first_done || second_done;
        CHECK(either);
        const auto& should = first_done ? exports.early_rows : exports.late_rows;
        CHECK(fp::difference(fp::tenant_rows(*house, exports.tenant), should) == "");
        CHECK(first.directory().accounts().collect().value().size() == fp::listed(1).size());
        continue;
      }
      ++closed;
      CHECK_FALSE(first_done);
      if (found && found.value().state == st::TenantState::quarantined) {
        ++doubtful;
        CHECK(second_done);
        CHECK(found.value().reason.find("two imports") != std::string::npos);
        continue;
      }
      // Nobody's: the next import is served.
      REQUIRE(first.import_tenant(exports.late, "guest"));
      CHECK(fp::difference(fp::tenant_rows(*house, exports.tenant), exports.late_rows) == "");
    }
  }
  CHECK(served > 5);
  CHECK(closed > 5);
  CHECK(doubtful > 0);
}

TEST_CASE("an import that is stopped after it has replaced another one's rows does not leave them to be served") {
  Exports exports;
  const auto alone = std::make_shared<SteppedStorage>(exports.stores.empty(fp::Make::folder).storage);
  const auto undisturbed = engine_over(alone);
  const int before = alone->steps;
  REQUIRE(undisturbed.import_tenant(exports.early, "guest"));
  const int steps = alone->steps - before;
  int served = 0;
  int doubtful = 0;
  for (int step = steps / 2; step < steps; ++step) {
    for (int stopped = step; stopped < steps; ++stopped) {
      INFO("the second runs before step " << step << " of the first, which is stopped before step " << stopped);
      const auto house = exports.stores.empty(fp::Make::folder).storage;
      const auto stepped = std::make_shared<SteppedStorage>(house);
      const auto first = engine_over(stepped);
      const auto second = engine_over(house);
      const int from = stepped->steps;
      bool second_done = false;
      std::stop_source stop;
      stepped->before = [&](int now) -> st::Result<void> {
        if (now - from == step) second_done = static_cast<bool>(second.import_tenant(exports.late, "guest"));
        if (now - from == stopped) stop.request_stop();
        return st::success();
      };
      st::CallContext context;
      context.stop = stop.get_token();
      const bool first_done = static_cast<bool>(first.import_tenant(exports.early, "guest", context));
      stepped->before = {};
      const auto found = first.tenants().find("guest");
      if (!found || found.value().state != st::TenantState::active) {
        CHECK_FALSE(first_done);
        doubtful += found && found.value().state == st::TenantState::quarantined ? 1 : 0;
        continue;
      }
      ++served;
      const bool either = first_done || second_done;
      CHECK(either);
      const auto& should = first_done ? exports.early_rows : exports.late_rows;
      CHECK(fp::difference(fp::tenant_rows(*house, exports.tenant), should) == "");
    }
  }
  CHECK(served > 5);
  CHECK(doubtful > 1);
}
