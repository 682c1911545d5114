// Values of the ports, tasks that run in parallel on an executor, and the scripted transport.
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/ports/http_transport.hpp>
#include <stocktracker/ports/telemetry.hpp>
#include <stocktracker/testing/scripted_transport.hpp>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <new>
#include <thread>

#include "tests/support/catch.hpp"

namespace st = stocktracker;

namespace {

st::HttpRequest request_to(std::string url) {
  st::HttpRequest request;
  request.url = std::move(url);
  return request;
}

/// Takes some tasks, then none.
class Reluctant final : public st::Executor {
 public:
  explicit Reluctant(int accepts) : accepts_(accepts) {}
  ~Reluctant() override {
    for (std::thread& thread : threads_) thread.join();
  }
  using Executor::submit;
  st::Result<void> submit(st::Lane, st::Task task, const st::TenantId&) override {
    if (accepts_-- <= 0) return st::Errc::overloaded;
    threads_.emplace_back([held = std::make_shared<st::Task>(std::move(task))] { (*held)(); });
    return st::success();
  }
  unsigned width(st::Lane) const noexcept override { return 8; }

 private:
  int accepts_;
  std::vector<std::thread> threads_;
};

/// Keeps its tasks until the test runs them.
class Noted final : public st::Executor {
 public:
  struct Kept {
    st::Lane lane;
    st::TenantId owner;
    st::Task task;
  };
  explicit Noted(unsigned width) : width_(width) {}
  using Executor::submit;
  st::Result<void> submit(st::Lane lane, st::Task task, const st::TenantId& owner) override {
    if (full) return st::Errc::overloaded;
    tasks.push_back({lane, owner, std::move(task)});
    return st::success();
  }
  bool others_wait(st::Lane lane, const st::TenantId& owner) const noexcept override {
    asked_rightly = asked_rightly && lane == st::Lane::cpu && owner == kOwner;
    return others;
  }
  unsigned width(st::Lane) const noexcept override { return width_; }
  void run_next() {
    auto kept = std::move(tasks.front());
    tasks.pop_front();
    kept.task();
  }

  static inline const st::TenantId kOwner{st::Uuid::v7(st::Instant::from_seconds(10), 1, 1)};
  std::deque<Kept> tasks;
  bool full = false;
  bool others = false;
  mutable bool asked_rightly = true;

 private:
  const unsigned width_;
};

}  // namespace

TEST_CASE("headers are found whatever their case, the first of a name counts") {
  const st::HttpResponse response{200, {{"X-Ratelimit-Retry", "5"}, {"x-ratelimit-retry", "9"}, {"Empty", ""}}, {}};
  CHECK(response.header("x-rateLIMIT-retry") == "5");
  CHECK(response.header("empty") == "");
  CHECK_FALSE(response.header("x-ratelimit"));
  CHECK_FALSE(response.header("x-ratelimit-retry "));
  CHECK_FALSE(response.header(""));
}

TEST_CASE("values of the ports are written by their names") {
  CHECK(std::string(st::to_string(st::HttpMethod::del)) == "DELETE");
  CHECK(std::string(st::to_string(st::HttpMethod::patch)) == "PATCH");
  CHECK(std::string(st::to_string(st::Lane::maintenance)) == "maintenance");
  CHECK(std::string(st::to_string(st::Severity::warning)) == "warning");
}

TEST_CASE("a telemetry that listens to one kind is not asked for the others, and hears that one") {
  class Counter final : public st::Telemetry {
   public:
    void count(std::string_view name, std::int64_t by, std::span<const st::MetricLabel>) noexcept override {
      heard += std::string(name) + " " + std::to_string(by) + ";";
    }
    std::string heard;
  };
  Counter counter;
  st::Telemetry& telemetry = counter;
  telemetry.log({.name = "test.event", .message = "message"});
  telemetry.count("metric", 3, {});
  telemetry.observe("metric", std::chrono::seconds(1), {});
  CHECK(counter.heard == "metric 3;");
}

TEST_CASE("parallel goes on alone when nobody helps") {
  for (const int helpers : {0, 1, 3}) {
    Reluctant executor(helpers);
    std::atomic<int> ran = 0;
    CHECK(st::parallel(executor, st::Lane::io, 100, [&](std::size_t) -> st::Result<void> {
      ++ran;
      return st::success();
    }));
    CHECK(ran == 100);
  }
}

TEST_CASE("parallel runs the rest when one child is out of memory, then reports it to its caller") {
  for (const int helpers : {0, 3}) {
    Reluctant executor(helpers);
    std::atomic<int> ran = 0;
    const auto body = [&](std::size_t i) -> st::Result<void> {
      ++ran;
      if (i == 4) throw std::bad_alloc();
      return i < 4 ? st::Result<void>(st::Errc::internal) : st::success();  // a failure beside it changes nothing
    };
    CHECK_THROWS_AS((void)st::parallel(executor, st::Lane::io, 20, body), std::bad_alloc);
    CHECK(ran == 20);
  }
}

// What a child writes into belongs to the caller, who goes on when parallel has returned.
TEST_CASE("parallel returns when the last child has ended, also where a helper runs it") {
  Reluctant executor(1);
  const auto caller = std::this_thread::get_id();
  std::mutex mutex;
  std::condition_variable changed;
  bool helping = false;
  bool returned = false;
  bool too_early = false;
  bool ended = false;
  const auto body = [&](std::size_t) -> st::Result<void> {
    std::unique_lock lock(mutex);
    if (std::this_thread::get_id() == caller) {
      changed.wait(lock, [&] { return helping; });
      return st::success();
    }
    helping = true;
    changed.notify_all();
    too_early = changed.wait_for(lock, std::chrono::milliseconds(100), [&] { return returned; });
    ended = true;
    changed.notify_all();
    return st::success();
  };
  CHECK(st::parallel(executor, st::Lane::io, 2, body));
  std::unique_lock lock(mutex);
  returned = true;
  changed.notify_all();
  CHECK(ended);
  changed.wait(lock, [&] { return ended; });
  CHECK_FALSE(too_early);
}

TEST_CASE("parallel calls a helper for each child but its own, no more than the lane is wide, in its owner's name") {
  struct Case {
    std::size_t children;
    unsigned width;
    std::size_t helpers;
  };
  for (const Case& c : {Case{1, 8, 0}, Case{3, 8, 2}, Case{8, 8, 7}, Case{9, 8, 8}, Case{50, 8, 8}, Case{50, 1, 1}}) {
    CAPTURE(c.children, c.width);
    Noted executor(c.width);
    std::size_t ran = 0;
    CHECK(st::parallel(
        executor, st::Lane::cpu, c.children,
        [&](std::size_t) -> st::Result<void> {
          ++ran;
          return st::success();
        },
        Noted::kOwner));
    CHECK(ran == c.children);
    CHECK(executor.tasks.size() == c.helpers);
    for (const auto& kept : executor.tasks) {
      CHECK(kept.lane == st::Lane::cpu);
      CHECK(kept.owner == Noted::kOwner);
    }
    // One that comes late finds nothing to do, and nobody who waits for it.
    while (!executor.tasks.empty()) executor.run_next();
    CHECK(ran == c.children);
  }
}

// The caller is in its first child, while a thread of the lane helps.
TEST_CASE("a helper gives way to others behind each child, and only where somebody goes on for it") {
  const bool others = GENERATE(true, false);
  const bool full = GENERATE(true, false);
  CAPTURE(others, full);
  Noted executor(1);
  std::size_t ran = 0;
  const auto body = [&](std::size_t i) -> st::Result<void> {
    ++ran;
    if (i != 0) return st::success();
    executor.others = others;
    executor.full = full;
    executor.run_next();
    if (!others || full) {
      CHECK(ran == 5);  // nobody waits, or nobody could be called: it did the rest
      CHECK(executor.tasks.empty());
      return st::success();
    }
    CHECK(ran == 2);
    REQUIRE(executor.tasks.size() == 1);
    CHECK(executor.tasks.front().lane == st::Lane::cpu);
    CHECK(executor.tasks.front().owner == Noted::kOwner);
    executor.others = false;
    executor.run_next();
    CHECK(ran == 5);
    return st::success();
  };
  CHECK(st::parallel(executor, st::Lane::cpu, 5, body, Noted::kOwner));
  CHECK(ran == 5);
  CHECK(executor.asked_rightly);
}

TEST_CASE("parallel has nothing to do for no children") {
  Reluctant executor(0);
  CHECK(st::parallel(executor, st::Lane::cpu, 0, [](std::size_t) -> st::Result<void> { return st::Errc::internal; }));
}

TEST_CASE("the scripted transport answers in order among what fits") {
  st::testing::ScriptedTransport transport;
  transport.answer("/cards", 200, "first")
      .answer("/stocks", 429, "wait", {{"Retry-After", "20"}})
      .answer("/cards", 500, "second")
      .fail("/cards", st::Error(st::Errc::tls_failed, "scripted"))
      .always("/ping", 200, "pong");
  CHECK(transport.left() == 4);
  CHECK(transport.send(request_to("https://a/stocks"), {}).value().header("retry-after") == "20");
  CHECK(transport.send(request_to("https://a/cards?x=1"), {}).value().body == "first");
  const auto second = transport.send(request_to("https://a/cards"), {}).value();
  CHECK(second.status == 500);
  CHECK(second.body.capacity() >= second.body.size() + st::kBodyPadding);
  CHECK(transport.send(request_to("https://a/cards"), {}).error().errc() == st::Errc::tls_failed);
  const auto forgotten = transport.send(request_to("https://a/cards"), {});
  CHECK(forgotten.error().errc() == st::Errc::connect_failed);
  CHECK(forgotten.error().message().find("https://a/cards") != std::string::npos);
  for (int i = 0; i < 3; ++i) CHECK(transport.send(request_to("https://a/ping"), {}).value().body == "pong");
  CHECK(transport.left() == 0);
  CHECK(transport.sent().size() == 8);
}

TEST_CASE("the scripted transport remembers requests, secrets by name only") {
  st::testing::ScriptedTransport transport;
  transport.always("", 204, "");
  st::HttpRequest request = request_to("https://a/x");
  request.method = st::HttpMethod::put;
  request.body = "{}";
  request.operation = "test.put";
  request.headers.push_back({"Accept", "application/json"});
  request.secret_headers.push_back({"Authorization", st::Secret::copy_of("canary-55aa")});
  REQUIRE(transport.send(request, {}));
  const auto sent = transport.sent();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].method == st::HttpMethod::put);
  CHECK(sent[0].body == "{}");
  CHECK(sent[0].operation == "test.put");
  CHECK(sent[0].headers.size() == 1);
  CHECK(sent[0].secret_header_names == std::vector<std::string>{"Authorization"});

  std::stop_source source;
  source.request_stop();
  st::CallContext stopped;
  stopped.stop = source.get_token();
  CHECK(transport.send(request, stopped).error().errc() == st::Errc::cancelled);
}
