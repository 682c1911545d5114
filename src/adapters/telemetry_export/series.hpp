/// Series: counters and histograms by name and labels.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <stocktracker/ports/metric_table.hpp>

namespace stocktracker::inline v0::telemetry_export {

/// Seconds with six decimals; the sum of many durations, none of them negative.
struct Seconds {
  std::int64_t whole = 0;
  std::int64_t micros = 0;  ///< below a million

  /// False, and nothing is added, if the sum would not fit.
  [[nodiscard]] bool add(Duration value) noexcept;
  /// "0", "12", "0.0025": without needless zeros.
  [[nodiscard]] std::string text() const;
};
[[nodiscard]] std::string seconds_text(Duration value);

struct OneSeries {
  std::vector<std::pair<std::string, std::string>> labels;
  std::int64_t count = 0;  ///< the counter's value, or the number of durations
  Seconds sum{};
  std::vector<std::int64_t> buckets{};  ///< one for each bound, and one for what is above all; not cumulative
};

struct Family {
  MetricKind kind = MetricKind::counter;
  std::string unit;
  std::string meaning;
  std::span<const Duration> bounds{};
  std::map<std::string, OneSeries, std::less<>> series{};  ///< by labels in the order of their names
};

using Families = std::map<std::string, Family, std::less<>>;

/// Not thread-safe.
class SeriesTable {
 public:
  SeriesTable(std::size_t most_series, std::size_t most_own_metrics);

  void count(std::string_view metric, std::int64_t by, std::span<const MetricLabel> labels);
  void observe(std::string_view metric, Duration value, std::span<const MetricLabel> labels);
  /// One more item that was not kept, by Metric::export_dropped.
  void drop(std::string_view item);

  [[nodiscard]] const Families& families() const noexcept { return families_; }

 private:
  struct Found {
    Family* family = nullptr;
    OneSeries* series = nullptr;  ///< null: the measurement was dropped
  };
  /// `beyond_limit`: the series is kept also if there are as many as are allowed.
  [[nodiscard]] Found find(std::string_view metric, MetricKind kind, std::span<const MetricLabel> labels,
                           bool beyond_limit = false);
  /// Null: not kept.
  [[nodiscard]] Family* family(std::string_view metric, MetricKind kind);
  /// Labels as they are exported: `parts_`.
  void clean(std::span<const MetricLabel> labels);
  [[nodiscard]] std::string_view mended(std::string text);
  /// The same for the same labels in any order: `key_`.
  void make_key();

  const std::size_t most_series_;
  const std::size_t most_own_metrics_;
  std::size_t kept_ = 0;
  std::size_t own_metrics_ = 0;
  Families families_;
  std::set<std::string, std::less<>> claimed_;  ///< names that a new metric must not be seen under
  // Kept between calls, so that a known series needs no memory.
  std::vector<MetricLabel> parts_;
  std::vector<std::string> mended_;
  std::string key_;
};

}  // namespace stocktracker::inline v0::telemetry_export
