// Telemetry that remembers what it received, and what does not agree with the library's table.
#pragma once

#include <stocktracker/ports/log_table.hpp>
#include <stocktracker/ports/metric_table.hpp>

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

class RecordedTelemetry final : public stocktracker::Telemetry {
 public:
  void log(const stocktracker::LogEvent& event) override {
    const std::lock_guard lock(mutex_);
    ++seen[std::string(event.name)];
    text += std::string(event.name) + " " + std::string(event.message);
    for (const auto& field : event.fields) text += " " + std::string(field.name) + "=" + std::string(field.value);
    text += "\n";
    const auto* const row = stocktracker::find_log_entry(event.name);
    bool listed = row && row->severity == event.severity && row->message == event.message &&
                  row->field_count() == event.fields.size();
    for (std::size_t i = 0; listed && i < event.fields.size(); ++i) listed = event.fields[i].name == row->fields[i];
    if (!listed) unlisted.insert(std::string(event.name));
  }
  void count(std::string_view metric, std::int64_t by, std::span<const stocktracker::MetricLabel> labels) override {
    measured(metric, stocktracker::MetricKind::counter, by, labels);
  }
  void observe(std::string_view metric, stocktracker::Duration value,
               std::span<const stocktracker::MetricLabel> labels) override {
    measured(metric, stocktracker::MetricKind::duration, value.count(), labels);
  }

  // The sum of a series, e.g. sum("stocktracker_sync_runs_ended_total{vendor=ozon,state=ok}").
  std::int64_t sum(const std::string& series) const {
    const auto found = sums.find(series);
    return found == sums.end() ? 0 : found->second;
  }

  std::map<std::string, int> seen;                      // names, and how often
  std::map<std::string, std::int64_t> sums;             // by name and labels
  std::map<std::string, std::set<std::string>> values;  // of each label
  std::set<std::string> unlisted;                       // names that are not, or not so, in the table
  std::string text;                                     // of all log events

 private:
  void measured(std::string_view metric, stocktracker::MetricKind kind, std::int64_t by,
                std::span<const stocktracker::MetricLabel> labels) {
    const std::lock_guard lock(mutex_);
    ++seen[std::string(metric)];
    const auto* const row = stocktracker::find_metric(metric);
    bool listed = row && row->kind == kind && row->label_count() == labels.size();
    std::string series = std::string(metric) + "{";
    for (std::size_t i = 0; i < labels.size(); ++i) {
      listed = listed && labels[i].name == row->labels[i];
      values[std::string(labels[i].name)].insert(std::string(labels[i].value));
      series += (i ? "," : "") + std::string(labels[i].name) + "=" + std::string(labels[i].value);
    }
    sums[series + "}"] += by;
    if (!listed) unlisted.insert(std::string(metric));
  }

  std::mutex mutex_;
};
