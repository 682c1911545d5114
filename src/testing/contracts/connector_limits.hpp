// WithinLimits: the subject of the contract suite, with each refusal for too many requests counted.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include <stocktracker/testing/connector_contract.hpp>

namespace stocktracker::inline v0::testing {

/// Answers of the marketplace that mean too many requests. Thread-safe.
class Throttled {
 public:
  void note(const HttpRequest& request, const HttpResponse& response) {
    if (response.status != 429 && response.status != 420) return;
    const std::lock_guard lock(mutex_);
    if (++count_ == 1) first_ = request.operation;
  }
  void expect_none(Check& check) const {
    const std::lock_guard lock(mutex_);
    check.begin("requests stay within the limits of the marketplace");
    check.expect(count_ == 0, std::to_string(count_) + " were refused as too many, the first by " + first_ +
                                  ": give the suite connectors over HttpPolicies, or a marketplace without limits");
  }

 private:
  mutable std::mutex mutex_;
  int count_ = 0;
  std::string first_;
};

class WithinLimits final : public ConnectorSubject {
 public:
  explicit WithinLimits(ConnectorSubject& subject) noexcept : subject_(subject) {}

  Result<std::shared_ptr<Connector>> connector() override { return subject_.connector(); }
  std::shared_ptr<Connector> through(Middle middle) override {
    return subject_.through([&](std::shared_ptr<HttpTransport> next) { return middle(counted(std::move(next))); });
  }
  std::shared_ptr<Connector> with_status(int status) override { return subject_.with_status(status); }
  std::optional<AccountTruth> truth() override { return subject_.truth(); }
  std::shared_ptr<Connector> paged(const Pages& pages, Middle middle) override {
    return subject_.paged(pages, [&](std::shared_ptr<HttpTransport> next) { return middle(counted(std::move(next))); });
  }
  void expect_none(Check& check) const {
    if (used_) throttled_->expect_none(check);
  }

 private:
  class Counted final : public HttpTransport {
   public:
    Counted(std::shared_ptr<HttpTransport> next, std::shared_ptr<Throttled> throttled)
        : next_(std::move(next)), throttled_(std::move(throttled)) {}
    Result<HttpResponse> send(const HttpRequest& request, const CallContext& context) override {
      auto response = next_->send(request, context);
      if (response) throttled_->note(request, response.value());
      return response;
    }

   private:
    const std::shared_ptr<HttpTransport> next_;
    const std::shared_ptr<Throttled> throttled_;
  };
  std::shared_ptr<HttpTransport> counted(std::shared_ptr<HttpTransport> next) {
    used_ = true;
    return std::make_shared<Counted>(std::move(next), throttled_);
  }

  ConnectorSubject& subject_;
  const std::shared_ptr<Throttled> throttled_ = std::make_shared<Throttled>();
  bool used_ = false;
};

}  // namespace stocktracker::inline v0::testing
