// Two hundred sellers of one tenant at a marketplace that is slow for them, and a run of another tenant beside them:
// through the lanes, the limits and the reactor at once.
#include <atomic>
#include <chrono>
#include <map>
#include <thread>

#include <stocktracker/adapters/curl.hpp>
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/stocktracker.hpp>
#include <stocktracker/testing/loopback_server.hpp>
#include <stocktracker/testing/world.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/revealed.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

constexpr auto kSlow = 250ms;

// One host for all sellers, each in a world of its own.
class Host final : public st::testing::LoopbackHandler {
 public:
  st::Secret open_shop(std::uint64_t seed, bool slow) {
    const auto now = std::chrono::duration_cast<st::Duration>(std::chrono::system_clock::now().time_since_epoch());
    auto world = std::make_unique<st::testing::World>(
        st::testing::WorldOptions{.seed = seed, .offers = 3, .start = st::Instant::from_micros(now.count())});
    st::Secret token = world->token(st::Channel::wildberries);
    shops_[revealed(token)] = {std::move(world), slow};
    return token;
  }
  st::testing::ServedAnswer answer(const st::HttpRequest& request) override {
    st::testing::ServedAnswer served;
    served.response.status = 401;
    for (const st::HttpHeader& header : request.headers) {
      const auto shop = shops_.find(header.value);
      if (shop == shops_.end()) continue;
      served.response = shop->second.world->answer(request).response;
      if (shop->second.slow && is_slow) {
        ++slow_requests;
        served.delay = kSlow;
      }
    }
    return served;
  }

  std::atomic<bool> is_slow = false;
  std::atomic<int> slow_requests = 0;

 private:
  struct Shop {
    std::unique_ptr<st::testing::World> world;
    bool slow = false;
  };
  std::map<std::string, Shop> shops_;
};

struct Town {
  explicit Town(unsigned threads)
      : server(st::testing::LoopbackServer::start(host).value()),
        engine(st::open({.path = folder.file("house") + "/",
                         .limits = st::LimitTable{},
                         .allowed_base_urls = {server->url()},
                         .executor = st::make_thread_pool({.io_threads = threads}).value()})
                   .value()) {}
  st::TenantId tenant(const std::string& name, int sellers, bool slow) {
    const st::TenantId made = engine.tenants().create(name).value().id;
    for (int i = 0; i < sellers; ++i) {
      st::Secret token = host->open_shop(++seeds, slow);
      REQUIRE(engine.accounts().connect(st::wildberries::credentials(std::move(token), server->url()),
                                        {.label = name + std::to_string(i)}, {.tenant = made}));
    }
    return made;
  }
  std::chrono::milliseconds run_all(const st::TenantId& tenant, std::stop_token stop = {}) {
    const auto began = std::chrono::steady_clock::now();
    st::CallContext context{.tenant = tenant};
    context.stop = stop;
    const auto runs = engine.sync().run_all({.orders = false, .prices = false}, context);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
    if (stop.stop_requested()) return took;
    REQUIRE(runs);
    for (const auto& run : runs.value()) {
      if (!run || run.value().state != st::RunState::ok) FAIL_CHECK("a run of the other tenant is not ok");
    }
    return took;
  }

  TempFolder folder;
  std::uint64_t seeds = 700;
  std::shared_ptr<Host> host = std::make_shared<Host>();
  std::unique_ptr<st::testing::LoopbackServer> server;
  st::Engine engine;
};

}  // namespace

TEST_CASE("a tenant with two hundred accounts at a slow marketplace delays another's run by no more than one place") {
  // More threads than the host has connections: the reactor's places are what the two tenants compete for.
  Town town(16);
  const st::TenantId anna = town.tenant("anna", 200, true);
  const st::TenantId boris = town.tenant("boris", 4, false);
  town.run_all(boris);  // the first load
  const auto alone = town.run_all(boris);

  town.host->is_slow = true;
  std::stop_source stop;
  std::thread slow([&] { town.run_all(anna, stop.get_token()); });
  while (town.host->slow_requests < 20) std::this_thread::sleep_for(1ms);
  const int before = town.host->slow_requests;
  const auto beside = town.run_all(boris);
  const int meanwhile = town.host->slow_requests - before;
  stop.request_stop();
  slow.join();

  std::printf("a run of 4 sellers: alone %lld ms, beside 200 sellers at a slow marketplace %lld ms\n",
              static_cast<long long>(alone.count()), static_cast<long long>(beside.count()));
  INFO("alone " << alone.count() << " ms, beside " << beside.count() << " ms, slow requests meanwhile " << meanwhile);
  // A run asks several times in a row: if each request stood in line behind the slow ones, it would take far longer.
  CHECK(beside < alone * 10 + 2 * kSlow);
}
