// Engine::close: what is refused, what may end, and what is stopped.
#include <atomic>
#include <thread>

#include <stocktracker/assembly/tenant_engine.hpp>

#include "tests/support/bazaar.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

void wait_for(const std::atomic<bool>& flag) {
  while (!flag) std::this_thread::yield();
}

template <class R>
st::Errc ended_as(const R& result) {
  REQUIRE_FALSE(result);
  return result.error().errc();
}

// A stall with one unit of A in the store, and a list of stock that says when it is read and waits as `until` says.
struct WaitingStall {
  explicit WaitingStall(std::function<bool(const st::CallContext&)> until) {
    bazaar.list({"A"});
    bazaar.hold_fbo({{"A", 1}});
    REQUIRE(stall.sync().state == st::RunState::ok);
    bazaar.hold_fbo({{"A", 2}});
    const auto read = bazaar.stock[""];
    bazaar.stock[""] = [this, read, until](const st::StockQuery& query, st::StockSink& sink,
                                           const st::CallContext& context) -> st::Result<void> {
      reading = true;
      while (!until(context)) std::this_thread::yield();
      STK_TRY(context.check(bazaar.clock->now()));
      return read(query, sink, context);
    };
  }

  Bazaar bazaar;
  Stall stall{bazaar};
  std::atomic<bool> reading = false;
};

}  // namespace

TEST_CASE("a closed engine refuses every call of every handle that it gave out") {
  Bazaar bazaar;
  bazaar.list({"A", "B"});
  bazaar.hold_fbo({{"A", 1}, {"B", 2}});
  Stall stall(bazaar);
  REQUIRE(stall.sync().state == st::RunState::ok);
  const st::Engine copy = stall.engine;
  auto handle = copy.as({}, {.actor = "u", .permissions = st::Permissions::all()}).value();
  auto stock = handle.stock();
  auto listing = stock.positions({.page_size = 1});
  REQUIRE(listing.next());
  REQUIRE(stall.engine.close(0s));
  CHECK(ended_as(*listing.next()) == st::Errc::engine_closed);
  CHECK(ended_as(stall.engine.sync().run(stall.account)) == st::Errc::engine_closed);
  CHECK(ended_as(stock.columns()) == st::Errc::engine_closed);
  CHECK(ended_as(handle.accounts().list().collect()) == st::Errc::engine_closed);
  CHECK(ended_as(copy.as({}, {.actor = "u"})) == st::Errc::engine_closed);
  CHECK(ended_as(copy.tenants().list().collect()) == st::Errc::engine_closed);
  CHECK(ended_as(copy.tenants().find("default")) == st::Errc::engine_closed);
  CHECK(ended_as(copy.directory().relay()) == st::Errc::engine_closed);
  CHECK(ended_as(copy.directory().accounts().collect()) == st::Errc::engine_closed);
  CHECK(ended_as(copy.keys().status()) == st::Errc::engine_closed);
  CHECK(ended_as(copy.doctor()) == st::Errc::engine_closed);
  CHECK(ended_as(copy.backup("never written")) == st::Errc::engine_closed);
  CHECK(copy.close(0s));  // once more
}

TEST_CASE("a call in progress may end within the grace, and its own calls with it") {
  // With a stop token of the caller's, and without.
  std::stop_source source;
  for (const st::CallContext& given : {st::CallContext{}, st::CallContext{.stop = source.get_token()}}) {
    CAPTURE(given.stop.stop_possible());
    std::atomic<bool> go = false;
    std::optional<st::Result<st::PositionColumns>> within;
    WaitingStall waiting([&](const st::CallContext&) { return go.load(); });
    const auto read = waiting.bazaar.stock[""];
    waiting.bazaar.stock[""] = [&](const st::StockQuery& query, st::StockSink& sink, const st::CallContext& context) {
      auto done = read(query, sink, context);
      within = waiting.stall.engine.stock().columns({}, context);
      return done;
    };
    std::optional<st::Result<st::SyncRun>> run;
    std::thread caller([&] { run = waiting.stall.engine.sync().run(waiting.stall.account, given); });
    wait_for(waiting.reading);
    std::thread closer([&] { CHECK(waiting.stall.engine.close(1h)); });
    while (waiting.stall.engine.stock().columns()) std::this_thread::yield();  // until new calls are refused
    go = true;
    closer.join();
    caller.join();
    REQUIRE(run);
    REQUIRE(*run);
    CHECK(run->value().state == st::RunState::ok);
    REQUIRE(within);
    CHECK(within->has_value());
  }
}

TEST_CASE("a call that runs longer than the grace is stopped, and changes nothing") {
  // With a stop token of the caller's, and without.
  std::stop_source source;
  for (const st::CallContext& given : {st::CallContext{}, st::CallContext{.stop = source.get_token()}}) {
    CAPTURE(given.stop.stop_possible());
    WaitingStall one([](const st::CallContext& context) { return context.stop.stop_requested(); });
    std::optional<st::Result<st::SyncRun>> run;
    std::thread caller([&] { run = one.stall.engine.sync().run(one.stall.account, given); });
    wait_for(one.reading);
    CHECK(one.stall.engine.close(1ms));
    caller.join();
    REQUIRE(run);
    CHECK(ended_as(*run) == st::Errc::cancelled);
    CHECK_FALSE(source.stop_requested());
  }
}

TEST_CASE("a stop token of the caller's still stops its own call alone") {
  WaitingStall waiting([](const st::CallContext& context) { return context.stop.stop_requested(); });
  std::stop_source source;
  std::optional<st::Result<st::SyncRun>> run;
  std::thread caller(
      [&] { run = waiting.stall.engine.sync().run(waiting.stall.account, {.stop = source.get_token()}); });
  wait_for(waiting.reading);
  source.request_stop();
  caller.join();
  REQUIRE(run);
  CHECK(ended_as(*run) == st::Errc::cancelled);
  CHECK(waiting.stall.picture() == "A@M=1");
}

TEST_CASE("a closed pool has run its tasks, refuses new ones, and may be closed again") {
  const auto pool = st::make_thread_pool().value();
  std::atomic<int> ran = 0;
  for (int i = 0; i < 100; ++i) REQUIRE(pool->submit(st::Lane::cpu, [&] { ++ran; }));
  pool->close();
  CHECK(ran == 100);
  CHECK(ended_as(pool->submit(st::Lane::cpu, [] {})) == st::Errc::overloaded);
  pool->close();
}
