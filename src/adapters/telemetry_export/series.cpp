// SeriesTable: finds the series of a measurement; makes names and values safe to export.
#include "adapters/telemetry_export/series.hpp"

#include <algorithm>

#include <stocktracker/core/visible_text.hpp>

namespace stocktracker::inline v0::telemetry_export {
namespace {

constexpr std::size_t kMostValue = 128;  // bytes of a label's value
constexpr char kAfterName = '\x1e';
constexpr char kAfterValue = '\x1f';
constexpr std::string_view kOverflow = "overflow\x1etrue\x1f";
constexpr std::int64_t kMillion = 1'000'000;

constexpr bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool is_name(std::string_view text) noexcept {
  return !text.empty() && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_letter(c) || is_digit(c); });
}

/// Prometheus accepts fewer characters than OpenTelemetry; one name serves both.
std::string name_from(std::string_view text) {
  std::string name(text.substr(0, kMostValue));
  for (char& c : name) {
    if (!is_letter(c) && !is_digit(c)) c = '_';
  }
  if (name.empty() || is_digit(name.front())) name.insert(name.begin(), '_');
  return name;
}

bool is_plain(std::string_view text) noexcept {
  return text.size() <= kMostValue &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7F; });
}

void append_label(std::string& key, std::string_view name, std::string_view value) {
  if (is_name(name)) {
    key += name;
  } else {
    key += name_from(name);
  }
  key += kAfterName;
  if (is_plain(value)) {
    key += value;
  } else {
    key += visible(value.substr(0, kMostValue));
  }
  key += kAfterValue;
}

/// "le" names the bucket of a histogram.
constexpr bool is_reserved(std::string_view name) noexcept { return name == "le" || name.starts_with("__"); }

std::vector<std::pair<std::string, std::string>> labels_of(std::string_view key) {
  std::vector<std::pair<std::string, std::string>> labels;
  while (!key.empty()) {
    const std::size_t middle = key.find(kAfterName);
    const std::size_t end = key.find(kAfterValue, middle);
    labels.emplace_back(key.substr(0, middle), key.substr(middle + 1, end - middle - 1));
    key.remove_prefix(end + 1);
  }
  return labels;
}

}  // namespace

void Seconds::add(Duration value) noexcept {
  const std::int64_t given = std::max(value, Duration::zero()).count();
  micros += given % kMillion;
  whole += given / kMillion + micros / kMillion;
  micros %= kMillion;
}

std::string Seconds::text() const {
  std::string out = std::to_string(whole);
  if (micros == 0) return out;
  const std::string part = std::to_string(kMillion + micros).substr(1);
  return out + "." + part.substr(0, part.find_last_not_of('0') + 1);
}

std::string seconds_text(Duration value) {
  Seconds seconds;
  seconds.add(value);
  return seconds.text();
}

void SeriesTable::make_key(std::span<const MetricLabel> labels) {
  key_.clear();
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto same = [&](const MetricLabel& earlier) { return earlier.name == labels[i].name; };
    if (is_reserved(labels[i].name) ||
        std::any_of(labels.begin(), labels.begin() + static_cast<std::ptrdiff_t>(i), same))
      continue;
    append_label(key_, labels[i].name, labels[i].value);
  }
}

Family& SeriesTable::family(std::string_view metric, MetricKind kind) {
  std::string cleaned;
  if (!is_name(metric)) {
    cleaned = name_from(metric);
    metric = cleaned;
  }
  const auto found = families_.find(metric);
  if (found != families_.end()) return found->second;
  // A metric of the table keeps the kind that it has there, also if the program reports it with another call.
  if (const MetricInfo* info = find_metric(metric)) {
    Family listed{info->kind, std::string(info->unit), std::string(info->meaning), info->buckets};
    return families_.emplace(metric, std::move(listed)).first->second;
  }
  Family fresh{kind, kind == MetricKind::duration ? "s" : "1", "Measured by a connector or by the program.",
               kBucketsOfCalls};
  return families_.emplace(metric, std::move(fresh)).first->second;
}

OneSeries* SeriesTable::find(std::string_view metric, MetricKind kind, std::span<const MetricLabel> labels) {
  Family& family = this->family(metric, kind);
  if (family.kind != kind) {
    drop("series");
    return nullptr;
  }
  make_key(labels);
  auto found = family.series.find(key_);
  if (found != family.series.end()) return &found->second;
  if (kept_ >= most_ && metric != info_of(Metric::export_dropped).name) {
    found = family.series.find(kOverflow);
    if (found == family.series.end()) found = family.series.emplace(kOverflow, OneSeries{labels_of(kOverflow)}).first;
    drop("series");
  } else {
    found = family.series.emplace(key_, OneSeries{labels_of(key_)}).first;
    ++kept_;
  }
  if (kind == MetricKind::duration) found->second.buckets.resize(family.bounds.size() + 1);
  return &found->second;
}

void SeriesTable::count(std::string_view metric, std::int64_t by, std::span<const MetricLabel> labels) {
  OneSeries* const series = find(metric, MetricKind::counter, labels);
  if (series) series->count += std::max<std::int64_t>(by, 0);
}

void SeriesTable::observe(std::string_view metric, Duration value, std::span<const MetricLabel> labels) {
  OneSeries* const series = find(metric, MetricKind::duration, labels);
  if (!series) return;
  const auto bounds = family(metric, MetricKind::duration).bounds;
  const auto at = std::lower_bound(bounds.begin(), bounds.end(), value) - bounds.begin();
  ++series->buckets[static_cast<std::size_t>(at)];
  ++series->count;
  series->sum.add(value);
}

void SeriesTable::drop(std::string_view item) {
  const MetricLabel label{info_of(Metric::export_dropped).labels[0], item};
  count(info_of(Metric::export_dropped).name, 1, {&label, 1});
}

}  // namespace stocktracker::inline v0::telemetry_export
