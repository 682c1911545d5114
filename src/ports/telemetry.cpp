// Telemetry that drops everything.
#include <stocktracker/ports/telemetry.hpp>

namespace stocktracker::inline v0 {

const char* to_string(Severity severity) noexcept {
  switch (severity) {
    case Severity::debug:
      return "debug";
    case Severity::info:
      return "info";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
  }
  return "error";
}

Telemetry::~Telemetry() = default;
void Telemetry::log(const LogEvent&) {}
void Telemetry::count(std::string_view, std::int64_t, std::span<const MetricLabel>) {}
void Telemetry::observe(std::string_view, Duration, std::span<const MetricLabel>) {}

}  // namespace stocktracker::inline v0
