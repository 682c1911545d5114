// Checks the name of an actor.
#include "ports/actor.hpp"

#include <algorithm>

#include "core/storable_text.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr std::size_t kMostActor = 120;

bool is_printable(char c) noexcept { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; }

}  // namespace

Error actor_error() {
  return Error(Errc::invalid_argument,
               "must name the acting user or job in 1 to 120 bytes of UTF-8 without control characters")
      .about("actor");
}

Result<void> check_actor(std::string_view actor) {
  if (std::all_of(actor.begin(), actor.end(), is_printable) && is_storable(actor, kMostActor)) return success();
  return actor_error();
}

}  // namespace stocktracker::inline v0
