// The version that was compiled.
#include <stocktracker/version.hpp>

#define STK_TEXT_OF(x) #x
#define STK_TEXT(x) STK_TEXT_OF(x)

namespace stocktracker::inline v0 {

const char* version() noexcept {
  return STK_TEXT(STK_VERSION_MAJOR) "." STK_TEXT(STK_VERSION_MINOR) "." STK_TEXT(STK_VERSION_PATCH);
}

}  // namespace stocktracker::inline v0
