/// @file
/// What connectors share: building and sending a request, checking the answer, what is remembered, rows of texts.
#pragma once

#include <array>
#include <atomic>
#include <charconv>
#include <deque>
#include <string>
#include <string_view>

#include <stocktracker/http/auth.hpp>
#include <stocktracker/marketplace/connector.hpp>

#include "marketplace/vendor_answers.hpp"
#include "marketplace/vendor_credentials.hpp"

namespace stocktracker::inline v0 {

/// A method of a vendor's API. An empty body is sent as none; one that is not is JSON.
[[nodiscard]] HttpRequest vendor_request(HttpMethod method, std::string url, std::string_view operation,
                                         std::string_view vendor, std::string_view category, std::string body = {});

/// The ports of a connector with its requests signed by `authorizer`.
[[nodiscard]] ConnectorPorts authorized(std::shared_ptr<Authorizer> authorizer, ConnectorPorts ports);

/// Thread-safe.
class VendorCalls {
 public:
  /// `errors` must outlive the calls: a vendor's are static data.
  VendorCalls(ConnectorPorts ports, const VendorErrors& errors) : ports_(std::move(ports)), errors_(errors) {}

  [[nodiscard]] Clock& clock() const noexcept { return *ports_.clock; }
  /// Looks at deadline and stop token first; returns the answer if the vendor accepted the request.
  [[nodiscard]] Result<HttpResponse> send(const HttpRequest& request, const CallContext& context) const;

  /// The latest time that the vendor has reported in an answer to this connector; nullopt: none yet. What an answer
  /// covers ends there: our own clock may run ahead.
  [[nodiscard]] std::optional<Instant> reported_time() const noexcept;

  /// What was remembered; empty without a memory.
  [[nodiscard]] Result<std::string> recall(std::string_view name, const CallContext& context) const;
  [[nodiscard]] Result<void> remember(std::string_view name, std::string_view value, const CallContext& context) const;
  /// AccountMemory::set_on_commit.
  [[nodiscard]] Result<void> remember_place(std::string_view name, std::string_view value,
                                            const CallContext& context) const;
  [[nodiscard]] bool has_memory() const noexcept { return ports_.memory != nullptr; }

 private:
  const ConnectorPorts ports_;
  const VendorErrors& errors_;
  mutable std::atomic<std::int64_t> reported_{INT64_MIN};
};

/// The error with the operation it happened in.
template <class T>
[[nodiscard]] Result<T> in_operation(std::string_view operation, Result<T> result) {
  if (result) return result;
  return std::move(result).error().during(operation);
}

/// Texts that the rows of one page point to; views stay valid while it grows.
class RowTexts {
 public:
  std::string_view add(std::string text) { return texts_.emplace_back(std::move(text)); }
  std::string_view add(std::int64_t number) {
    auto& text = numbers_.emplace_back();
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    return {text.data(), static_cast<std::size_t>(end - text.data())};
  }

 private:
  std::deque<std::string> texts_;
  std::deque<std::array<char, 20>> numbers_;
};

}  // namespace stocktracker::inline v0
