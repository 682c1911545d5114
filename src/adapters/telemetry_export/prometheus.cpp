// The text format of Prometheus: HELP, TYPE, then one line per value; buckets are cumulative.
#include "adapters/telemetry_export/prometheus.hpp"

namespace stocktracker::inline v0::telemetry_export {
namespace {

void append_escaped(std::string& out, std::string_view text, bool quoted) {
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && quoted) {
      out += "\\\"";
    } else {
      out += c;
    }
  }
}

/// `bound`: the value of the label "le"; empty: none.
void append_sample(std::string& out, std::string_view name, std::string_view suffix, const OneSeries& series,
                   std::string_view bound, std::string_view value) {
  out.append(name).append(suffix);
  char before = '{';
  const auto label = [&](std::string_view label_name, std::string_view text) {
    out += before;
    out.append(label_name).append("=\"");
    append_escaped(out, text, true);
    out += '"';
    before = ',';
  };
  for (const auto& [label_name, text] : series.labels) label(label_name, text);
  if (!bound.empty()) label("le", bound);
  if (before == ',') out += '}';
  out.append(" ").append(value).append("\n");
}

void append_histogram(std::string& out, std::string_view name, const Family& family, const OneSeries& series) {
  std::int64_t below = 0;
  for (std::size_t i = 0; i < family.bounds.size(); ++i) {
    below += series.buckets[i];
    append_sample(out, name, "_bucket", series, seconds_text(family.bounds[i]), std::to_string(below));
  }
  append_sample(out, name, "_bucket", series, "+Inf", std::to_string(series.count));
  append_sample(out, name, "_sum", series, {}, series.sum.text());
  append_sample(out, name, "_count", series, {}, std::to_string(series.count));
}

}  // namespace

std::string prometheus_text(const Families& families) {
  std::string out;
  for (const auto& [name, family] : families) {
    out.append("# HELP ").append(name).append(" ");
    append_escaped(out, family.meaning, false);
    const bool counts = family.kind == MetricKind::counter;
    out.append("\n# TYPE ").append(name).append(counts ? " counter\n" : " histogram\n");
    for (const auto& [key, series] : family.series) {
      if (counts) {
        append_sample(out, name, {}, series, {}, std::to_string(series.count));
      } else {
        append_histogram(out, name, family, series);
      }
    }
  }
  return out;
}

}  // namespace stocktracker::inline v0::telemetry_export
