/// @file
/// What connectors share: sending a request, judging the answer, quoting a vendor's words, rows of texts.
#pragma once

#include <array>
#include <charconv>
#include <deque>
#include <string>
#include <string_view>

#include <stocktracker/marketplace/connector.hpp>

namespace stocktracker::inline v0 {

/// Success for an answer that is data; otherwise the error that the answer is, in the library's terms.
using Judge = Result<void> (*)(const HttpRequest& request, const HttpResponse& response, Instant now);

/// Thread-safe.
class VendorCalls {
 public:
  VendorCalls(ConnectorPorts ports, Judge judge) : ports_(std::move(ports)), judge_(judge) {}

  [[nodiscard]] Clock& clock() const noexcept { return *ports_.clock; }
  /// Deadline and stop token are looked at before; what is returned, the judge has let pass.
  [[nodiscard]] Result<HttpResponse> send(const HttpRequest& request, const CallContext& context) const;

  /// What was remembered; empty without a memory.
  [[nodiscard]] Result<std::string> recall(std::string_view name, const CallContext& context) const;
  [[nodiscard]] Result<void> remember(std::string_view name, std::string_view value, const CallContext& context) const;
  [[nodiscard]] bool has_memory() const noexcept { return ports_.memory != nullptr; }

 private:
  const ConnectorPorts ports_;
  const Judge judge_;
};

/// The error with the operation it happened in.
template <class T>
[[nodiscard]] Result<T> in_operation(std::string_view operation, Result<T> result) {
  if (result) return result;
  return std::move(result).error().during(operation);
}

/// A vendor's words for operators: cut at a character's border, without control characters.
[[nodiscard]] std::string shown(std::string_view text);

/// Whether a text may stand for an API's host: https, or http of this machine; nothing but scheme, host, port and path.
[[nodiscard]] bool is_api_address(std::string_view url) noexcept;

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
