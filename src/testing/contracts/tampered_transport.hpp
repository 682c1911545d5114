// TamperedTransport: changes the answers to one connector by method and number.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <stocktracker/ports/http_transport.hpp>

namespace stocktracker::inline v0::testing {

/// Method and path of a request; ids in the path belong to the account, and are left out.
inline std::string endpoint_of(const HttpRequest& request) {
  std::string_view path = request.url;
  if (const std::size_t host = path.find("://"); host != path.npos) path.remove_prefix(host + 3);
  path = path.substr(0, path.find('?'));
  path.remove_prefix(std::min(path.find('/'), path.size()));
  std::string name = to_string(request.method);
  name += ' ';
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/', 1), path.size());
    const std::string_view part = path.substr(1, end - 1);
    const bool digits = part.find_first_not_of("0123456789") == part.npos;
    name.append("/").append((digits && !part.empty()) || part.size() >= 24 ? "#" : part);
    path.remove_prefix(end);
  }
  return name;
}

/// What happens to the answers of one reading. Thread-safe: a connector may request several pages at once.
class Tampering {
 public:
  /// `nth`: from 1, per endpoint. An error replaces the answer.
  using Change = std::function<Result<void>(const std::string& endpoint, int nth, HttpResponse& response)>;
  explicit Tampering(Change change) : change_(std::move(change)) {}

  void arm() {
    const std::lock_guard lock(mutex_);
    armed_ = true;
  }
  Result<void> apply(const HttpRequest& request, HttpResponse& response) {
    const std::lock_guard lock(mutex_);
    if (!armed_) return success();
    const std::string endpoint = endpoint_of(request);
    STK_TRY(change_(endpoint, ++requests_[endpoint], response));
    response.body.reserve(response.body.size() + kBodyPadding);
    return success();
  }
  [[nodiscard]] std::map<std::string, int> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  mutable std::mutex mutex_;
  const Change change_;
  bool armed_ = false;
  std::map<std::string, int> requests_;
};

class TamperedTransport final : public HttpTransport {
 public:
  TamperedTransport(std::shared_ptr<HttpTransport> next, std::shared_ptr<Tampering> tampering)
      : next_(std::move(next)), tampering_(std::move(tampering)) {}
  Result<HttpResponse> send(const HttpRequest& request, const CallContext& context) override {
    STK_TRY(auto response, next_->send(request, context));
    STK_TRY(tampering_->apply(request, response));
    return response;
  }

 private:
  const std::shared_ptr<HttpTransport> next_;
  const std::shared_ptr<Tampering> tampering_;
};

}  // namespace stocktracker::inline v0::testing
