/// @file
/// Problems: reports everything that is wrong with an options struct at once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0 {

struct Problem {
  std::string field;
  std::string what;
};

/// Collects while validating; `result()` is success or one Errc::invalid_argument that lists every problem.
///
/// @code
/// st::Problems problems;
/// problems.require(!text.empty(), "name", "not be empty");
/// STK_TRY(problems.result("ShopOptions"));  // invalid_argument that lists every problem
/// @endcode
class STK_API Problems {
 public:
  void add(std::string_view field, std::string_view what);
  /// Adds "must be ..." unless the condition holds.
  void require(bool condition, std::string_view field, std::string_view what);
  [[nodiscard]] bool empty() const noexcept { return problems_.empty(); }
  [[nodiscard]] const std::vector<Problem>& all() const noexcept { return problems_; }
  /// `what` names the options struct, e.g. "OpenOptions".
  [[nodiscard]] Result<void> result(std::string_view what) const;

 private:
  std::vector<Problem> problems_;
};

}  // namespace stocktracker::inline v0
