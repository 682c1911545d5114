// Sums have a currency, and may overflow: there is no bare +.
// expect: no match for|invalid operands
#include <stocktracker/core/money.hpp>

namespace st = stocktracker;

st::Result<st::Money> sum(const st::Money& a, const st::Money& b) {
#ifdef MISUSE
  return a + b;
#else
  return a.plus(b);
#endif
}
