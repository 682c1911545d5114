// The error of an exception that code outside the library threw.
#include "core/caught.hpp"

#include <string>

#include <stocktracker/core/visible_text.hpp>

namespace stocktracker::inline v0 {
namespace {

constexpr std::size_t kMostShown = 300;

}  // namespace

Error thrown_error(std::string_view subject, std::string_view said) {
  return Error(Errc::internal, std::string(subject).append(" threw: ").append(visible(said.substr(0, kMostShown))));
}

}  // namespace stocktracker::inline v0
