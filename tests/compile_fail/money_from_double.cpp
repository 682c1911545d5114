// Money is counted, not measured.
// expect: deleted
#include <stocktracker/core/money.hpp>

namespace st = stocktracker;

st::Money price(double roubles, std::int64_t kopecks) {
#ifdef MISUSE
  return st::Money(roubles * 100, st::Currency::rub());
#else
  return static_cast<void>(roubles), st::Money{kopecks, st::Currency::rub()};
#endif
}
