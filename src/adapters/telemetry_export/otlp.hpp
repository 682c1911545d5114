/// OpenTelemetry's protocol over HTTP, in its JSON encoding.
#pragma once

#include <stocktracker/core/time.hpp>

#include "adapters/telemetry_export/series.hpp"

namespace stocktracker::inline v0::telemetry_export {

struct Resource {
  std::string service;
  std::string instance;  ///< empty: left out
};

struct LogRecord {
  Instant at;
  Severity severity = Severity::info;
  std::string name;
  std::string message;
  std::vector<std::pair<std::string, std::string>> fields;
};

/// All values count from `start` on.
[[nodiscard]] std::string otlp_metrics(const Families& families, const Resource& resource, Instant start, Instant now);
[[nodiscard]] std::string otlp_logs(const std::vector<LogRecord>& records, const Resource& resource);

}  // namespace stocktracker::inline v0::telemetry_export
