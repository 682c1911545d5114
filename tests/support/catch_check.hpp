// Contract suites report through Catch2.
#pragma once

#include <string>

#include <stocktracker/testing/check.hpp>

#include "tests/support/catch.hpp"

class CatchCheck final : public stocktracker::testing::Check {
 public:
  void begin(std::string_view name) override { case_ = name; }
  void expect(bool holds, std::string_view what) override {
    ++expectations_;
    if (!holds) FAIL_CHECK(case_ << ": " << std::string(what));
  }
  [[nodiscard]] int expectations() const noexcept { return expectations_; }

 private:
  std::string case_;
  int expectations_ = 0;
};
