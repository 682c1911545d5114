/// SentSecrets: the secrets that a connector's requests carried; removes them from texts.
#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include <stocktracker/core/error.hpp>
#include <stocktracker/marketplace/credentials.hpp>
#include <stocktracker/ports/http_transport.hpp>

namespace stocktracker::inline v0 {

/// A vendor's answer may repeat what was sent to it. Searched are each secret header's value, and its parts between
/// blanks and dots: as they are, percent-encoded, escaped as in JSON, and in base64; values of less than 4 characters
/// are not searched. Searched is also every run of 8 bytes of them, in any letter case, with blanks and line ends
/// inside. Thread-safe.
class SentSecrets {
 public:
  void note(const HttpRequest& request);
  /// Each part of 16 bytes or more that is no address, before anything is sent: a connector may repeat them in its
  /// errors. They are kept.
  void note(const Credentials& credentials);
  /// Replaces each secret by "[hidden]", also a part of one at the end of a text that was cut.
  [[nodiscard]] std::string hidden_in(std::string text) const;
  /// The error and its causes with cleaned texts, each on one line; a vendor's text is cut after 300 bytes.
  [[nodiscard]] Error cleaned(const Error& error) const;

 private:
  struct Sent {
    Secret value;
    std::vector<Secret> forms;  ///< longest first
  };
  mutable std::mutex mutex_;
  /// Call with the mutex.
  static void remember(const Secret& value, std::deque<Sent>& into);
  [[nodiscard]] std::vector<const Secret*> forms() const;

  std::deque<Sent> credentials_;
  std::deque<Sent> sent_;  ///< the latest ones only: keys rarely change
};

}  // namespace stocktracker::inline v0
