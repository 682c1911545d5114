/// @file
/// The secrets that a connector's requests carried, and texts without them.
#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include <stocktracker/core/error.hpp>
#include <stocktracker/ports/http_transport.hpp>

namespace stocktracker::inline v0 {

/// A vendor's answer may repeat what it was sent. Each secret header's value, and its parts between blanks and dots,
/// are searched as they are, percent-encoded, escaped as in JSON and in base64; those of less than 4 characters are
/// not. So is each run of 8 bytes of these, whatever the case of its letters and the blanks and line ends within it.
/// Thread-safe.
class SentSecrets {
 public:
  void note(const HttpRequest& request);
  /// "[hidden]" stands for each secret. A text that was cut may end with the beginning of one.
  [[nodiscard]] std::string hidden_in(std::string text) const;
  /// The error and its causes with texts that hold no secret, on one line; a vendor's words are cut (300 bytes).
  [[nodiscard]] Error cleaned(const Error& error) const;

 private:
  struct Sent {
    Secret value;
    std::vector<Secret> forms;  ///< longest first
  };
  mutable std::mutex mutex_;
  std::deque<Sent> sent_;  ///< the latest ones: keys change seldom
};

}  // namespace stocktracker::inline v0
