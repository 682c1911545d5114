// Only rows of the table of measurements can be emitted.
// expect: is not a member of .*Metric
#include "ports/emit.hpp"

namespace st = stocktracker;

void measure(st::Telemetry& to) {
#ifdef MISUSE
  st::emit::count<st::Metric::http_repeats>(to, 1, "ozon", "ozon.stocks");
#else
  st::emit::count<st::Metric::http_retries>(to, 1, "ozon", "ozon.stocks");
#endif
}
