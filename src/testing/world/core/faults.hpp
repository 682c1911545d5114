// Decides which faults affect a request, and changes its answer.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/ports/http_transport.hpp>
#include <stocktracker/testing/faults.hpp>
#include <stocktracker/testing/world.hpp>

namespace stocktracker::inline v0::testing::world {

// The faults of one request, before and after its handler.
struct Hit {
  std::optional<int> status;        // answer this instead
  std::optional<Duration> blocked;  // 429, for this long from now
  bool gone = false;
  std::size_t repeat = 0;
  std::optional<std::size_t> shrink;
  std::size_t skip = 0;
  bool endless = false;
  bool null_lists = false;
  std::size_t negative = 0;      // amounts
  std::size_t odd_decimals = 0;  // prices
  bool byte_order_mark = false;
  bool broken_json = false;
  bool wrong_types = false;
  bool unknown_fields = false;
  WireAnswer::Wire wire = WireAnswer::Wire::complete;
  Duration delay{};
};

// Counts requests in the script: each call is one request.
[[nodiscard]] Hit hit_by(FaultScript& script, const Channel& channel, Instant start, std::string_view path,
                         Instant now);

// Names of the members that faults change in the bodies of one marketplace; of several the first that a body has.
struct FaultMembers {
  std::span<const std::string_view> required{};  // gets another type than documented
  std::span<const std::string_view> amounts{};
  std::span<const std::string_view> decimals{};
};

// Changes of a body's text.
[[nodiscard]] std::string with_unknown_fields(std::string_view json);
[[nodiscard]] std::string with_wrong_types(std::string body, std::span<const std::string_view> members);
[[nodiscard]] std::string with_null_lists(std::string_view json);
[[nodiscard]] std::string with_negative_amounts(std::string body, std::span<const std::string_view> members,
                                                std::size_t count);
[[nodiscard]] std::string with_odd_decimals(std::string body, std::span<const std::string_view> members,
                                            std::size_t count);
[[nodiscard]] std::string without_its_end(std::string body);

}  // namespace stocktracker::inline v0::testing::world
