/// @file
/// AuditLog: an audit in memory, for tests and for programs that show recent events.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include <stocktracker/ports/audit_sink.hpp>

namespace stocktracker::inline v0::testing {

/// Thread-safe. Keeps the last `most` events.
///
/// @code
/// auto log = std::make_shared<st::testing::AuditLog>();
/// STK_TRY(auto engine, st::open({.path = ":memory:", .audit = log}));
/// for (const st::AuditEvent& event : log->events()) std::puts(event.action.c_str());
/// @endcode
class STK_API AuditLog final : public AuditSink {
 public:
  explicit AuditLog(std::size_t most = 10'000) noexcept : most_(most) {}

  void record(const AuditEvent& event) noexcept override;
  /// Oldest first.
  [[nodiscard]] std::vector<AuditEvent> events() const;
  /// How many events were recorded and are no longer kept.
  [[nodiscard]] std::uint64_t dropped() const;

 private:
  const std::size_t most_;
  mutable std::mutex mutex_;
  std::deque<AuditEvent> events_;
  std::uint64_t dropped_ = 0;
};

}  // namespace stocktracker::inline v0::testing
