// Decides whether an answer sets so much to 0 that it is held.
#include <stocktracker/inventory/mass_zero.hpp>

#include <stocktracker/core/problems.hpp>

namespace stocktracker::inline v0 {

Result<void> MassZeroGuard::validate() const {
  Problems problems;
  problems.require(at_least >= 1, "mass_zero.at_least", "must be at least 1");
  problems.require(percent >= 1 && percent <= 100, "mass_zero.percent", "must be between 1 and 100");
  return problems.result("MassZeroGuard");
}

bool is_mass_zero(const MassZeroGuard& guard, std::int64_t positive_before, std::int64_t zeroed,
                  bool first_load) noexcept {
  if (first_load || positive_before <= 0 || zeroed < guard.at_least) return false;
  // zeroed / positive_before >= percent / 100 without division; counts of positions are far from 2^63 / 100.
  return zeroed * 100 >= positive_before * guard.percent;
}

}  // namespace stocktracker::inline v0
