/// What connectors share: build and send a request, check the answer, remember values, keep the texts of rows.
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

/// A method of a vendor's API. An empty body is not sent; any other body is JSON.
[[nodiscard]] HttpRequest vendor_request(HttpMethod method, std::string url, std::string_view operation,
                                         std::string_view vendor, std::string_view category, std::string body = {});

/// A connector's ports, with a transport that signs requests with `authorizer`.
[[nodiscard]] ConnectorPorts authorized(std::shared_ptr<Authorizer> authorizer, ConnectorPorts ports);

/// Thread-safe.
class VendorCalls {
 public:
  /// `errors` must outlive the calls: each vendor's table is static data.
  VendorCalls(ConnectorPorts ports, const VendorErrors& errors) : ports_(std::move(ports)), errors_(errors) {}

  [[nodiscard]] Clock& clock() const noexcept { return *ports_.clock; }
  /// Checks deadline and stop token first. Returns the answer if the vendor accepted the request.
  [[nodiscard]] Result<HttpResponse> send(const HttpRequest& request, const CallContext& context) const;

  /// The latest time that the vendor has reported to this connector; nullopt: none yet. What an answer covers ends at
  /// this time, because this machine's clock may be ahead.
  [[nodiscard]] std::optional<Instant> reported_time() const noexcept;

  /// A remembered value; empty without a memory.
  [[nodiscard]] Result<std::string> recall(std::string_view name, const CallContext& context) const;
  [[nodiscard]] Result<void> remember(std::string_view name, std::string_view value, const CallContext& context) const;
  /// See AccountMemory::set_on_commit.
  [[nodiscard]] Result<void> remember_place(std::string_view name, std::string_view value,
                                            const CallContext& context) const;
  [[nodiscard]] bool has_memory() const noexcept { return ports_.memory != nullptr; }

 private:
  const ConnectorPorts ports_;
  const VendorErrors& errors_;
  mutable std::atomic<std::int64_t> reported_{INT64_MIN};
};

/// The error with the operation in which it happened.
template <class T>
[[nodiscard]] Result<T> in_operation(std::string_view operation, Result<T> result) {
  if (result) return result;
  return std::move(result).error().during(operation);
}

/// Storage for texts that the rows of one page point to; views stay valid while it grows.
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
