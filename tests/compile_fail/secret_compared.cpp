// == would take as long as the texts agree.
// expect: deleted
#include <stocktracker/core/secret.hpp>

bool same(const stocktracker::Secret& a, const stocktracker::Secret& b) {
#ifdef MISUSE
  return a == b;
#else
  return a.equals(b);
#endif
}
