// A measurement has the labels of its row, and no other.
// expect: static assertion failed
#include "ports/emit.hpp"

namespace st = stocktracker;

void measure(st::Telemetry& to) {
#ifdef MISUSE
  st::emit::count<st::Metric::http_retries>(to, 1, "ozon", "ozon.stocks", "account 7");
#else
  st::emit::count<st::Metric::http_retries>(to, 1, "ozon", "ozon.stocks");
#endif
}
