// Copies of secrets are made on purpose.
// expect: deleted
#include <stocktracker/core/secret.hpp>

stocktracker::Secret keep(const stocktracker::Secret& token) {
#ifdef MISUSE
  return token;
#else
  return token.clone();
#endif
}
