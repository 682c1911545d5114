// A view of a code whose channel is gone.
// expect: deleted
#include <stocktracker/marketplace/channel.hpp>

stocktracker::Channel channel();

std::size_t length() {
#ifdef MISUSE
  const std::string_view code = channel().code();
#else
  const auto kept = channel();
  const std::string_view code = kept.code();
#endif
  return code.size();
}
