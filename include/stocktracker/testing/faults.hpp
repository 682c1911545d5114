/// @file
/// Faults of a world: what goes wrong at the simulated marketplaces, when and how often.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/duration.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/core/time.hpp>
#include <stocktracker/marketplace/channel.hpp>

namespace stocktracker::inline v0::testing {

enum class FaultKind : unsigned char {
  status,            ///< answers with `status`
  throttle,          ///< 429 until `wait` has passed since the first refusal
  gone,              ///< 404, as of a method that is switched off for a time
  reset,             ///< the connection is reset without an answer
  slow,              ///< the answer takes `wait`
  truncate,          ///< the body ends in the middle, although its length promised more
  broken_json,       ///< a complete body that is not JSON
  wrong_types,       ///< a required member has another type
  unknown_fields,    ///< undocumented members everywhere: readers must ignore them
  repeat_rows,       ///< later pages begin `size` rows early
  shrink_pages,      ///< pages contain at most `size` rows, even if more are requested
  skip_rows,         ///< later pages begin `size` rows late, as if rows before them had left the list (lists by offset)
  endless_pages,     ///< each page contains the rows of the first one, with a new cursor (Wildberries)
  null_lists,        ///< empty lists are null
  negative_amounts,  ///< the first `size` amounts of stock are negative
  odd_decimals,      ///< the first `size` prices have more decimals than their currency
  byte_order_mark,   ///< EF BB BF before the JSON
};
[[nodiscard]] STK_API const char* to_string(FaultKind kind) noexcept;

struct Fault {
  FaultKind kind = FaultKind::status;
  Channel channel{};   ///< default: any
  std::string path{};  ///< part of the request's path; empty: every method
  int status = 503;
  Duration wait{};
  std::size_t size = 1;
  Duration lasts{};  ///< zero: until `times` is used up, or without end
  int times = 0;     ///< number of requests that it affects; 0: all while it lasts
};

// Shortcuts for common faults.
[[nodiscard]] STK_API Fault throttle(const Channel& channel, Duration wait);
[[nodiscard]] STK_API Fault answer_status(int status, int times, std::string path = {});
[[nodiscard]] STK_API Fault truncate_body(int times, std::string path = {});
[[nodiscard]] STK_API Fault reset_connection(int times, std::string path = {});

struct ScheduledFault {
  Duration at{};  ///< after the world's start
  Fault fault;
  int used = 0;                        ///< requests that it affected, counted by the world
  std::optional<Instant> first_hit{};  ///< counted by the world, too
};

/// A value. As text: {"faults":[{"at":"3h","fault":"throttle","wait":"1800s","path":"cards/list","lasts":"20m",
/// "times":2,"status":503,"size":5}, ...]}. Only `at` and `fault` are required; durations are a number with ms, s, m, h
/// or d.
///
/// @code
/// st::testing::FaultScript script;
/// script.at(3h, st::testing::throttle(st::Channel::wildberries, 20min)).at(9h, st::testing::answer_status(503, 2));
/// STK_TRY(const auto same, st::testing::FaultScript::parse(R"({"faults": [{"at": "9h", "fault": "gone"}]})"));
/// @endcode
class STK_API FaultScript {
 public:
  FaultScript& at(Duration after_start, Fault fault);
  /// Strict: an unknown, mistyped or out-of-range member is Errc::invalid_text; the message names it.
  [[nodiscard]] static Result<FaultScript> parse(std::string_view json);
  [[nodiscard]] const std::vector<ScheduledFault>& faults() const noexcept { return faults_; }
  [[nodiscard]] std::vector<ScheduledFault>& faults() noexcept { return faults_; }

 private:
  std::vector<ScheduledFault> faults_;
};

}  // namespace stocktracker::inline v0::testing
