/// @file
/// Faults of a world: what marketplaces do on bad days, when and how often.
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
  gone,              ///< 404 of a method that is switched off for a time
  reset,             ///< the connection is reset, nothing comes back
  slow,              ///< the answer takes `wait`
  truncate,          ///< the body ends in the middle, whatever its length promised
  broken_json,       ///< a whole body that is no JSON
  wrong_types,       ///< a required member comes with another type
  unknown_fields,    ///< members that nothing documents, everywhere: readers must not mind
  repeat_rows,       ///< later pages begin `size` rows early
  shrink_pages,      ///< pages hold at most `size` rows, whatever was asked for
  skip_rows,         ///< later pages begin `size` rows late, as after rows before them left the list (lists by offset)
  endless_pages,     ///< each page holds the rows of the first, and a cursor moves on (Wildberries)
  null_lists,        ///< empty lists are null
  negative_amounts,  ///< the first `size` amounts of stock are negative
  odd_decimals,      ///< the first `size` prices have more decimals than their currency
  byte_order_mark,   ///< EF BB BF before the JSON
};
[[nodiscard]] STK_API const char* to_string(FaultKind kind) noexcept;

struct Fault {
  FaultKind kind = FaultKind::status;
  Channel channel{};   ///< default: any
  std::string path{};  ///< a part of the request's path; empty: every method
  int status = 503;
  Duration wait{};
  std::size_t size = 1;
  Duration lasts{};  ///< zero: until `times` is used up, or for ever
  int times = 0;     ///< requests that it hits; 0: all while it lasts
};

// The usual ones.
[[nodiscard]] STK_API Fault throttle(const Channel& channel, Duration wait);
[[nodiscard]] STK_API Fault answer_status(int status, int times, std::string path = {});
[[nodiscard]] STK_API Fault truncate_body(int times, std::string path = {});
[[nodiscard]] STK_API Fault reset_connection(int times, std::string path = {});

struct ScheduledFault {
  Duration at{};  ///< after the world's start
  Fault fault;
  int used = 0;                        ///< requests that it hit, counted by the world
  std::optional<Instant> first_hit{};  ///< likewise
};

/// A value. As text: {"faults":[{"at":"3h","fault":"throttle","wait":"1800s","path":"cards/list","lasts":"20m",
/// "times":2,"status":503,"size":5}, ...]}; only `at` and `fault` are required, durations are a number and ms, s, m, h
/// or d.
class STK_API FaultScript {
 public:
  FaultScript& at(Duration after_start, Fault fault);
  /// Strict: what is unknown, mistyped or out of range is Errc::invalid_text and named.
  [[nodiscard]] static Result<FaultScript> parse(std::string_view json);
  [[nodiscard]] const std::vector<ScheduledFault>& faults() const noexcept { return faults_; }
  [[nodiscard]] std::vector<ScheduledFault>& faults() noexcept { return faults_; }

 private:
  std::vector<ScheduledFault> faults_;
};

}  // namespace stocktracker::inline v0::testing
