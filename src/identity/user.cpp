// Values of users: names of states, checks of a profile.
#include <stocktracker/identity/user.hpp>

#include <stocktracker/core/problems.hpp>

#include "core/storable_text.hpp"
#include "tenant/locale_names.hpp"

namespace stocktracker::inline v0 {

const char* to_string(UserState state) noexcept {
  switch (state) {
    case UserState::invited:
      return "invited";
    case UserState::active:
      return "active";
    case UserState::locked:
      return "locked";
    case UserState::disabled:
      return "disabled";
  }
  return "unknown";
}

Result<void> UserProfile::validate() const {
  constexpr std::size_t kMostName = 120;
  Problems problems;
  problems.require(is_visible_name(name, kMostName), "name",
                   "must have 1 to 120 bytes of UTF-8 with something to see, without control characters");
  problems.require(is_language_tag(locale), "locale", kLanguageTag);
  problems.require(is_zone_name(zone), "zone", kZoneName);
  return problems.result("UserProfile");
}

}  // namespace stocktracker::inline v0
