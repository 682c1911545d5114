/// @file
/// ScriptedTransport: gives answers from a script, and records the requests.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/http_transport.hpp>

namespace stocktracker::inline v0::testing {

/// A recorded request; of secret headers only the name.
struct SentRequest {
  HttpMethod method = HttpMethod::get;
  std::string url;
  std::string body;
  std::string operation;
  std::vector<HttpHeader> headers;
  std::vector<std::string> secret_header_names;
};

/// Thread-safe. A request gets the first unused step with a `url_part` that is in its URL; if there is none, it gets
/// Errc::connect_failed with the URL, so that a test shows what is missing.
///
/// @code
/// auto http = std::make_shared<st::testing::ScriptedTransport>();
/// http->answer("/stocks", 503, "").answer("/stocks", 200, "[]").always("/ping", 200, "{}");
/// STK_TRY(const auto response, http->send({.url = "https://shop.example/stocks"}, {}));  // 503
/// check.expect(http->left() == 1, "one answer was used");
/// @endcode
class STK_API ScriptedTransport final : public HttpTransport {
 public:
  ScriptedTransport& answer(std::string url_part, int status, std::string body, std::vector<HttpHeader> headers = {});
  ScriptedTransport& fail(std::string url_part, Error error);
  /// The same answer for every further request that matches.
  ScriptedTransport& always(std::string url_part, int status, std::string body, std::vector<HttpHeader> headers = {});

  [[nodiscard]] Result<HttpResponse> send(const HttpRequest& request, const CallContext& context) override;

  [[nodiscard]] std::vector<SentRequest> sent() const;
  /// Unused steps, without those of `always`.
  [[nodiscard]] std::size_t left() const;

 private:
  struct Step {
    std::string url_part;
    Result<HttpResponse> answer;
    bool again = false;
  };
  mutable std::mutex mutex_;
  std::deque<Step> steps_;
  std::vector<SentRequest> sent_;
};

}  // namespace stocktracker::inline v0::testing
