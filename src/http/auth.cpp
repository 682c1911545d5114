// Copies requests and authorizes the copies.
#include <stocktracker/http/auth.hpp>

namespace stocktracker::inline v0 {

namespace {

class AuthTransport final : public HttpTransport {
 public:
  AuthTransport(std::shared_ptr<Authorizer> authorizer, std::shared_ptr<HttpTransport> next,
                std::shared_ptr<Clock> clock) noexcept
      : authorizer_(std::move(authorizer)), next_(std::move(next)), clock_(std::move(clock)) {}

  Result<HttpResponse> send(const HttpRequest& request, const CallContext& context) override {
    HttpRequest authorized = request.clone();
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
