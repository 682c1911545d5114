// ScriptedTransport: answers by steps and rules.
#include <stocktracker/testing/scripted_transport.hpp>

#include <algorithm>

namespace stocktracker::inline v0::testing {
namespace {

HttpResponse response_of(int status, std::string body, std::vector<HttpHeader> headers) {
  body.reserve(body.size() + kBodyPadding);
  return {status, std::move(headers), std::move(body)};
}

}  // namespace

ScriptedTransport& ScriptedTransport::answer(std::string url_part, int status, std::string body,
                                             std::vector<HttpHeader> headers) {
  const std::lock_guard lock(mutex_);
  steps_.push_back({std::move(url_part), response_of(status, std::move(body), std::move(headers)), false});
  return *this;
}

ScriptedTransport& ScriptedTransport::fail(std::string url_part, Error error) {
  const std::lock_guard lock(mutex_);
  steps_.push_back({std::move(url_part), std::move(error), false});
  return *this;
}

ScriptedTransport& ScriptedTransport::always(std::string url_part, int status, std::string body,
                                             std::vector<HttpHeader> headers) {
  const std::lock_guard lock(mutex_);
  steps_.push_back({std::move(url_part), response_of(status, std::move(body), std::move(headers)), true});
  return *this;
}

Result<HttpResponse> ScriptedTransport::send(const HttpRequest& request, const CallContext& context) {
  if (context.stop.stop_requested()) return Errc::cancelled;
  const std::lock_guard lock(mutex_);
  SentRequest sent{request.method, request.url, request.body, std::string(request.operation), request.headers, {}};
  for (const SecretHeader& header : request.secret_headers) sent.secret_header_names.push_back(header.name);
  sent_.push_back(std::move(sent));

  const auto step = std::find_if(steps_.begin(), steps_.end(), [&](const Step& candidate) {
    return request.url.find(candidate.url_part) != std::string::npos;
  });
  if (step == steps_.end()) return Error(Errc::connect_failed, "the script has no answer for " + request.url);
  Result<HttpResponse> answer = step->answer;
  if (answer) answer.value().body.reserve(answer.value().body.size() + kBodyPadding);
  if (!step->again) steps_.erase(step);
  return answer;
}

std::vector<SentRequest> ScriptedTransport::sent() const {
  const std::lock_guard lock(mutex_);
  return sent_;
}

std::size_t ScriptedTransport::left() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(
      std::count_if(steps_.begin(), steps_.end(), [](const Step& step) { return !step.again; }));
}

}  // namespace stocktracker::inline v0::testing
