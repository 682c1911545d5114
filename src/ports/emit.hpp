/// Emits rows of the telemetry's table: a name, label or field that is not in the table does not compile.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include <stocktracker/ports/log_table.hpp>
#include <stocktracker/ports/metric_table.hpp>

namespace stocktracker::inline v0::emit {

namespace detail {

/// Every row stands at the place of its enumerator.
consteval bool in_order() {
  for (std::size_t i = 0; i < kMetricTable.size(); ++i) {
    if (kMetricTable[i].metric != static_cast<Metric>(i)) return false;
  }
  for (std::size_t i = 0; i < kLogTable.size(); ++i) {
    if (kLogTable[i].entry != static_cast<LogEntry>(i)) return false;
  }
  return true;
}
static_assert(in_order());

template <class Named, std::size_t kMost, std::size_t... kAt>
[[nodiscard]] std::array<Named, sizeof...(kAt)> named(const std::array<std::string_view, kMost>& names,
                                                      const std::array<std::string_view, sizeof...(kAt)>& values,
                                                      std::index_sequence<kAt...>) noexcept {
  return {Named{names[kAt], values[kAt]}...};
}

}  // namespace detail

/// `values`: one for each label of the row, in its order. They must have few different values: never an offer, a
/// warehouse, an account or a tenant.
template <Metric kMetric, class... Values>
void count(Telemetry& to, std::int64_t by, const Values&... values) {
  constexpr MetricInfo kRow = info_of(kMetric);
  static_assert(kRow.kind == MetricKind::counter);
  static_assert(kRow.label_count() == sizeof...(Values));
  const std::array<std::string_view, sizeof...(Values)> texts{std::string_view(values)...};
  const auto labels = detail::named<MetricLabel>(kRow.labels, texts, std::index_sequence_for<Values...>());
  to.count(kRow.name, by, labels);
}

/// As `count`; a negative duration (clocks of two machines) counts as 0.
template <Metric kMetric, class... Values>
void observe(Telemetry& to, Duration value, const Values&... values) {
  constexpr MetricInfo kRow = info_of(kMetric);
  static_assert(kRow.kind == MetricKind::duration);
  static_assert(kRow.label_count() == sizeof...(Values));
  const std::array<std::string_view, sizeof...(Values)> texts{std::string_view(values)...};
  const auto labels = detail::named<MetricLabel>(kRow.labels, texts, std::index_sequence_for<Values...>());
  to.observe(kRow.name, std::max(value, Duration::zero()), labels);
}

/// `values`: one for each field of the row, in its order. Never a secret, a body or a URL.
template <LogEntry kEntry, class... Values>
void log(Telemetry& to, const Values&... values) {
  constexpr LogInfo kRow = info_of(kEntry);
  static_assert(kRow.field_count() == sizeof...(Values));
  const std::array<std::string_view, sizeof...(Values)> texts{std::string_view(values)...};
  const auto fields = detail::named<LogField>(kRow.fields, texts, std::index_sequence_for<Values...>());
  to.log({kRow.severity, kRow.name, kRow.message, fields});
}

}  // namespace stocktracker::inline v0::emit
