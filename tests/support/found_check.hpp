// What a contract suite found: for implementations with a planted fault, each of which a suite must find.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/testing/check.hpp>

class FoundCheck final : public stocktracker::testing::Check {
 public:
  void begin(std::string_view name) override { case_ = name; }
  void expect(bool holds, std::string_view what) override {
    ++expectations_;
    if (!holds) failed_.push_back(case_ + ": " + std::string(what));
  }
  // "case: expectation" of each that does not hold.
  [[nodiscard]] const std::vector<std::string>& failed() const noexcept { return failed_; }
  [[nodiscard]] int expectations() const noexcept { return expectations_; }
  [[nodiscard]] bool has(std::string_view part) const {
    return std::any_of(failed_.begin(), failed_.end(),
                       [&](const std::string& one) { return one.find(part) != std::string::npos; });
  }
  [[nodiscard]] std::string text() const {
    std::string all;
    for (const std::string& one : failed_) all += one + "\n";
    return all;
  }

 private:
  std::string case_;
  std::vector<std::string> failed_;
  int expectations_ = 0;
};
