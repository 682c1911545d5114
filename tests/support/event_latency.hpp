// How long after a commit a reader of events sees it: measured in real time, within one process and across two.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
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

// Reads them as they come, and prints what it took from the beginning of the commit to the reader.
inline void read_measured(const stocktracker::Engine& engine, const stocktracker::TenantId& tenant, std::int64_t cursor,
                          const char* where) {
  namespace st = stocktracker;
  const st::CallContext context{.tenant = tenant};
  std::vector<std::int64_t> micros;
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
  const auto at = [&](std::size_t hundredth) { return static_cast<double>(micros[hundredth - 1]) / 1'000; };
  std::printf("events, %s: p50 %.1f ms, p99 %.1f ms, longest %.1f ms after the commit began\n", where, at(50), at(99),
              at(100));
  CHECK(at(99) < 3'000);  // promised are 200 ms; the machine of a test may be busy
}
