// Copies requests and authorizes the copies.
#include <stocktracker/http/auth.hpp>

#include "http/request_copy.hpp"

namespace stocktracker::inline v0 {

HttpRequest copy_of(const HttpRequest& request) {
  HttpRequest copy;
  copy.method = request.method;
  copy.url = request.url;
  copy.headers = request.headers;
  for (const SecretHeader& header : request.secret_headers) {
    copy.secret_headers.push_back({header.name, header.value.clone()});
  }
  copy.body = request.body;
  copy.operation = request.operation;
  copy.quota = request.quota;
  copy.cost = request.cost;
  copy.idempotency = request.idempotency;
  copy.reach = request.reach;
  copy.max_body = request.max_body;
  return copy;
}

namespace {

class AuthTransport final : public HttpTransport {
 public:
  AuthTransport(std::shared_ptr<Authorizer> authorizer, std::shared_ptr<HttpTransport> next,
                std::shared_ptr<Clock> clock) noexcept
      : authorizer_(std::move(authorizer)), next_(std::move(next)), clock_(std::move(clock)) {}

  Result<HttpResponse> send(const HttpRequest& request, const CallContext& context) override {
    HttpRequest authorized = copy_of(request);
    if (auto ready = authorizer_->authorize(authorized, clock_->now()); !ready) {
      return std::move(ready).error().during(request.operation).in(context);
    }
    return next_->send(authorized, context);
  }

 private:
  const std::shared_ptr<Authorizer> authorizer_;
  const std::shared_ptr<HttpTransport> next_;
  const std::shared_ptr<Clock> clock_;
};

}  // namespace

Authorizer::~Authorizer() = default;

std::shared_ptr<HttpTransport> with_auth(std::shared_ptr<Authorizer> authorizer,
                                         std::shared_ptr<HttpTransport> transport, std::shared_ptr<Clock> clock) {
  return std::make_shared<AuthTransport>(std::move(authorizer), std::move(transport), std::move(clock));
}

}  // namespace stocktracker::inline v0
