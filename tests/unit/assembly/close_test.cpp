// Engine::close: what is refused, what may end, and what is stopped.
#include <atomic>
#include <mutex>
#include <set>
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

TEST_CASE("an engine that two threads close is closed for both, and for neither before its last call has ended") {
  std::atomic<bool> go = false;
  WaitingStall waiting([&](const st::CallContext&) { return go.load(); });
  std::atomic<int> faults = 0;  // checks of several threads at once are not Catch's
  std::thread caller([&] {
    if (!waiting.stall.engine.sync().run(waiting.stall.account)) ++faults;
  });
  wait_for(waiting.reading);
  std::atomic<int> closed = 0;
  std::vector<std::thread> closers;
  for (int n = 0; n < 2; ++n) {
    closers.emplace_back([&] {
      if (!waiting.stall.engine.close(1h)) ++faults;
      if (!go) ++faults;  // the call cannot have ended before
      ++closed;
    });
  }
  while (waiting.stall.engine.stock().columns()) std::this_thread::yield();
  std::this_thread::sleep_for(20ms);
  CHECK(closed == 0);
  go = true;
  for (std::thread& closer : closers) closer.join();
  caller.join();
  CHECK(closed == 2);
  CHECK(faults == 0);
}

TEST_CASE("a callback of a call cannot close its own engine: an error says so at once, and the engine stays open") {
  struct Closer final : st::ProgressSink {
    explicit Closer(std::function<void()> body) : act(std::move(body)) {}
    void report(const st::Progress&) override { act(); }
    std::function<void()> act;
  };
  // On the caller's thread, on workers that help it, and in a submitted call.
  for (const std::string where : {"progress", "connector", "worker", "submitted", "stop"}) {
    CAPTURE(where);
    Bazaar bazaar;
    bazaar.list({"A"});
    bazaar.sell_from({"v", "w"});
    std::mutex mutex;
    std::vector<st::Result<void>> said;
    std::set<std::thread::id> threads;
    std::optional<st::Engine> engine;
    const auto close = [&] {
      auto closed = engine->close(0s);
      const std::lock_guard lock(mutex);
      said.push_back(std::move(closed));
      threads.insert(std::this_thread::get_id());
    };
    const bool elsewhere = where == "worker" || where == "submitted";
    std::atomic<int> reading = 0;
    for (const char* key : {"", "v", "w"}) {
      bazaar.stock[key] = [&, where](const st::StockQuery& query, st::StockSink&,
                                     const st::CallContext& context) -> st::Result<void> {
        // The seller's warehouses are read at the same time: until a second thread reads.
        if (where == "worker" && !query.warehouse.empty() && ++reading < 2) {
          for (int n = 0; n < 20'000 && reading < 2; ++n) std::this_thread::sleep_for(1ms);
        }
        if (where == "stop") {
          const std::stop_callback stopped(context.stop, close);
          ++reading;
          while (!context.stop.stop_requested()) std::this_thread::yield();
          return context.check(bazaar.clock->now());
        }
        if (where != "progress") close();
        return st::success();
      };
    }
    engine = st::open({.path = ":memory:",
                       .clock = bazaar.clock,
                       .executor = elsewhere ? nullptr : st::make_inline_executor(),
                       .connectors = {std::make_shared<BazaarFactory>(bazaar)}})
                 .value();
    st::Credentials credentials;
    credentials.channel = Bazaar::kChannel;
    credentials.parts.push_back({"key", st::Secret::copy_of("k")});
    const auto account = engine->accounts().connect(std::move(credentials)).value().id;
    st::CallContext context;
    if (where == "progress") context.progress = std::make_shared<Closer>(close);
    if (where == "stop") {
      std::optional<st::Result<st::SyncRun>> run;
      std::thread caller([&] { run = engine->sync().run(account); });
      while (reading == 0) std::this_thread::yield();
      CHECK(engine->close(0s));
      caller.join();
      REQUIRE(run);
      CHECK(ended_as(*run) == st::Errc::cancelled);
    } else if (where == "submitted") {
      CHECK(engine->sync().submit_run(account).value().take());
    } else {
      CHECK(engine->sync().run(account, {}, context));
    }
    REQUIRE_FALSE(said.empty());
    for (const auto& one : said) {
      CHECK(ended_as(one) == st::Errc::unsupported);
      CHECK(one.error().message().find("let the call return first") != std::string::npos);
    }
    if (where == "worker") CHECK(threads.size() > 1);
    if (where != "stop") CHECK(engine->stock().columns());  // it stays open
    CHECK(engine->close(0s));
  }
}

TEST_CASE("a callback may close another engine than its own") {
  Bazaar bazaar;
  bazaar.list({"A"});
  Stall stall(bazaar);
  const auto other = st::open({.path = ":memory:", .executor = st::make_inline_executor()}).value();
  std::optional<st::Result<void>> closed;
  bazaar.stock[""] = [&](const st::StockQuery&, st::StockSink&, const st::CallContext&) -> st::Result<void> {
    closed = other.close(0s);
    return st::success();
  };
  CHECK(stall.sync().state == st::RunState::ok);
  REQUIRE(closed);
  CHECK(*closed);
}

TEST_CASE("a listing that is held between two pages does not keep an engine from closing") {
  Bazaar bazaar;
  bazaar.list({"A", "B"});
  bazaar.hold_fbo({{"A", 1}, {"B", 2}});
  Stall stall(bazaar);
  REQUIRE(stall.sync().state == st::RunState::ok);
  auto listing = stall.engine.stock().positions({.page_size = 1});
  const auto held = listing.next();
  REQUIRE(held);
  const auto began = std::chrono::steady_clock::now();
  CHECK(stall.engine.close(1h));
  CHECK(std::chrono::steady_clock::now() - began < 60s);
  CHECK(held->value().on_hand.has_value());  // what was read stays
  CHECK(ended_as(*listing.next()) == st::Errc::engine_closed);
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
