// Text that stays behind where it came from must be copied in so many words.
// expect: could not convert|no known conversion|no viable conversion|cannot convert|conversion from
#include <string>

#include <stocktracker/core/secret.hpp>

stocktracker::Secret wrap(const std::string& token) {
#ifdef MISUSE
  return token;
#else
  return stocktracker::Secret::copy_of(token);
#endif
}
