// What a contract suite found: for implementations with a planted fault, each of which a suite must find.
#pragma once

#include <algorithm>
#include <atomic>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <stocktracker/testing/check.hpp>

class FoundCheck final : public stocktracker::testing::Check {
 public:
  FoundCheck() = default;
  // Watches for what is expected to fail.
  explicit FoundCheck(std::string expected) : expected_(std::move(expected)) {}

  void begin(std::string_view name) override { case_ = name; }
  void expect(bool holds, std::string_view what) override {
    ++expectations_;
    if (holds) return;
    failed_.push_back(case_ + ": " + std::string(what));
    if (!expected_.empty() && failed_.back().find(expected_) != std::string::npos) seen_ = true;
  }
  // Whether that has failed: what is under test may then cut its work short. From any thread.
  [[nodiscard]] bool seen() const noexcept { return seen_; }
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
  const std::string expected_;
  std::atomic<bool> seen_ = false;
  std::string case_;
  std::vector<std::string> failed_;
  int expectations_ = 0;
};
