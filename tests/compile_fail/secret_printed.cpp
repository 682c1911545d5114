// A secret on its way to a log.
// expect: no match for|invalid operands
#include <sstream>

#include <stocktracker/core/secret.hpp>

std::string line(const stocktracker::Secret& token) {
  std::ostringstream out;
#ifdef MISUSE
  out << token;
#else
  out << token.text();
#endif
  return out.str();
}
