// A failure that nobody looks at.
// expect: ignoring return|unused|nodiscard
#include <stocktracker/core/money.hpp>

void pay(const stocktracker::Money& price) {
#ifdef MISUSE
  price.times(2);
#else
  if (!price.times(2)) return;
#endif
}
