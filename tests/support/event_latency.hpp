// How long after a commit a reader of events sees it: measured in real time, within one process and across two.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <stocktracker/assembly/open.hpp>
#include <stocktracker/core/json_reader.hpp>
#include <stocktracker/stocktracker.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/outbox.hpp"

// The clock of all processes of a machine.
inline std::int64_t machine_micros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

constexpr int kMeasuredEvents = 100;

// Publishes events as a run does: in the tenant's transaction, with the hint after it. Each says when it began.
inline stocktracker::Result<void> publish_measured(stocktracker::Storage& storage,
                                                   const stocktracker::TenantId& tenant) {
  namespace st = stocktracker;
  for (int n = 0; n < kMeasuredEvents; ++n) {
    // At another moment of the reader's sleep each time.
    std::this_thread::sleep_for(std::chrono::milliseconds(5 + n * 37 % 61));
    const st::EventId event(st::Uuid::v7(st::Instant::from_seconds(1'795'300'000 + n), static_cast<std::uint64_t>(n),
                                         static_cast<std::uint64_t>(machine_micros())));
    const std::string payload = R"({"version":1,"at":)" + std::to_string(machine_micros()) + "}";
    STK_TRY(
        put_event(storage, tenant, event, st::kSyncFinished, payload, st::Instant::from_seconds(1'795'300'000 + n)));
  }
  return st::success();
}

// What the machine itself needs at the same time for a reader's sleep and for the commits of one event (two of the
// publisher, four of the relay), in microseconds: under load both take long, whatever the library does.
class MachineDelay {
 public:
  // `beside`: a store of the same kind, which may be the measured one.
  explicit MachineDelay(std::shared_ptr<stocktracker::Storage> beside)
      : worker_([this, beside = std::move(beside)](const std::stop_token& stop) {
          while (!stop.stop_requested()) measure(*beside);
        }) {}

  // Ends the measurement. Sorted; never empty.
  std::vector<std::int64_t> take() {
    worker_.request_stop();
    worker_.join();
    std::sort(micros_.begin(), micros_.end());
    return std::move(micros_);
  }

 private:
  void measure(stocktracker::Storage& beside) {
    namespace st = stocktracker;
    const std::int64_t began = machine_micros();
    std::this_thread::sleep_for(kSleep);
    for (int n = 0; n < 6; ++n) {
      const st::EventId stamp(st::Uuid::v7(st::Instant::from_seconds(1'795'300'000), 1, static_cast<std::uint64_t>(n)));
      static_cast<void>(put_hint(beside, other_, stamp));
    }
    micros_.push_back(machine_micros() - began - std::chrono::duration_cast<std::chrono::microseconds>(kSleep).count());
  }

  static constexpr std::chrono::milliseconds kSleep{100};
  const stocktracker::TenantId other_{stocktracker::Uuid::v7(stocktracker::Instant::from_seconds(1), 1, 1)};
  std::vector<std::int64_t> micros_;
  std::jthread worker_;  // last: it uses the others
};

// Reads them as they come, and prints what it took from the beginning of the commit to the reader.
inline void read_measured(const stocktracker::Engine& engine, const stocktracker::TenantId& tenant, std::int64_t cursor,
                          std::shared_ptr<stocktracker::Storage> beside, const char* where) {
  namespace st = stocktracker;
  const st::CallContext context{.tenant = tenant};
  std::vector<std::int64_t> micros;
  MachineDelay machine(std::move(beside));
  while (micros.size() < static_cast<std::size_t>(kMeasuredEvents)) {
    const auto events = engine.events().after(cursor, {.wait = std::chrono::seconds(30)}, context);
    const std::int64_t now = machine_micros();
    REQUIRE(events);
    REQUIRE_FALSE(events.value().empty());
    for (const st::Event& event : events.value()) {
      REQUIRE(event.number == ++cursor);
      const auto payload = st::JsonDocument::parse(event.payload);
      REQUIRE(payload);
      micros.push_back(now - payload.value().root().integer("at").value());
    }
  }
  std::sort(micros.begin(), micros.end());
  const auto own = machine.take();
  const auto at = [](const std::vector<std::int64_t>& sorted, std::size_t hundredth) {
    return static_cast<double>(sorted[(sorted.size() - 1) * hundredth / 100]) / 1'000;
  };
  std::printf(
      "events, %s: p50 %.1f ms, p99 %.1f ms, longest %.1f ms after the commit began; the machine: p50 %.1f ms, "
      "longest %.1f ms\n",
      where, at(micros, 50), at(micros, 99), at(micros, 100), at(own, 50), at(own, 100));
  CHECK(at(micros, 50) < 200 + at(own, 50));
  CHECK(at(micros, 99) < 200 + at(own, 100));
}
