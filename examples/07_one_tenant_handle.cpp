// Two tenants in one installation. What acts for somebody gets a handle that reaches one tenant, as one principal, and
// may do there what its permissions say.
#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/stocktracker.hpp>
#include <stocktracker/testing/world.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace st = stocktracker;

namespace {

// What a request of Boris can do about an account of Anna's: for him it does not exist, and her tenant is refused.
st::Result<void> trespass(const st::TenantEngine& boris, const st::TenantId& anna, const st::AccountId& annas) {
  const auto positions = boris.stock().positions({.account = annas}).collect();
  const auto total = boris.stock().total(annas);
  const auto run = boris.sync().run(annas);
  const auto refused = boris.stock().total(annas, {.tenant = anna});
  if (positions || total || run || refused) return st::Errc::internal;
  std::printf("Boris asks for Anna's account: %s; her tenant in his context: %s\n", to_string(positions.error().errc()),
              refused.error().text().c_str());
  return st::success();
}

st::Result<void> run(const std::string& folder) {
  st::testing::World world({.seed = 7, .offers = 20, .channels = {st::Channel::wildberries, st::Channel::ozon}});
  STK_TRY(auto engine, st::open({.path = folder + "/house/",
                                 .transport = world.transport(),
                                 .clock = world.clock(),
                                 .executor = st::make_inline_executor()}));
  STK_TRY(const auto anna, engine.tenants().create("anna"));
  STK_TRY(const auto boris, engine.tenants().create("boris"));

  // Who somebody is and what they may do, the application decides; the handle holds them to it.
  STK_TRY(const auto as_anna, engine.as(anna.id, {.actor = "anna@example", .permissions = st::Permissions::all()}));
  STK_TRY(const auto as_boris, engine.as(boris.id, {.actor = "boris@example", .permissions = st::Permissions::all()}));
  STK_TRY(const auto annas,
          as_anna.accounts().connect(st::wildberries::credentials(world.token(st::Channel::wildberries))));
  STK_TRY(const auto boriss, as_boris.accounts().connect(st::ozon::credentials(world.seller(st::Channel::ozon),
                                                                               world.token(st::Channel::ozon))));
  STK_TRY(const auto run_of_anna, as_anna.sync().run(annas.id));
  STK_TRY(const auto run_of_boris, as_boris.sync().run(boriss.id));
  STK_TRY(const auto total, as_anna.stock().total(annas.id));
  std::printf("%s synchronised %lld positions, %s ran %s\n", run_of_anna.actor.c_str(),
              static_cast<long long>(total.positions), run_of_boris.actor.c_str(), to_string(run_of_boris.state));
  STK_TRY(trespass(as_boris, anna.id, annas.id));

  // A report that reads Anna's stock needs no more than that.
  STK_TRY(const auto report, engine.as(anna.id, {.actor = "report", .permissions = {st::Permission::stock_read}}));
  STK_TRY(const auto read, report.stock().total(annas.id));
  const auto denied = report.sync().run(annas.id);
  if (denied || read.positions != total.positions) return st::Errc::internal;
  std::printf("the report reads %lld positions; a run: %s\n", static_cast<long long>(read.positions),
              denied.error().text().c_str());
  return st::success();
}

}  // namespace

int main() {
  std::string folder = (std::filesystem::temp_directory_path() / "stk-example-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return 1;
  const auto ran = run(folder);
  std::filesystem::remove_all(folder);
  if (!ran) std::fprintf(stderr, "%s\n", ran.error().text().c_str());
  return ran ? 0 : 1;
}
