// Checks the name of an actor.
#include "ports/actor.hpp"

#include "core/storable_text.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr std::size_t kMostActor = 120;

}  // namespace

Error actor_error() {
  return Error(Errc::invalid_argument,
               "must name the acting user or job in 1 to 120 bytes of UTF-8, not blank, without control characters and "
               "marks that turn the direction of writing")
      .about("actor");
}

Result<void> check_actor(std::string_view actor) {
  if (actor.empty() || is_visible_name(actor, kMostActor)) return success();
  return actor_error();
}

}  // namespace stocktracker::inline v0
