// The steps of every request: id, authorization, limits, retries, telemetry.
#include <stocktracker/http/policies.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>

#include <stocktracker/core/uuid.hpp>

#include "core/hash.hpp"
#include "http/limit_rules.hpp"
#include "ports/emit.hpp"

namespace stocktracker::inline v0 {
namespace {

/// The lease of a slot among the requests in flight ends with the call's deadline, or after kLongestExchange. A slot
/// that its process never returned becomes free then.
constexpr auto kShortestLease = std::chrono::seconds(1);
/// Interval of the signs of life of a waiting call; CallContext::waiting requires one every five seconds.
constexpr auto kSignOfLife = std::chrono::seconds(4);

/// Retry budget of all calls together, in tenths of a retry: each success adds one tenth, so that an outage is not
/// answered by a multiple of the usual load.
class RetryBudget {
 public:
  [[nodiscard]] bool left() const noexcept { return tenths_ >= kOne; }
  void spend() noexcept { tenths_ -= kOne; }
  void earn() noexcept {
    if (tenths_ < kFull) ++tenths_;
  }

 private:
  static constexpr int kOne = 10;
  static constexpr int kFull = 20 * kOne;
  std::atomic<int> tenths_ = kFull;
};

/// A hash of everything that is sent. The seed makes values that are derived from secrets useless elsewhere.
std::uint64_t fingerprint(const HttpRequest& request, std::uint64_t seed) {
  std::uint64_t mixed = seed;
  const auto mix = [&](std::string_view text) { mixed = hash64(text) ^ (mixed * 0x9E3779B97F4A7C15ULL); };
  mix(request.operation);
  mix(request.url);
  mix(request.body);
  mix(request.quota.owner);
  for (const SecretHeader& header : request.secret_headers) mix(header.value.reveal());
  return mixed;
}

/// The error that the refusals which opened the breaker stand for.
Errc cause_of(int status) noexcept {
  switch (status) {
    case 401:
      return Errc::vendor_unauthorized;
    case 402:
      return Errc::vendor_payment_required;
    case 403:
      return Errc::vendor_forbidden;
    default:
      return status >= 500 ? Errc::vendor_unavailable : Errc::vendor_rejected;
  }
}

std::string_view outcome_of(const Result<HttpResponse>& result, std::array<char, 16>& room) {
  if (!result) return to_string(result.error().errc());
  return {room.data(),
          static_cast<std::size_t>(std::to_chars(room.data(), room.data() + room.size(), result.value().status).ptr -
                                   room.data())};
}

/// For a label: the class of the status, or the status itself where an operator acts on exactly this one.
std::string_view outcome_label(const Result<HttpResponse>& result) noexcept {
  if (!result) return to_string(result.error().errc());
  switch (const int status = result.value().status) {
    case 401:
      return "401";
    case 402:
      return "402";
    case 403:
      return "403";
    case 404:
      return "404";
    case 420:
      return "420";
    case 429:
      return "429";
    default:
      if (status >= 600 || status < 100) return "other";
      static constexpr std::array<std::string_view, 5> kClasses{"1xx", "2xx", "3xx", "4xx", "5xx"};
      return kClasses[static_cast<std::size_t>(status / 100 - 1)];
  }
}

}  // namespace

struct HttpPolicies::State {
  State(HttpPolicyOptions options, std::shared_ptr<Clock> given_clock, std::shared_ptr<Random> given_random,
        std::shared_ptr<Telemetry> given_telemetry)
      : retry(options.retry),
        quota(std::move(options.limits), std::move(options.quota_memory)),
        breaker(options.breaker),
        clock(std::move(given_clock)),
        random(std::move(given_random)),
        telemetry(std::move(given_telemetry)),
        seed(random->next()) {}

  const RetryPolicy retry;
  QuotaTree quota;
  Breaker breaker;
  RetryBudget budget;
  const std::shared_ptr<Clock> clock;
  const std::shared_ptr<Random> random;
  const std::shared_ptr<Telemetry> telemetry;
  const std::uint64_t seed;
};

Result<void> HttpPolicyOptions::validate() const {
  STK_TRY(retry.validate());
  STK_TRY(check_table(limits));
  return breaker.validate();
}

HttpPolicies::HttpPolicies(HttpPolicyOptions options, std::shared_ptr<Clock> clock, std::shared_ptr<Random> random,
                           std::shared_ptr<Telemetry> telemetry)
    : state_(std::make_unique<State>(std::move(options), std::move(clock), std::move(random), std::move(telemetry))) {}
HttpPolicies::~HttpPolicies() = default;

QuotaTree& HttpPolicies::quota() noexcept { return state_->quota; }

class PolicyTransport final : public HttpTransport {
 public:
  PolicyTransport(std::shared_ptr<HttpPolicies> policies, std::shared_ptr<HttpTransport> next) noexcept
      : policies_(std::move(policies)), shared_(*policies_->state_), next_(std::move(next)) {}

  Result<HttpResponse> send(const HttpRequest& request, const CallContext& given) override {
    const Instant began = shared_.clock->now();
    CallContext context = given.started(began);
    if (context.request_id.empty()) {
      const std::uint64_t a = shared_.random->next();
      context.request_id = Uuid::v7(began, a, shared_.random->next()).text();
    }
    if (auto known = check_limited(shared_.quota.table(), request.quota, request.operation); !known) {
      return std::move(known).error().during(request.operation).in(context);
    }
    Quota quota = shared_.quota.quota(request.quota, request.operation);
    const std::uint64_t line = fingerprint(request, shared_.seed);
    Call so_far;
    so_far.idempotency = request.idempotency;
    so_far.deadline = context.deadline;
    while (true) {
      auto result = attempt(request, context, quota, line, so_far);
      const RetryDecision decision = decide(result, so_far);
      if (decision.verdict != RetryVerdict::again)
        return explained(std::move(result), request, so_far, decision, context);
      shared_.budget.spend();
      count<Metric::http_retries>(request.quota.vendor, request.operation);
      if (auto waited = wait_until(so_far.now + decision.wait, context); !waited) {
        return std::move(waited).error().during(request.operation).in(context);
      }
      so_far.waited += decision.wait;
      ++so_far.attempts;
    }
  }

 private:
  struct Call : RetryCase {
    bool refused_by_us = false;
  };

  /// One attempt: limits, then the transport. The library's own refusals end the call: repeating them would send
  /// nothing.
  Result<HttpResponse> attempt(const HttpRequest& request, const CallContext& context, Quota& quota, std::uint64_t line,
                               Call& so_far) {
    so_far.refused_by_us = false;
    const Instant now = shared_.clock->now();
    if (const auto open = shared_.breaker.ask(line, now)) {
      so_far.refused_by_us = true;
      count<Metric::http_breaker_refusals>(request.quota.vendor, request.operation);
      return Error(Errc::breaker_open, "the identical request was answered " + std::to_string(open->status) +
                                           " again and again; the next trial is due later")
          .because(Error(cause_of(open->status)))
          .retry_after(open->wait);
    }
    if (auto passed = pass_gate(request, context, quota, so_far, now); !passed) {
      so_far.refused_by_us = true;
      return std::move(passed).error();
    }
    QuotaSlot slot;
    if (auto entered = enter(request, context, quota, so_far, slot); !entered) {
      so_far.refused_by_us = true;
      quota.give_back(request.cost);
      return std::move(entered).error();
    }
    const Instant sent = shared_.clock->now();
    auto result = next_->send(request, context);
    so_far.now = shared_.clock->now();
    context.waiting();
    settle(request, quota, line, slot, result, so_far);
    note(request, context, result, so_far.now - sent, so_far.attempts);
    return result;
  }

  Result<void> pass_gate(const HttpRequest& request, const CallContext& context, Quota& quota, Call& so_far,
                         Instant now) {
    const Duration patience = std::min(shared_.retry.max_wait - so_far.waited, context.deadline - now);
    const QuotaVerdict verdict = quota.take(now, request.cost, std::max(patience, Duration::zero()));
    if (!verdict.asked) return not_asked(request.quota, verdict);
    if (!verdict.granted) {
      count<Metric::quota_refusals>(request.quota.vendor, request.quota.category, "used_up");
      return Error(Errc::quota_reached, "the limit of " + request.quota.category + " is used up; not sent")
          .retry_after(verdict.wait)
          .may_retry();
    }
    if (verdict.wait == Duration::zero()) return success();
    if (auto waited = wait_until(now + verdict.wait, context); !waited) {
      quota.give_back(request.cost);
      return waited;
    }
    so_far.waited += verdict.wait;
    waited_for(request.quota, verdict.wait);
    return success();
  }

  /// Waits in slices, with a sign of life after each: many short waits in sequence add up to a long one.
  Result<void> wait_until(Instant at, const CallContext& context) {
    while (true) {
      const Instant slice = std::min(at, shared_.clock->now() + kSignOfLife);
      STK_TRY(shared_.clock->wait_until(slice, context.stop));
      context.waiting();
      if (slice == at) return success();
    }
  }

  Error not_asked(const QuotaTag& tag, const QuotaVerdict& verdict) {
    count<Metric::quota_refusals>(tag.vendor, tag.category, "unreachable");
    return Error(Errc::store_unreachable, "the shared limits could not be read; the request was not sent")
        .retry_after(verdict.wait)
        .may_retry();
  }

  /// For vendors that limit the requests in flight: waits until one of them is answered.
  Result<void> enter(const HttpRequest& request, const CallContext& context, Quota& quota, Call& so_far,
                     QuotaSlot& slot) {
    const Instant began = shared_.clock->now();
    Instant last_sign = began;
    for (Instant now = began;; now = shared_.clock->now()) {
      const Duration lease = std::clamp<Duration>(context.deadline - now, kShortestLease, kLongestExchange);
      const QuotaVerdict verdict = quota.enter(now, lease, slot);
      if (verdict.granted) {
        so_far.waited += now - began;
        if (now != began) waited_for(request.quota, now - began);
        count<Metric::quota_grants>(request.quota.vendor, request.quota.category);
        return success();
      }
      if (!verdict.asked) return not_asked(request.quota, verdict);
      if (so_far.waited + (now - began) >= shared_.retry.max_wait) {
        count<Metric::quota_refusals>(request.quota.vendor, request.quota.category, "in_flight");
        return Error(Errc::quota_reached, "as many requests of " + request.quota.category +
                                              " as are allowed at once are under way; not sent")
            .retry_after(verdict.wait)
            .may_retry();
      }
      if (now - last_sign >= kSignOfLife) {
        last_sign = now;
        context.waiting();
      }
      STK_TRY(shared_.clock->wait_until(std::min(now + verdict.wait, context.deadline), context.stop));
      if (shared_.clock->now() >= context.deadline) {
        return Error(Errc::deadline_exceeded, "the time ran out while as many requests of " + request.quota.category +
                                                  " as are allowed at once were under way; not sent");
      }
    }
  }

  void settle(const HttpRequest& request, Quota& quota, std::uint64_t line, const QuotaSlot& slot,
              const Result<HttpResponse>& result, Call& so_far) {
    so_far.transport_error.reset();
    so_far.asked_wait.reset();
    so_far.status = 0;
    if (!result) {
      so_far.transport_error = result.error().errc();
      // Nothing was sent, so nothing is charged.
      const bool sent = result.error().errc() != Errc::connect_failed && result.error().errc() != Errc::tls_failed;
      quota.give_back(sent ? 0 : request.cost, slot);
      return;
    }
    const HttpResponse& response = result.value();
    const RateHeaders headers = rate_headers(response, so_far.now);
    so_far.status = response.status;
    so_far.asked_wait = headers.wait();
    const int counted =
        shared_.quota.table().requests_of(request.quota.vendor, request.quota.category, response.status);
    quota.answered(so_far.now, {.charge = counted - request.cost,
                                .headers = headers,
                                .throttled = response.status == 429 || response.status == 420,
                                .slot = slot});
    shared_.breaker.record(line, response.status, so_far.now);
    if (response.status < 400) shared_.budget.earn();
  }

  RetryDecision decide(const Result<HttpResponse>& result, Call& so_far) {
    if (so_far.refused_by_us || (result && result.value().status < 400)) return {};
    so_far.budget_left = shared_.budget.left();
    so_far.random = shared_.random->next();
    return decide_retry(shared_.retry, so_far);
  }

  static Result<HttpResponse> explained(Result<HttpResponse> result, const HttpRequest& request, const Call& so_far,
                                        const RetryDecision& decision, const CallContext& context) {
    if (result) {
      result.value().attempts = so_far.attempts;
      return result;
    }
    Error error = std::move(result).error();
    if (error.details().operation.empty()) error = std::move(error).during(request.operation);
    if (so_far.attempts > 1) error = std::move(error).tried(so_far.attempts);
    // Another call makes sense only if the attempts ran out.
    if (decision.verdict == RetryVerdict::not_idempotent) error = std::move(error).may_retry(false);
    return std::move(error).in(context);
  }

  void note(const HttpRequest& request, const CallContext& context, const Result<HttpResponse>& result, Duration took,
            int attempt) {
    std::array<char, 16> room{};
    const std::string_view outcome = outcome_of(result, room);
    const std::string micros = std::to_string(took.count());
    const std::string number = std::to_string(attempt);
    Telemetry& telemetry = *shared_.telemetry;
    if (result && result.value().status < 400) {
      emit::log<LogEntry::http_exchange>(telemetry, request.operation, outcome, micros, number, context.request_id);
    } else {
      emit::log<LogEntry::http_exchange_failed>(telemetry, request.operation, outcome, micros, number,
                                                context.request_id);
    }
    count<Metric::http_exchanges>(request.quota.vendor, request.operation, outcome_label(result));
    emit::observe<Metric::http_exchange_duration>(telemetry, took, request.quota.vendor, request.operation);
  }

  template <Metric kMetric, class... Values>
  void count(const Values&... labels) {
    emit::count<kMetric>(*shared_.telemetry, 1, labels...);
  }

  void waited_for(const QuotaTag& tag, Duration wait) {
    emit::observe<Metric::quota_wait_duration>(*shared_.telemetry, wait, tag.vendor, tag.category);
  }

  const std::shared_ptr<HttpPolicies> policies_;
  HttpPolicies::State& shared_;
  const std::shared_ptr<HttpTransport> next_;
};

std::shared_ptr<HttpTransport> HttpPolicies::over(std::shared_ptr<HttpPolicies> policies,
                                                  std::shared_ptr<HttpTransport> transport) {
  return std::make_shared<PolicyTransport>(std::move(policies), std::move(transport));
}

}  // namespace stocktracker::inline v0
