/// Ports of the program that embeds the library: what they throw is caught where the library calls them.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <stocktracker/ports/audit_sink.hpp>
#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/key_provider.hpp>
#include <stocktracker/ports/telemetry.hpp>

namespace stocktracker::inline v0 {

/// Counts what the program's telemetry throws: there is nobody to report it to at the time. Thread-safe.
class GuardedTelemetry final : public Telemetry {
 public:
  explicit GuardedTelemetry(std::shared_ptr<Telemetry> next) noexcept : next_(std::move(next)) {}

  void log(const LogEvent& event) noexcept override;
  void count(std::string_view metric, std::int64_t by, std::span<const MetricLabel> labels) noexcept override;
  void observe(std::string_view metric, Duration value, std::span<const MetricLabel> labels) noexcept override;

  /// "telemetry threw 3 times, first: disk full"; empty if it never did.
  [[nodiscard]] std::string failures() const;

 private:
  template <class F>
  void call(F&& body) noexcept;
  void failed(std::string_view said) noexcept;

  const std::shared_ptr<Telemetry> next_;
  std::atomic<std::uint64_t> failures_ = 0;
  mutable std::mutex mutex_;
  std::string first_;
};

/// A clock that throws stands still: `now` gives the time that it gave last, and until it gives a time again, waits end
/// with what it said.
[[nodiscard]] std::shared_ptr<Clock> guarded_clock(std::shared_ptr<Clock> clock);
/// Errc::internal if `clock` is a guarded one and threw at the last `now`.
[[nodiscard]] std::optional<Error> clock_failure(const Clock& clock);

/// Logs as "audit.failed" what the program's audit throws.
[[nodiscard]] std::shared_ptr<AuditSink> guarded_audit(std::shared_ptr<AuditSink> audit,
                                                       std::shared_ptr<Telemetry> telemetry);

/// Returns what the program's key provider throws as Errc::internal.
[[nodiscard]] std::shared_ptr<KeyProvider> guarded_keys(std::shared_ptr<KeyProvider> keys);

}  // namespace stocktracker::inline v0
