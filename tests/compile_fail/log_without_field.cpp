// A log event has every field of its row.
// expect: static assertion failed
#include "ports/emit.hpp"

namespace st = stocktracker;

void report(st::Telemetry& to) {
#ifdef MISUSE
  st::emit::log<st::LogEntry::relay_failed>(to, "busy");
#else
  st::emit::log<st::LogEntry::relay_failed>(to, "a tenant", "busy");
#endif
}
