// A counter takes no duration.
// expect: static assertion failed
#include "ports/emit.hpp"

namespace st = stocktracker;

void measure(st::Telemetry& to) {
#ifdef MISUSE
  st::emit::observe<st::Metric::sync_runs_started>(to, st::Duration(1), "ozon");
#else
  st::emit::observe<st::Metric::sync_run_duration>(to, st::Duration(1), "ozon");
#endif
}
