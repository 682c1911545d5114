// Operations: calls that run on the executor, polled, waited for, cancelled.
#include <atomic>
#include <thread>

#include "tests/support/bazaar.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

st::Credentials key() {
  st::Credentials credentials;
  credentials.channel = Bazaar::kChannel;
  credentials.parts.push_back({"key", st::Secret::copy_of("k")});
  return credentials;
}

// A bazaar whose stock is read when the test says so.
struct Slow {
  explicit Slow(std::shared_ptr<st::Executor> executor = st::make_thread_pool().value())
      : engine(st::open({.path = ":memory:",
                         .clock = bazaar.clock,
                         .random = std::make_shared<st::testing::SeededRandom>(3),
                         .executor = std::move(executor),
                         .connectors = {std::make_shared<BazaarFactory>(bazaar)}})
                   .value()) {
    bazaar.list({"A"});
    bazaar.stock[""] = [this](const st::StockQuery&, st::StockSink& sink,
                              const st::CallContext& context) -> st::Result<void> {
      reading = true;
      while (!go && !context.stop.stop_requested()) std::this_thread::yield();
      STK_TRY(context.check(bazaar.clock->now()));
      return sink.rows(Bazaar::page("M", st::WarehouseKind::marketplace, {{"A", 4}}));
    };
  }

  Bazaar bazaar;
  std::atomic<bool> reading = false;
  std::atomic<bool> go = false;
  std::optional<st::Engine> engine;
};

}  // namespace

TEST_CASE("an operation is polled, waited for, and gives its result once") {
  Slow slow;
  auto connecting = slow.engine->accounts().submit_connect(key(), {.label = "main"}).value();
  const auto account = connecting.take();
  REQUIRE(account);
  CHECK(account.value().label == "main");

  auto run = slow.engine->sync().submit_run(account.value().id).value();
  while (!slow.reading) std::this_thread::yield();
  CHECK_FALSE(run.is_done());
  CHECK_FALSE(run.wait_for(1ms));
  slow.go = true;
  CHECK(run.wait_for(1h));
  CHECK(run.is_done());
  run.cancel();  // too late
  CHECK(run.take().value().state == st::RunState::ok);
  CHECK(run.take().error().errc() == st::Errc::invalid_argument);

  auto columns = slow.engine->stock().submit_columns({.account = account.value().id}).value();
  CHECK(columns.take().value().rows() == 1);
}

TEST_CASE("an operation that is cancelled, itself or by its caller's token, ends as cancelled") {
  for (const bool by_token : {false, true}) {
    CAPTURE(by_token);
    Slow slow;
    const auto account = slow.engine->accounts().connect(key()).value().id;
    std::stop_source source;
    auto run = slow.engine->sync().submit_run(account, {}, {.stop = source.get_token()}).value();
    while (!slow.reading) std::this_thread::yield();
    if (by_token) {
      source.request_stop();
    } else {
      run.cancel();
    }
    CHECK(run.take().error().errc() == st::Errc::cancelled);
    CHECK(slow.engine->stock().columns().value().rows() == 0);
  }
}

TEST_CASE("the time of an operation begins when it is submitted") {
  // A lane of one thread that is occupied.
  auto pool = st::make_thread_pool({.io_threads = 1}).value();
  Slow slow(pool);
  const auto account = slow.engine->accounts().connect(key()).value().id;
  std::atomic<bool> free = false;
  REQUIRE(pool->submit(st::Lane::io, [&] {
    while (!free) std::this_thread::yield();
  }));
  slow.go = true;
  auto run = slow.engine->sync().submit_run(account, {}, {.timeout = 5s}).value();
  slow.bazaar.clock->advance(5s);
  free = true;
  CHECK(run.take().error().errc() == st::Errc::deadline_exceeded);
}

TEST_CASE("an operation goes on after its handle and its engine are gone, and takes the pool along") {
  auto pool = st::make_thread_pool().value();
  const std::weak_ptr<st::Executor> watched = pool;
  Slow slow(std::move(pool));
  const auto account = slow.engine->accounts().connect(key()).value().id;
  { const auto dropped = slow.engine->sync().submit_run(account).value(); }
  while (!slow.reading) std::this_thread::yield();
  slow.engine.reset();
  CHECK_FALSE(watched.expired());
  slow.go = true;
  while (!watched.expired())
    std::this_thread::yield();  // the run lets go of the last reference, on the pool's own thread
}

TEST_CASE("an operation that waits in the queue of a closed engine ends as engine_closed") {
  auto pool = st::make_thread_pool({.io_threads = 1}).value();
  Slow slow(pool);
  const auto account = slow.engine->accounts().connect(key()).value().id;
  std::atomic<bool> free = false;
  REQUIRE(pool->submit(st::Lane::io, [&] {
    while (!free) std::this_thread::yield();
  }));
  auto run = slow.engine->sync().submit_run(account).value();
  CHECK(slow.engine->close(0s));
  CHECK(slow.engine->sync().submit_run(account).error().errc() == st::Errc::engine_closed);
  free = true;
  CHECK(run.take().error().errc() == st::Errc::engine_closed);
}

TEST_CASE("a call that finds the queue full is refused with what is full and what helps, and nothing of it is done") {
  auto pool = st::make_thread_pool({.io_threads = 1, .queue_limit = 2}).value();
  Slow slow(pool);
  const auto account = slow.engine->accounts().connect(key()).value().id;
  std::atomic<bool> started = false;
  std::atomic<bool> free = false;
  REQUIRE(pool->submit(st::Lane::io, [&] {
    started = true;
    while (!free) std::this_thread::yield();
  }));
  while (!started) std::this_thread::yield();
  for (int n = 0; n < 2; ++n) REQUIRE(pool->submit(st::Lane::io, [] {}));
  const auto refused = slow.engine->sync().submit_run(account);
  const auto connecting = slow.engine->accounts().submit_connect(key());
  const auto columns = slow.engine->stock().submit_columns();
  const auto check_full = [](const st::Error& error) {
    CHECK(error.errc() == st::Errc::overloaded);
    CHECK(error.details().retryable);
    CHECK(error.message() == "the executor's io lane is full: 2 tasks wait; try again later, or give it more threads");
  };
  REQUIRE_FALSE(refused);
  check_full(refused.error());
  REQUIRE_FALSE(connecting);
  check_full(connecting.error());
  REQUIRE_FALSE(columns);
  check_full(columns.error());
  free = true;
  slow.go = true;
  CHECK(slow.engine->sync().runs().collect().value().empty());
  CHECK(slow.engine->sync().run(account));
}

TEST_CASE("on an inline executor an operation is done when it was submitted") {
  Slow slow(st::make_inline_executor());
  slow.go = true;
  const auto account = slow.engine->accounts().connect(key()).value().id;
  auto run = slow.engine->sync().submit_run(account).value();
  CHECK(run.is_done());
  CHECK(run.take().value().state == st::RunState::ok);
}
