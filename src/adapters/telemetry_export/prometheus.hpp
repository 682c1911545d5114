/// The text format of Prometheus, version 0.0.4.
#pragma once

#include "adapters/telemetry_export/series.hpp"

namespace stocktracker::inline v0::telemetry_export {

[[nodiscard]] std::string prometheus_text(const Families& families);

}  // namespace stocktracker::inline v0::telemetry_export
