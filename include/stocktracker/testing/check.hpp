/// @file
/// Check: receives the results of contract suites, so that the suites need no test framework.
#pragma once

#include <string>
#include <string_view>

#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0::testing {

/// Implemented by the user's test framework in a few lines.
///
/// @code
/// class Printed final : public st::testing::Check {
///  public:
///   void begin(std::string_view) override {}
///   void expect(bool holds, std::string_view what) override {
///     if (!holds) std::printf("failed: %.*s\n", static_cast<int>(what.size()), what.data());
///   }
/// };
/// @endcode
class STK_API Check {
 public:
  Check() = default;
  Check(const Check&) = delete;
  Check& operator=(const Check&) = delete;
  virtual ~Check();

  /// Begins a case; later expectations belong to it.
  virtual void begin(std::string_view name) = 0;
  virtual void expect(bool holds, std::string_view what) = 0;

  template <class T>
  bool expect_ok(const Result<T>& result, std::string_view what) {
    expect(result.has_value(), result ? std::string(what) : std::string(what) + ": " + result.error().text());
    return result.has_value();
  }
  template <class T>
  void expect_error(const Result<T>& result, Errc code, std::string_view what) {
    expect(!result && result.error().errc() == code, std::string(what) + ": expected " + to_string(code) + ", got " +
                                                         (result ? std::string("success") : result.error().text()));
  }
};

}  // namespace stocktracker::inline v0::testing
