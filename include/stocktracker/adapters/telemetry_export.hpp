/// @file
/// TelemetryExport: keeps what the library measures, and writes it for Prometheus and for OpenTelemetry.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <stocktracker/core/result.hpp>
#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/telemetry.hpp>

namespace stocktracker::inline v0 {

struct TelemetryExportOptions {
  std::shared_ptr<Clock> clock{};        ///< required; e.g. make_system_clock()
  std::shared_ptr<Telemetry> next{};     ///< receives everything, too (a log, for example); may be null
  std::string service = "stocktracker";  ///< OpenTelemetry's service.name
  std::string instance{};                ///< OpenTelemetry's service.instance.id; empty: left out
  /// Series (a name with its labels' values) that are kept; more are added up in one series per name, with the label
  /// overflow="true". The library alone has a few hundred per marketplace.
  std::size_t most_series = 2'000;
  /// Metrics that are not in the library's table (ports/metric_table.hpp) and are kept; measurements of more are
  /// dropped.
  std::size_t most_own_metrics = 200;
  std::size_t most_log_records = 1'000;  ///< kept until take_otlp_logs; of more, the oldest are dropped
  Severity least = Severity::info;       ///< log events below it are not kept

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// What is kept of each thing is limited, in bytes where nothing else is said: 128 for the name of a metric, 16 labels
/// of a measurement with 128 for a name and 128 for a value, 16 fields of a log event with 128 for a name and 1,024 for
/// a value, 128 for the event's name and 1,024 for its message. Longer texts are cut, more labels and fields left out.
///
/// Names become names of Prometheus (other characters become "_"); of labels whose names are then equal the first is
/// kept; those that Prometheus reserves ("le", "__...") and those without a value are left out. A measurement is
/// dropped, and counted by stocktracker_export_dropped_total with item="measurement", if the name of its metric is
/// longer than its limit, is kept as another kind, or would be the same series as another metric's to a reader:
/// "lat_count" beside the histogram "lat", "x" beside "x_total". The metrics of the library's table come first,
/// otherwise the one that was measured first. A count stops at the largest int64; what is above is dropped in the same
/// way.
struct TelemetryExportLimits {
  static constexpr std::size_t kName = 128;
  static constexpr std::size_t kLabels = 16;
  static constexpr std::size_t kLabelValue = 128;
  static constexpr std::size_t kLogFields = 16;
  static constexpr std::size_t kLogText = 1'024;
};

/// Keeps counters, histograms and log events in memory. It opens no port and sends nothing: the program answers a
/// scrape with `prometheus_text`, or sends the others by HTTP. Thread-safe; a call takes a lock for less than a
/// microsecond, and allocates only for a series that is new.
///
/// @code
/// STK_TRY(auto exporter, st::make_telemetry_export({.clock = st::make_system_clock()}));
/// STK_TRY(auto engine, st::open({.path = "shop.db", .telemetry = exporter}));
/// const std::string page = exporter->prometheus_text();  // what GET /metrics answers
/// @endcode
class STK_API TelemetryExport : public Telemetry {
 public:
  ~TelemetryExport() override;

  /// Prometheus text format 0.0.4: `Content-Type: text/plain; version=0.0.4; charset=utf-8`.
  [[nodiscard]] virtual std::string prometheus_text() const = 0;
  /// All measurements since the start (cumulative), as the JSON body of an OTLP/HTTP request to `/v1/metrics`:
  /// `Content-Type: application/json`.
  [[nodiscard]] virtual std::string otlp_metrics() const = 0;
  /// The kept log events, as the body of a request to `/v1/logs`; they are forgotten here. Empty if there are none.
  [[nodiscard]] virtual std::string take_otlp_logs() = 0;
};

[[nodiscard]] STK_API Result<std::shared_ptr<TelemetryExport>> make_telemetry_export(TelemetryExportOptions options);

}  // namespace stocktracker::inline v0
