// A view of a secret that is already wiped.
// expect: deleted
#include <stocktracker/core/secret.hpp>

stocktracker::Secret make();

std::size_t length() {
#ifdef MISUSE
  return make().reveal().size();
#else
  const auto secret = make();
  return secret.reveal().size();
#endif
}
