// The thread pool: lanes, owners, queues and their limits.
#include <stocktracker/adapters/system.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "tests/support/catch.hpp"

namespace st = stocktracker;

namespace {

const st::TenantId kAnna(st::Uuid::v7(st::Instant::from_seconds(10), 1, 1));
const st::TenantId kBoris(st::Uuid::v7(st::Instant::from_seconds(20), 2, 2));

// Tasks that wait until it is opened.
struct Gate {
  void pass() {
    std::unique_lock lock(mutex);
    ++waiting;
    changed.notify_all();
    changed.wait(lock, [&] { return open; });
  }
  void wait_for(int count) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return waiting >= count; });
  }
  void release() {
    const std::lock_guard lock(mutex);
    open = true;
    changed.notify_all();
  }
  std::mutex mutex;
  std::condition_variable changed;
  int waiting = 0;
  bool open = false;
};

}  // namespace

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

TEST_CASE("a tenant with tasks that all hang leaves a thread for the next tenant") {
  Gate gate;  // outlives the pool, whose tasks wait at it
  std::atomic<bool> ran = false;
  auto pool = st::make_thread_pool({.io_threads = 4}).value();
  for (int i = 0; i < 200; ++i)
    REQUIRE(pool->submit(
        st::Lane::io, [&] { gate.pass(); }, kAnna));
  gate.wait_for(3);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // a fourth would begin meanwhile
  REQUIRE(pool->submit(
      st::Lane::io, [&] { ran = true; }, kBoris));
  for (int i = 0; i < 5'000 && !ran; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  CHECK(ran);
  CHECK(gate.waiting == 3);
  gate.release();
}

TEST_CASE("tenants take turns on the threads of a lane, however many tasks one of them has") {
  Gate gate;
  std::string order;
  auto pool = st::make_thread_pool({.io_threads = 1}).value();
  REQUIRE(pool->submit(
      st::Lane::io, [&] { gate.pass(); }, kAnna));
  gate.wait_for(1);
  for (int i = 0; i < 6; ++i)
    REQUIRE(pool->submit(
        st::Lane::io, [&] { order += 'a'; }, kAnna));
  for (int i = 0; i < 3; ++i)
    REQUIRE(pool->submit(
        st::Lane::io, [&] { order += 'b'; }, kBoris));
  CHECK(pool->others_wait(st::Lane::io, kAnna));
  gate.release();
  pool.reset();  // what was accepted runs before it ends
  CHECK(order == "bababaaaa");
}

TEST_CASE("a tenant fills half of a lane's queue and no more") {
  Gate gate;  // outlives the pool, whose tasks wait at it
  auto pool = st::make_thread_pool({.io_threads = 1, .queue_limit = 10}).value();
  REQUIRE(pool->submit(
      st::Lane::io, [&] { gate.pass(); }, kAnna));
  gate.wait_for(1);
  for (int i = 0; i < 5; ++i)
    REQUIRE(pool->submit(
        st::Lane::io, [] {}, kAnna));
  CHECK(pool->submit(
                st::Lane::io, [] {}, kAnna)
            .error()
            .errc() == st::Errc::overloaded);
  CHECK(pool->submit(
      st::Lane::io, [] {}, kBoris));
  gate.release();
}

TEST_CASE("a worker that helps a tenant with many accounts gives way between two of them") {
  Gate gate;  // outlives the pool, whose tasks wait at it
  Gate other;
  std::atomic<int> begun = 0;
  std::atomic<int> begun_before_turn = -1;
  auto pool = st::make_thread_pool({.io_threads = 2}).value();
  std::thread anna([&] {
    const auto all = st::parallel(
        *pool, st::Lane::io, 50,
        [&](std::size_t) -> st::Result<void> {
          if (++begun <= 2) gate.pass();
          return st::success();
        },
        kAnna);
    CHECK(all);
  });
  gate.wait_for(2);  // the caller and one worker; the other thread is not for this tenant
  REQUIRE(pool->submit(
      st::Lane::io, [&] { other.pass(); }, kBoris));
  other.wait_for(1);
  REQUIRE(pool->submit(
      st::Lane::io, [&] { begun_before_turn = begun.load(); }, kBoris));
  other.release();
  while (begun_before_turn < 0) std::this_thread::yield();
  gate.release();
  anna.join();
  CHECK(begun_before_turn == 2);
  CHECK(begun == 50);
}
