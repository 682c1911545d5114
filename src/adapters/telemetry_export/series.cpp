// SeriesTable: finds the series of a measurement; makes names and values safe to export.
#include "adapters/telemetry_export/series.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <stocktracker/adapters/telemetry_export.hpp>
#include <stocktracker/core/visible_text.hpp>

namespace stocktracker::inline v0::telemetry_export {
namespace {

using Limits = TelemetryExportLimits;

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
  std::string name(text.substr(0, Limits::kName - 1));
  for (char& c : name) {
    if (!is_letter(c) && !is_digit(c)) c = '_';
  }
  if (name.empty() || is_digit(name.front())) name.insert(name.begin(), '_');
  return name;
}

bool is_plain(std::string_view text) noexcept {
  return text.size() <= Limits::kLabelValue &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7F; });
}

/// "le" names the bucket of a histogram.
constexpr bool is_reserved(std::string_view name) noexcept { return name == "le" || name.starts_with("__"); }

std::string_view without(std::string_view name, std::string_view suffix) noexcept {
  return name.size() > suffix.size() && name.ends_with(suffix) ? name.substr(0, name.size() - suffix.size()) : name;
}

/// Every name under which a reader may see the metric: Prometheus reads the samples of a histogram under names of their
/// own, and adds the unit or "_total" to names that come by OpenTelemetry without it.
std::vector<std::string> exposed_names(std::string_view metric, MetricKind kind) {
  const bool counts = kind == MetricKind::counter;
  const std::string_view ending = counts ? "_total" : "_seconds";
  const std::string bare(without(metric, ending));
  std::vector<std::string> names;
  for (const std::string& base : {bare, bare + std::string(ending)}) {
    names.push_back(base);
    if (counts) continue;
    for (const char* sample : {"_bucket", "_count", "_sum"}) names.push_back(base + sample);
  }
  return names;
}

}  // namespace

bool Seconds::add(Duration value) noexcept {
  const std::int64_t given = std::max(value, Duration::zero()).count();
  const std::int64_t part = micros + given % kMillion;
  const std::int64_t more = given / kMillion + part / kMillion;
  if (more > INT64_MAX - whole) return false;
  whole += more;
  micros = part % kMillion;
  return true;
}

std::string Seconds::text() const {
  std::string out = std::to_string(whole);
  if (micros == 0) return out;
  const std::string part = std::to_string(kMillion + micros).substr(1);
  return out + "." + part.substr(0, part.find_last_not_of('0') + 1);
}

std::string seconds_text(Duration value) {
  Seconds seconds;
  static_cast<void>(seconds.add(value));  // one duration always fits
  return seconds.text();
}

SeriesTable::SeriesTable(std::size_t most_series, std::size_t most_own_metrics)
    : most_series_(most_series), most_own_metrics_(most_own_metrics) {
  parts_.reserve(Limits::kLabels);
  mended_.reserve(2 * Limits::kLabels);  // views of it stay valid
  for (const MetricInfo& info : kMetricTable) {
    for (std::string& name : exposed_names(info.name, info.kind)) claimed_.insert(std::move(name));
  }
}

std::string_view SeriesTable::mended(std::string text) { return mended_.emplace_back(std::move(text)); }

void SeriesTable::clean(std::span<const MetricLabel> labels) {
  parts_.clear();
  mended_.clear();
  for (const MetricLabel& label : labels.first(std::min(labels.size(), Limits::kLabels))) {
    const bool named = is_name(label.name) && label.name.size() <= Limits::kName;
    const std::string_view name = named ? label.name : mended(name_from(label.name));
    const auto same = [&](const MetricLabel& earlier) { return earlier.name == name; };
    // To Prometheus a label without a value is one that is not there.
    if (label.value.empty() || is_reserved(name) || std::any_of(parts_.begin(), parts_.end(), same)) continue;
    parts_.push_back(
        {name, is_plain(label.value) ? label.value : mended(visible(label.value.substr(0, Limits::kLabelValue)))});
  }
}

void SeriesTable::make_key() {
  std::array<const MetricLabel*, Limits::kLabels> sorted{};
  const auto end = std::transform(parts_.begin(), parts_.end(), sorted.begin(), [](const auto& one) { return &one; });
  std::sort(sorted.begin(), end, [](const auto* one, const auto* other) { return one->name < other->name; });
  key_.clear();
  std::for_each(sorted.begin(), end, [&](const MetricLabel* label) {
    key_.append(label->name) += kAfterName;
    key_.append(label->value) += kAfterValue;
  });
}

Family* SeriesTable::family(std::string_view metric, MetricKind kind) {
  auto found = families_.find(metric);
  if (found != families_.end()) return &found->second;
  if (metric.size() > Limits::kName) return nullptr;
  std::string name(metric);
  if (!is_name(metric)) {
    name = name_from(metric);
    found = families_.find(name);
    if (found != families_.end()) return &found->second;
  }
  // A metric of the table keeps the kind that it has there, also if the program reports it with another call.
  if (const MetricInfo* info = find_metric(name)) {
    Family listed{info->kind, std::string(info->unit), std::string(info->meaning), info->buckets};
    return &families_.emplace(std::move(name), std::move(listed)).first->second;
  }
  if (own_metrics_ >= most_own_metrics_) return nullptr;
  std::vector<std::string> exposed = exposed_names(name, kind);
  const auto taken = [&](const std::string& one) { return claimed_.contains(one); };
  if (std::any_of(exposed.begin(), exposed.end(), taken)) return nullptr;
  for (std::string& one : exposed) claimed_.insert(std::move(one));
  ++own_metrics_;
  Family fresh{kind, kind == MetricKind::duration ? "s" : "1", "Measured by a connector or by the program.",
               kBucketsOfCalls};
  return &families_.emplace(std::move(name), std::move(fresh)).first->second;
}

SeriesTable::Found SeriesTable::find(std::string_view metric, MetricKind kind, std::span<const MetricLabel> labels,
                                     bool beyond_limit) {
  Family* const family = this->family(metric, kind);
  if (!family || family->kind != kind) {
    drop("measurement");
    return {};
  }
  clean(labels);
  make_key();
  auto found = family->series.find(key_);
  if (found != family->series.end()) return {family, &found->second};
  if (kept_ >= most_series_ && !beyond_limit) {
    drop("series");
    found = family->series.find(kOverflow);
    if (found == family->series.end()) {
      found = family->series.emplace(kOverflow, OneSeries{{{"overflow", "true"}}}).first;
    }
  } else {
    OneSeries fresh;
    for (const MetricLabel& label : parts_) fresh.labels.emplace_back(label.name, label.value);
    found = family->series.emplace(key_, std::move(fresh)).first;
    ++kept_;
  }
  if (kind == MetricKind::duration) found->second.buckets.resize(family->bounds.size() + 1);
  return {family, &found->second};
}

void SeriesTable::count(std::string_view metric, std::int64_t by, std::span<const MetricLabel> labels) {
  OneSeries* const series = find(metric, MetricKind::counter, labels).series;
  if (!series) return;
  const std::int64_t room = INT64_MAX - series->count;
  const bool fits = by <= room;
  series->count += std::clamp<std::int64_t>(by, 0, room);
  if (!fits && metric != info_of(Metric::export_dropped).name) drop("measurement");
}

void SeriesTable::observe(std::string_view metric, Duration value, std::span<const MetricLabel> labels) {
  const auto [family, series] = find(metric, MetricKind::duration, labels);
  if (!series) return;
  if (!series->sum.add(value)) return drop("measurement");
  const auto at = std::lower_bound(family->bounds.begin(), family->bounds.end(), value) - family->bounds.begin();
  ++series->buckets[static_cast<std::size_t>(at)];
  ++series->count;
}

void SeriesTable::drop(std::string_view item) {
  const MetricInfo& dropped = info_of(Metric::export_dropped);
  const MetricLabel label{dropped.labels[0], item};
  OneSeries* const series = find(dropped.name, MetricKind::counter, {&label, 1}, true).series;
  if (series && series->count < INT64_MAX) ++series->count;
}

}  // namespace stocktracker::inline v0::telemetry_export
