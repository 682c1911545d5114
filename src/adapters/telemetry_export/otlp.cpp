// OTLP's JSON: lowerCamelCase keys, enumerations as numbers, 64-bit integers as decimal strings.
#include "adapters/telemetry_export/otlp.hpp"

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/version.hpp>

namespace stocktracker::inline v0::telemetry_export {
namespace {

constexpr int kCumulative = 2;  // AGGREGATION_TEMPORALITY_CUMULATIVE

/// Unsigned: a time before 1970 is that of a clock that was never set.
std::string nanos(Instant at) { return at.micros() <= 0 ? "0" : std::to_string(at.micros()) + "000"; }

int severity_number(Severity severity) noexcept {
  switch (severity) {
    case Severity::debug:
      return 5;
    case Severity::info:
      return 9;
    case Severity::warning:
      return 13;
    case Severity::error:
      return 17;
  }
  return 17;
}

const char* severity_text(Severity severity) noexcept {
  switch (severity) {
    case Severity::debug:
      return "DEBUG";
    case Severity::info:
      return "INFO";
    case Severity::warning:
      return "WARN";
    case Severity::error:
      return "ERROR";
  }
  return "ERROR";
}

void text_value(JsonWriter& json, std::string_view name, std::string_view text) {
  json.key(name).begin_object().field("stringValue", text).end_object();
}

void attribute(JsonWriter& json, std::string_view name, std::string_view text) {
  json.begin_object().field("key", name);
  text_value(json, "value", text);
  json.end_object();
}

void attributes(JsonWriter& json, const std::vector<std::pair<std::string, std::string>>& named) {
  json.key("attributes").begin_array();
  for (const auto& [name, text] : named) attribute(json, name, text);
  json.end_array();
}

/// Opens the lists down to the metrics or log records; `close` ends them.
void open(JsonWriter& json, const Resource& resource, std::string_view all, std::string_view scopes,
          std::string_view items) {
  json.begin_object().key(all).begin_array().begin_object().key("resource").begin_object().key("attributes");
  json.begin_array();
  attribute(json, "service.name", resource.service);
  if (!resource.instance.empty()) attribute(json, "service.instance.id", resource.instance);
  json.end_array().end_object().key(scopes).begin_array().begin_object();
  json.key("scope").begin_object().field("name", "stocktracker").field("version", version()).end_object();
  json.key(items).begin_array();
}

void close(JsonWriter& json) { json.end_array().end_object().end_array().end_object().end_array().end_object(); }

void point(JsonWriter& json, const Family& family, const OneSeries& series, const std::string& start,
           const std::string& now) {
  json.begin_object();
  attributes(json, series.labels);
  json.field("startTimeUnixNano", std::string_view(start)).field("timeUnixNano", std::string_view(now));
  const std::string count = std::to_string(series.count);
  if (family.kind == MetricKind::counter) {
    json.field("asInt", std::string_view(count)).end_object();
    return;
  }
  json.field("count", std::string_view(count)).key("sum").decimal(series.sum.text());
  json.key("bucketCounts").begin_array();
  for (const std::int64_t bucket : series.buckets) json.string(std::to_string(bucket));
  json.end_array().key("explicitBounds").begin_array();
  for (const Duration bound : family.bounds) json.decimal(seconds_text(bound));
  json.end_array().end_object();
}

}  // namespace

std::string otlp_metrics(const Families& families, const Resource& resource, Instant start, Instant now) {
  std::string out;
  JsonWriter json(out);
  const std::string started = nanos(start);
  const std::string at = nanos(now);
  open(json, resource, "resourceMetrics", "scopeMetrics", "metrics");
  for (const auto& [name, family] : families) {
    const bool counts = family.kind == MetricKind::counter;
    json.begin_object().field("name", std::string_view(name)).field("description", std::string_view(family.meaning));
    json.field("unit", std::string_view(family.unit)).key(counts ? "sum" : "histogram").begin_object();
    json.field("aggregationTemporality", kCumulative);
    if (counts) json.field("isMonotonic", true);
    json.key("dataPoints").begin_array();
    for (const auto& [key, series] : family.series) point(json, family, series, started, at);
    json.end_array().end_object().end_object();
  }
  close(json);
  return out;
}

std::string otlp_logs(const std::vector<LogRecord>& records, const Resource& resource) {
  std::string out;
  JsonWriter json(out);
  open(json, resource, "resourceLogs", "scopeLogs", "logRecords");
  for (const LogRecord& record : records) {
    const std::string at = nanos(record.at);
    json.begin_object().field("timeUnixNano", std::string_view(at)).field("observedTimeUnixNano", std::string_view(at));
    json.field("severityNumber", severity_number(record.severity))
        .field("severityText", severity_text(record.severity));
    json.field("eventName", std::string_view(record.name));
    text_value(json, "body", record.message);
    attributes(json, record.fields);
    json.end_object();
  }
  close(json);
  return out;
}

}  // namespace stocktracker::inline v0::telemetry_export
