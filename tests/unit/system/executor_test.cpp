#include <stocktracker/adapters/system.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "tests/support/catch.hpp"

namespace st = stocktracker;

TEST_CASE("what the pool accepted runs before it ends") {
  std::atomic<int> ran = 0;
  {
    auto pool = st::make_thread_pool().value();
    for (int i = 0; i < 500; ++i) REQUIRE(pool->submit(st::Lane::cpu, [&ran] { ++ran; }));
  }
  CHECK(ran == 500);
}

TEST_CASE("a full lane refuses instead of growing") {
  auto pool = st::make_thread_pool({.io_threads = 1, .queue_limit = 2}).value();
  std::mutex gate;
  gate.lock();
  std::atomic<bool> started = false;
  REQUIRE(pool->submit(st::Lane::io, [&] {
    started = true;
    const std::lock_guard wait(gate);
  }));
  while (!started) {
  }
  REQUIRE(pool->submit(st::Lane::io, [] {}));
  REQUIRE(pool->submit(st::Lane::io, [] {}));
  CHECK(pool->submit(st::Lane::io, [] {}).error().errc() == st::Errc::overloaded);
  gate.unlock();
}

TEST_CASE("options name every problem") {
  const auto refused = st::make_thread_pool({.io_threads = 0, .cpu_threads = 0, .queue_limit = 0});
  REQUIRE_FALSE(refused);
  for (const char* field : {"io_threads", "cpu_threads", "queue_limit"}) {
    CHECK(refused.error().message().find(field) != std::string::npos);
  }
}

TEST_CASE("parallel runs everything, nested in itself, on one thread or many") {
  for (const unsigned threads : {1U, 4U}) {
    auto pool = st::make_thread_pool({.io_threads = threads}).value();
    std::atomic<int> leaves = 0;
    const auto outer = st::parallel(*pool, st::Lane::io, 8, [&](std::size_t) {
      return st::parallel(*pool, st::Lane::io, 8, [&](std::size_t) -> st::Result<void> {
        ++leaves;
        return st::success();
      });
    });
    CHECK(outer);
    CHECK(leaves == 64);
  }
}

TEST_CASE("parallel reports the failure of the lowest index and still runs the rest") {
  auto pool = st::make_thread_pool().value();
  std::atomic<int> ran = 0;
  const auto failed = st::parallel(*pool, st::Lane::cpu, 20, [&](std::size_t i) -> st::Result<void> {
    ++ran;
    if (i >= 5) return st::Error(st::Errc::internal, std::to_string(i));
    return st::success();
  });
  CHECK(ran == 20);
  CHECK(failed.error().message() == "5");
}

TEST_CASE("the inline executor runs at once, on the caller") {
  auto executor = st::make_inline_executor();
  int ran = 0;
  REQUIRE(executor->submit(st::Lane::io, [&ran] { ++ran; }));
  CHECK(ran == 1);
}
