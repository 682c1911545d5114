// Compares the rows that a connector reported with the true ones.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "testing/contracts/connector_truth_rows.hpp"

namespace stocktracker::inline v0::testing {

// The differences of a list as text: the first few, and their number.
class Differences {
 public:
  void add(const std::string& one) {
    if (++count_ <= kSaid) text_ += (count_ == 1 ? "" : "; ") + one;
  }
  [[nodiscard]] bool none() const noexcept { return count_ == 0; }
  [[nodiscard]] std::string text() const {
    return count_ > kSaid ? text_ + "; and " + std::to_string(count_ - kSaid) + " more" : text_;
  }

 private:
  static constexpr std::size_t kSaid = 3;
  std::size_t count_ = 0;
  std::string text_;
};

// Each reported row must be true in every member; each true row must be reported, with `once` exactly once.
template <class Row>
Differences differences(const std::vector<Row>& truth, const std::vector<Row>& reported, bool once) {
  Differences found;
  std::map<std::string, const Row*> expected;
  for (const Row& row : truth) {
    if (!expected.emplace(identity_of(row), &row).second) found.add("the truth itself has twice " + identity_of(row));
  }
  std::set<std::string> seen;
  for (const Row& row : reported) {
    const std::string identity = identity_of(row);
    const auto known = expected.find(identity);
    if (known == expected.end()) {
      found.add("not there: \"" + identity + "\"");
      continue;
    }
    if (!seen.insert(identity).second && once) found.add("twice: \"" + identity + "\"");
    const MemberTexts is = members_of(row);
    const MemberTexts should = members_of(*known->second);
    for (std::size_t n = 0; n < is.size(); ++n) {
      if (is[n].text != should[n].text)
        found.add(identity + ": " + is[n].name + " is \"" + is[n].text + "\", not \"" + should[n].text + "\"");
    }
  }
  for (const auto& [identity, row] : expected) {
    if (seen.count(identity) == 0) found.add("missing: \"" + identity + "\"");
  }
  return found;
}

// Rows and members may be missing; reported numbers and identifiers must be true.
template <class Row>
Differences made_up(const std::vector<Row>& truth, const std::vector<Row>& reported) {
  Differences found;
  std::map<std::string, const Row*> expected;
  for (const Row& row : truth) expected.emplace(identity_of(row), &row);
  for (const Row& row : reported) {
    const auto known = expected.find(identity_of(row));
    if (known == expected.end()) {
      found.add("not there: \"" + identity_of(row) + "\"");
      continue;
    }
    const MemberTexts is = members_of(row);
    const MemberTexts should = members_of(*known->second);
    for (std::size_t n = 0; n < is.size(); ++n) {
      if (is[n].number && !is[n].text.empty() && is[n].text != should[n].text)
        found.add(identity_of(row) + ": " + is[n].name + " is made up: " + is[n].text);
    }
  }
  return found;
}

// Page sizes: one row, two, all but one, all, one more; and some in between.
inline std::vector<int> sizes_for(std::size_t rows) {
  const auto n = static_cast<int>(rows);
  std::set<int> sizes;
  for (const int size : {1, 2, 3, n / 2, n - 1, n, n + 1}) {
    if (size > 0) sizes.insert(size);
  }
  return {sizes.begin(), sizes.end()};
}

}  // namespace stocktracker::inline v0::testing
