/// @file
/// Telemetry: receives log events and measurements. The default drops them; the library never prints.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <stocktracker/abi.hpp>
#include <stocktracker/core/duration.hpp>

namespace stocktracker::inline v0 {

enum class Severity : unsigned char { debug, info, warning, error };
[[nodiscard]] STK_API const char* to_string(Severity severity) noexcept;

/// One field of an event. It must not contain a secret, a token, a body or a URL with a query.
struct LogField {
  std::string_view name;
  std::string_view value;
};

struct LogEvent {
  Severity severity = Severity::info;
  std::string_view name;     ///< stable and dotted, e.g. "sync.source_failed"
  std::string_view message;  ///< for people
  std::span<const LogField> fields{};
};

struct MetricLabel {
  std::string_view name;
  std::string_view value;
};

/// Thread-safe, non-blocking, must not call back into the library. Views are valid during the call only. What it throws
/// is caught and counted; Engine::doctor reports it.
///
/// @code
/// class Lines final : public st::Telemetry {
///  public:
///   void log(const st::LogEvent& event) override {
///     std::printf("%.*s\n", static_cast<int>(event.name.size()), event.name.data());
///   }
/// };
/// @endcode
class STK_API Telemetry {
 public:
  Telemetry() = default;
  Telemetry(const Telemetry&) = delete;
  Telemetry& operator=(const Telemetry&) = delete;
  virtual ~Telemetry();

  virtual void log(const LogEvent& event);
  virtual void count(std::string_view metric, std::int64_t by, std::span<const MetricLabel> labels);
  virtual void observe(std::string_view metric, Duration value, std::span<const MetricLabel> labels);
};

}  // namespace stocktracker::inline v0
