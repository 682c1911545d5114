/// @file
/// What every method of the API shares: building a request, sending it, judging the answer.
#pragma once

#include <stocktracker/adapters/wildberries.hpp>

namespace stocktracker::inline v0::wildberries {

/// A request of one method, without its body.
[[nodiscard]] HttpRequest request_for(HttpMethod method, std::string url, std::string_view operation,
                                      std::string_view category);

/// Thread-safe.
class Calls {
 public:
  Calls(Options options, ConnectorPorts ports) : options_(std::move(options)), ports_(std::move(ports)) {}

  [[nodiscard]] const Options& options() const noexcept { return options_; }
  [[nodiscard]] Clock& clock() const noexcept { return *ports_.clock; }
  /// A success is 200 or 204.
  [[nodiscard]] Result<HttpResponse> send(const HttpRequest& request, const CallContext& context) const;

  /// What was remembered; empty without a memory.
  [[nodiscard]] Result<std::string> recall(std::string_view name, const CallContext& context) const;
  [[nodiscard]] Result<void> remember(std::string_view name, std::string_view value, const CallContext& context) const;
  [[nodiscard]] bool has_memory() const noexcept { return ports_.memory != nullptr; }

 private:
  const Options options_;
  const ConnectorPorts ports_;
};

/// The error with the operation it happened in.
template <class T>
[[nodiscard]] Result<T> in_operation(std::string_view operation, Result<T> result) {
  if (result) return result;
  return std::move(result).error().during(operation);
}

}  // namespace stocktracker::inline v0::wildberries
