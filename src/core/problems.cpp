// Collects problems of an options struct, by field.
#include <stocktracker/core/problems.hpp>

namespace stocktracker::inline v0 {

void Problems::add(std::string_view field, std::string_view what) {
  problems_.push_back({std::string(field), std::string(what)});
}

void Problems::require(bool condition, std::string_view field, std::string_view what) {
  if (!condition) add(field, what);
}

Result<void> Problems::result(std::string_view what) const {
  if (problems_.empty()) return success();
  std::string message(what);
  const char* separator = ": ";
  for (const Problem& problem : problems_) {
    message += separator + problem.field + " " + problem.what;
    separator = "; ";
  }
  return Error(Errc::invalid_argument, std::move(message)).about(problems_.front().field);
}

}  // namespace stocktracker::inline v0
