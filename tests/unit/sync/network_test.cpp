// The engine over real HTTP: a world with a listener of its own.
#include <stocktracker/adapters/curl.hpp>
#include <stocktracker/testing/world_server.hpp>

#include <mutex>

#include <filesystem>
#include <fstream>
#include "tests/support/shop.hpp"

#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

class Recorder final : public st::Telemetry {
 public:
  void log(const st::LogEvent& event) noexcept override {
    const std::lock_guard lock(mutex_);
    text += std::string(event.name) + std::string(event.message);
    for (const auto& field : event.fields) text += std::string(field.name) + std::string(field.value);
  }
  std::string text;

 private:
  std::mutex mutex_;
};

}  // namespace

TEST_CASE("over the network the stock is the same, whatever breaks on the way, and no secret is left behind") {
  st::testing::World world({.seed = 6, .offers = 120, .orders_per_offer_day_x100 = 0});
  auto server = st::testing::WorldServer::start(world, {.speed = 0}).value();
  const TempFolder folder;
  const auto telemetry = std::make_shared<Recorder>();
  auto engine = st::open({.path = folder.file("shop.db"),
                          .key_file = folder.file("key"),
                          .limits = st::LimitTable{},
                          .retry = {.first_backoff = 1ms, .max_backoff = 2ms},
                          .telemetry = telemetry})
                    .value();
  const auto token = world.token(st::Channel::wildberries);
  const auto account = engine.accounts().connect(st::wildberries::credentials(token.clone(), server->url())).value();
  std::string texts;
  const auto sync = [&](const st::CallContext& context = {.timeout = 20s}) {
    const auto run = engine.sync().run(account.id, context).value();
    texts += run.to_json();
    for (const auto& source : run.sources) {
      if (source.error) texts += source.error->to_json() + source.error->text();
    }
    return run;
  };
  REQUIRE(sync().state == st::RunState::ok);
  const auto total = engine.stock().total(account.id).value().on_hand.units();
  CHECK(total == world.true_total(st::Channel::wildberries));
  for (const auto kind :
       {st::testing::FaultKind::reset, st::testing::FaultKind::truncate, st::testing::FaultKind::broken_json}) {
    st::testing::Fault fault;
    fault.kind = kind;
    fault.path = "/api/v3/stocks/";
    world.faults().replace(st::testing::FaultScript().at(0s, fault));
    const auto run = sync();
    CHECK(run.state == st::RunState::partial);
    CHECK(source(run, "fbs:").state == st::SourceState::failed);
    CHECK(source(run, "fbo").state == st::SourceState::ok);
    CHECK(engine.stock().total(account.id).value().on_hand.units() == total);
  }
  // Two of three sendings are lost: repeated, nobody notices.
  world.faults().replace(st::testing::FaultScript().at(0s, st::testing::reset_connection(2, "cards/list")));
  CHECK(sync().state == st::RunState::ok);
  // A slow answer ends at the deadline of the run.
  st::testing::Fault slow;
  slow.kind = st::testing::FaultKind::slow;
  slow.path = "wb-warehouses";
  slow.wait = 20s;
  world.faults().replace(st::testing::FaultScript().at(0s, slow));
  const auto began = std::chrono::steady_clock::now();
  CHECK(source(sync({.timeout = 300ms}), "fbo").error->errc() == st::Errc::deadline_exceeded);
  CHECK(std::chrono::steady_clock::now() - began < 2s);
  world.faults().clear();
  CHECK(sync().state == st::RunState::ok);
  CHECK(engine.stock().total(account.id).value().on_hand.units() == total);

  // Neither the token nor its parts are anywhere: not in files, events, errors or runs.
  const std::string all(token.reveal());
  const std::string payload = all.substr(all.find('.') + 1, 60);
  const std::string signature = all.substr(all.rfind('.') + 1, 40);
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    std::ifstream in(entry.path(), std::ios::binary);
    texts += std::string(std::istreambuf_iterator<char>(in), {});
  }
  texts += telemetry->text;
  for (const std::string& part : {all, payload, signature}) CHECK(texts.find(part) == std::string::npos);
}

TEST_CASE("a marketplace that accepts and says nothing costs one source some seconds, and the run says why") {
  st::testing::World world({.seed = 8, .offers = 40, .orders_per_offer_day_x100 = 0});
  auto server = st::testing::WorldServer::start(world, {.speed = 1}).value();
  auto engine = st::open({.path = ":memory:",
                          .limits = st::LimitTable{},
                          .retry = {.max_attempts = 2, .first_backoff = 1ms, .max_backoff = 2ms},
                          .transport = st::make_curl_transport({.idle_timeout = 1s}).value()})
                    .value();
  const auto account =
      engine.accounts().connect(st::wildberries::credentials(world.token(st::Channel::wildberries), server->url()));
  REQUIRE(engine.sync().run(account.value().id).value().state == st::RunState::ok);
  const auto total = engine.stock().total(account.value().id).value().on_hand.units();
  st::testing::Fault silent;
  silent.kind = st::testing::FaultKind::slow;
  silent.path = "wb-warehouses";
  silent.wait = 10min;
  world.faults().replace(st::testing::FaultScript().at(0s, silent));
  const auto began = std::chrono::steady_clock::now();
  const auto run = engine.sync().run(account.value().id, {.timeout = 60s}).value();
  CHECK(std::chrono::steady_clock::now() - began < 10s);
  CHECK(run.state == st::RunState::partial);
  const auto& fbo = source(run, "fbo");
  CHECK(fbo.state == st::SourceState::failed);
  REQUIRE(fbo.error);
  CHECK(fbo.error->kind() == st::ErrorKind::unavailable);
  CHECK(reason_of(*fbo.error).find("for 1 s") != std::string::npos);
  CHECK(source(run, "fbs:").state == st::SourceState::ok);
  CHECK(engine.stock().total(account.value().id).value().on_hand.units() == total);
}

TEST_CASE("two accounts of two sellers share one reactor and no limits") {
  st::testing::World one({.seed = 1, .offers = 30, .orders_per_offer_day_x100 = 0});
  st::testing::World two({.seed = 2, .offers = 30, .orders_per_offer_day_x100 = 0});
  auto first = st::testing::WorldServer::start(one, {.speed = 0}).value();
  auto second = st::testing::WorldServer::start(two, {.speed = 0}).value();
  auto engine = st::open({.path = ":memory:", .limits = st::LimitTable{}}).value();
  const auto connect = [&](const st::testing::World& world, const std::string& url) {
    return engine.accounts()
        .connect(st::wildberries::credentials(world.token(st::Channel::wildberries), url))
        .value()
        .id;
  };
  const auto a = connect(one, first->url());
  const auto b = connect(two, second->url());
  REQUIRE(a != b);
  const auto runs = engine.sync().run_all().value();
  for (const auto& run : runs) CHECK(run.value().state == st::RunState::ok);
  CHECK(engine.stock().total(a).value().on_hand.units() == one.true_total(st::Channel::wildberries));
  CHECK(engine.stock().total(b).value().on_hand.units() == two.true_total(st::Channel::wildberries));
}
