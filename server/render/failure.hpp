// A failed call as a person reads it: what happened, what to do next, and in brackets what support needs.
#pragma once

#include <string>
#include <string_view>

#include <stocktracker/core/error.hpp>

namespace server {

// Each is a line without control characters.
struct FailureText {
  std::string reason;     // "the store cannot be reached: connection refused"
  std::string next_step;  // "Check that the server runs and that this URL reaches it." Never empty.
  // " [vendor_throttled, ozon.stock, HTTP 429]": what support asks for. Empty where the person can mend it from the
  // text alone: a wrong option, a name that does not exist.
  std::string support;
};

[[nodiscard]] FailureText failure_text(const stocktracker::Error& error);

// All three in one line, for findings.
[[nodiscard]] std::string failure_line(const stocktracker::Error& error);

// "the key does not permit this", for the stored name of a code: "vendor_forbidden". A text that names no code is
// returned as it is.
[[nodiscard]] std::string reason_of_code(std::string_view name);

}  // namespace server
