// A number says neither its unit nor its zone.
// expect: could not convert|no known conversion|no viable conversion|cannot convert|conversion from
#include <stocktracker/core/time.hpp>

stocktracker::Instant at(std::int64_t micros) {
#ifdef MISUSE
  return micros;
#else
  return stocktracker::Instant::from_micros(micros);
#endif
}
