// The chain of policies over a script, on virtual time, and what it logs and counts.
#pragma once

#include <stocktracker/http/policies.hpp>
#include <stocktracker/testing/manual_clock.hpp>
#include <stocktracker/testing/scripted_transport.hpp>
#include <stocktracker/testing/seeded_random.hpp>

#include <memory>
#include <mutex>
#include <string>

namespace policy_chain {

namespace st = stocktracker;

class Recorder final : public st::Telemetry {
 public:
  void log(const st::LogEvent& event) noexcept override {
    const std::lock_guard lock(mutex_);
    text += std::string(event.name) + " " + std::string(event.message);
    for (const auto& field : event.fields) text += " " + std::string(field.name) + "=" + std::string(field.value);
    text += "\n";
  }
  void count(std::string_view metric, std::int64_t, std::span<const st::MetricLabel>) noexcept override {
    const std::lock_guard lock(mutex_);
    text += std::string(metric) + "\n";
  }
  void observe(std::string_view metric, st::Duration, std::span<const st::MetricLabel>) noexcept override {
    const std::lock_guard lock(mutex_);
    text += std::string(metric) + "\n";
  }
  // How often a metric, or an event with these words, was reported.
  [[nodiscard]] int times(std::string_view words) const {
    int found = 0;
    for (std::size_t at = text.find(words); at != text.npos; at = text.find(words, at + 1)) ++found;
    return found;
  }
  std::string text;

 private:
  std::mutex mutex_;
};

struct Chain {
  explicit Chain(st::HttpPolicyOptions options = {}, std::uint64_t seed = 1)
      : policies(std::make_shared<st::HttpPolicies>(std::move(options), clock,
                                                    std::make_shared<st::testing::SeededRandom>(seed), telemetry)),
        transport(st::HttpPolicies::over(policies, script)) {}

  explicit Chain(std::shared_ptr<st::QuotaMemory> memory)
      : Chain(st::HttpPolicyOptions{.quota_memory = std::move(memory)}) {}

  st::Result<st::HttpResponse> send(std::string_view operation = "wildberries.seller_stock",
                                    std::string_view category = "marketplace", const st::CallContext& context = {},
                                    st::Idempotency idempotency = st::Idempotency::safe,
                                    const char* token = "t-canary") {
    auto request = request_for(operation, category, token);
    request.idempotency = idempotency;
    return transport->send(request, context);
  }
  [[nodiscard]] static st::HttpRequest request_for(std::string_view operation, std::string_view category,
                                                   const char* token = "t-canary") {
    st::HttpRequest request;
    request.url = "https://example.test/x?secretish=1";
    request.operation = operation;
    request.quota = {"wildberries", "seller", "personal", std::string(category)};
    request.secret_headers.push_back({"Authorization", st::Secret::copy_of(token)});
    return request;
  }
  [[nodiscard]] st::Duration passed() const { return clock->now() - start; }

  std::shared_ptr<st::testing::ManualClock> clock = std::make_shared<st::testing::ManualClock>();
  st::Instant start = clock->now();
  std::shared_ptr<st::testing::ScriptedTransport> script = std::make_shared<st::testing::ScriptedTransport>();
  std::shared_ptr<Recorder> telemetry = std::make_shared<Recorder>();
  std::shared_ptr<st::HttpPolicies> policies;
  std::shared_ptr<st::HttpTransport> transport;
};

}  // namespace policy_chain
