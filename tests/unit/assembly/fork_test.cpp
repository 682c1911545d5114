// A child that was forked from a process with an engine: every call is an error, and nothing waits.
#include <atomic>
#include <thread>

#include <stocktracker/assembly/tenant_engine.hpp>

#include "tests/support/bazaar.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;

namespace {

template <class R>
bool is_forked(const R& result) {
  return !result && result.error().errc() == st::Errc::engine_forked;
}

// A pool with a thread, which a child does not have: to wait for it would not end there.
std::shared_ptr<st::Executor> started_pool() {
  auto pool = st::make_thread_pool().value();
  std::atomic<bool> ran = false;
  REQUIRE(pool->submit(st::Lane::io, [&] { ran = true; }));
  while (!ran) std::this_thread::yield();
  return pool;
}

}  // namespace

TEST_CASE("a forked child gets an error from every call, and destroys its engine without waiting") {
  const TempFolder folder;
  Bazaar bazaar;
  bazaar.list({"A", "B"});
  bazaar.hold_fbo({{"A", 1}, {"B", 2}});
  std::optional<st::Engine> engine = st::open({.path = folder.file("shop.db"),
                                               .clock = bazaar.clock,
                                               .executor = started_pool(),
                                               .connectors = {std::make_shared<BazaarFactory>(bazaar)}})
                                         .value();
  st::Credentials credentials;
  credentials.channel = Bazaar::kChannel;
  credentials.parts.push_back({"key", st::Secret::copy_of("k")});
  const auto account = engine->accounts().connect(std::move(credentials)).value().id;
  REQUIRE(engine->sync().run(account));
  // A run that the parent has submitted, and that only the parent's thread can end.
  std::atomic<bool> reading = false;
  std::atomic<bool> go = false;
  bazaar.stock[""] = [&, read = bazaar.stock[""]](const st::StockQuery& query, st::StockSink& sink,
                                                  const st::CallContext& context) {
    reading = true;
    while (!go) std::this_thread::yield();
    return read(query, sink, context);
  };
  std::optional handle = engine->as({}, {.actor = "u", .permissions = st::Permissions::all()}).value();
  std::optional listing = engine->stock().positions({.page_size = 1});
  REQUIRE(listing->next());
  std::optional operation = engine->sync().submit_run(account).value();
  while (!reading) std::this_thread::yield();

  ChildProcess child([&]() -> int {
    ::alarm(60);  // a call that hangs ends the child by a signal
    if (!is_forked(engine->sync().run(account))) return 1;
    if (!is_forked(engine->sync().run_all())) return 2;
    if (!is_forked(handle->stock().columns())) return 3;
    const auto page = listing->next();
    if (!page || !is_forked(*page)) return 4;
    if (!is_forked(engine->as({}, {.actor = "u"}))) return 5;
    if (!is_forked(engine->tenants().list().collect())) return 6;
    if (!is_forked(engine->directory().relay())) return 7;
    if (!is_forked(engine->keys().status())) return 8;
    if (!is_forked(engine->doctor())) return 9;
    if (!is_forked(engine->backup(folder.file("copy")))) return 10;
    if (!is_forked(engine->close())) return 11;
    if (!is_forked(engine->sync().submit_run(account))) return 12;
    operation->cancel();
    if (!operation->is_done() || !operation->wait_for(std::chrono::hours(1))) return 13;
    if (!is_forked(operation->take())) return 14;
    operation.reset();
    // Without the parent's locks it would lose what it writes.
    if (!is_forked(st::open({.path = folder.file("shop.db"), .clock = bazaar.clock}))) return 15;
    if (!st::open({.path = folder.file("other.db"), .clock = bazaar.clock})) return 16;
    handle.reset();
    listing.reset();
    engine.reset();
    return 0;
  });
  CHECK(child.code() == 0);
  // The parent goes on.
  go = true;
  CHECK(operation->take());
  CHECK(engine->sync().run(account));
  CHECK(engine->close());
}
