// TelemetryExport: keeps measurements and log events behind one lock.
#include <stocktracker/adapters/telemetry_export.hpp>

#include <algorithm>
#include <deque>
#include <iterator>
#include <mutex>

#include <stocktracker/core/problems.hpp>

#include "adapters/telemetry_export/otlp.hpp"
#include "adapters/telemetry_export/prometheus.hpp"
#include "ports/guarded_ports.hpp"

namespace stocktracker::inline v0 {
namespace telemetry_export {
namespace {

/// At most so many bytes, and no half of a character.
std::string_view cut(std::string_view text, std::size_t most) noexcept {
  if (text.size() <= most) return text;
  std::size_t end = most;
  while (end > most - 3 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

class Export final : public TelemetryExport {
 public:
  explicit Export(TelemetryExportOptions options)
      : options_(std::move(options)),
        resource_{options_.service, options_.instance},
        start_(options_.clock->now()),
        series_(options_.most_series, options_.most_own_metrics) {}

  void log(const LogEvent& event) override {
    if (event.severity >= options_.least) keep(event);
    if (options_.next) options_.next->log(event);
  }
  void count(std::string_view metric, std::int64_t by, std::span<const MetricLabel> labels) override {
    {
      const std::lock_guard lock(mutex_);
      series_.count(metric, by, labels);
    }
    if (options_.next) options_.next->count(metric, by, labels);
  }
  void observe(std::string_view metric, Duration value, std::span<const MetricLabel> labels) override {
    {
      const std::lock_guard lock(mutex_);
      series_.observe(metric, value, labels);
    }
    if (options_.next) options_.next->observe(metric, value, labels);
  }

  std::string prometheus_text() const override {
    const std::lock_guard lock(mutex_);
    return telemetry_export::prometheus_text(series_.families());
  }
  std::string otlp_metrics() const override {
    const Instant now = std::max(options_.clock->now(), start_);  // no point ends before its start: clocks are set back
    const std::lock_guard lock(mutex_);
    return telemetry_export::otlp_metrics(series_.families(), resource_, start_, now);
  }
  std::string take_otlp_logs() override {
    std::vector<LogRecord> taken;
    {
      const std::lock_guard lock(mutex_);
      taken.assign(std::make_move_iterator(records_.begin()), std::make_move_iterator(records_.end()));
      records_.clear();
    }
    return taken.empty() ? std::string() : otlp_logs(taken, resource_);
  }

 private:
  void keep(const LogEvent& event) {
    LogRecord record{options_.clock->now(),
                     event.severity,
                     std::string(cut(event.name, TelemetryExportLimits::kName)),
                     std::string(cut(event.message, TelemetryExportLimits::kLogText)),
                     {}};
    for (const LogField& field : event.fields.first(std::min(event.fields.size(), TelemetryExportLimits::kLogFields))) {
      record.fields.emplace_back(cut(field.name, TelemetryExportLimits::kName),
                                 cut(field.value, TelemetryExportLimits::kLogText));
    }
    const std::lock_guard lock(mutex_);
    records_.push_back(std::move(record));
    if (records_.size() <= options_.most_log_records) return;
    records_.pop_front();
    series_.drop("log_record");
  }

  const TelemetryExportOptions options_;
  const Resource resource_;
  const Instant start_;
  mutable std::mutex mutex_;
  SeriesTable series_;
  std::deque<LogRecord> records_;
};

}  // namespace
}  // namespace telemetry_export

TelemetryExport::~TelemetryExport() = default;

Result<void> TelemetryExportOptions::validate() const {
  Problems problems;
  problems.require(clock != nullptr, "clock", "is required");
  problems.require(!service.empty(), "service", "must not be empty");
  return problems.result("TelemetryExportOptions");
}

Result<std::shared_ptr<TelemetryExport>> make_telemetry_export(TelemetryExportOptions options) {
  STK_TRY(options.validate());
  options.clock = guarded_clock(std::move(options.clock));  // a clock that throws must not end who only reports
  return std::make_shared<telemetry_export::Export>(std::move(options));
}

}  // namespace stocktracker::inline v0
