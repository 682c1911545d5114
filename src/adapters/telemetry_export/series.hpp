/// Series: counters and histograms by name and labels.
#pragma once

#include <cstdint>
#include <map>
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

  void add(Duration value) noexcept;
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
  std::map<std::string, OneSeries, std::less<>> series{};  ///< by labels, so that exports have one order
};

using Families = std::map<std::string, Family, std::less<>>;

/// Not thread-safe.
class SeriesTable {
 public:
  explicit SeriesTable(std::size_t most) noexcept : most_(most) {}

  void count(std::string_view metric, std::int64_t by, std::span<const MetricLabel> labels);
  void observe(std::string_view metric, Duration value, std::span<const MetricLabel> labels);
  /// One more item that was not kept, by Metric::export_dropped.
  void drop(std::string_view item);

  [[nodiscard]] const Families& families() const noexcept { return families_; }

 private:
  [[nodiscard]] OneSeries* find(std::string_view metric, MetricKind kind, std::span<const MetricLabel> labels);
  [[nodiscard]] Family& family(std::string_view metric, MetricKind kind);
  void make_key(std::span<const MetricLabel> labels);

  const std::size_t most_;
  std::size_t kept_ = 0;
  Families families_;
  std::string key_;  ///< kept between calls, so that a known series needs no memory
};

}  // namespace stocktracker::inline v0::telemetry_export
