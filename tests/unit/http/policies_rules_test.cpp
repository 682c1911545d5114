// What each rule of the chain costs and saves: limits learned, tokens given back, retries paid for, requests kept
// apart.
#include <stocktracker/http/auth.hpp>

#include <functional>
#include <set>

#include "tests/support/catch.hpp"
#include "tests/unit/http/policy_chain.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;
using policy_chain::Chain;

namespace {

constexpr const char* kOperation = "wildberries.seller_stock";

// One bucket for the marketplace's requests; a 4xx costs ten.
st::HttpPolicyOptions one_bucket(st::Duration interval, int burst, int attempts = 1) {
  st::HttpPolicyOptions options;
  options.limits = {};
  options.limits.limits.push_back(
      {.vendor = "wildberries", .category = "marketplace", .interval = interval, .burst = burst});
  options.limits.penalties.push_back({"wildberries", "marketplace", 400, 499, 10});
  options.retry.max_attempts = attempts;
  options.breaker.failures = 1'000;
  return options;
}

int available(Chain& chain) {
  const auto all = chain.policies->quota().status(chain.clock->now());
  REQUIRE(all.size() == 1);
  return all[0].available;
}

// Runs something while a request is under way, and answers from the script.
class Meanwhile final : public st::HttpTransport {
 public:
  explicit Meanwhile(std::shared_ptr<st::HttpTransport> next) : next_(std::move(next)) {}
  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext& context) override {
    contexts.push_back(context);
    if (run) run();
    return next_->send(request, context);
  }
  std::function<void()> run;
  std::vector<st::CallContext> contexts;

 private:
  const std::shared_ptr<st::HttpTransport> next_;
};

}  // namespace

TEST_CASE("an answer with 420 or 429 empties the bucket and blocks it for as long as it says, no other answer does") {
  struct Case {
    int status;
    std::vector<st::HttpHeader> headers;
    st::Duration wait;
  };
  const st::HttpHeader until{"X-RateLimit-Resource-Until", "Sat, 21 Nov 2026 11:10:00 GMT"};
  const st::HttpHeader date{"Date", "Sat, 21 Nov 2026 11:00:00 GMT"};
  for (const Case& one :
       {Case{429, {}, 1s}, Case{420, {}, 1s}, Case{429, {{"X-Ratelimit-Retry", "1224"}}, 1224s},
        Case{420, {until, date}, 600s}, Case{420, {{"Retry-After", "90"}}, 90s},
        Case{429, {{"X-Ratelimit-Reset", "700"}}, 700s}, Case{429, {until, date}, 1s},
        // A server that is down asks for a wait, which is no limit of the seller's.
        Case{503, {{"Retry-After", "90"}}, 0s}, Case{500, {until, date}, 0s}, Case{200, {until, date}, 0s}}) {
    CAPTURE(one.status, one.headers.size(), one.wait.count());
    auto options = one_bucket(1s, 30);
    options.limits.penalties.clear();
    Chain chain(std::move(options));
    chain.script->answer("x", one.status, "{}", one.headers).always("x", 200, "{}");
    REQUIRE(chain.send());
    const auto quota = chain.policies->quota().quota({"wildberries", "seller", "personal", "marketplace"}, kOperation);
    CHECK(quota.wait(chain.clock->now()) == one.wait);
    // Within a short deadline nothing is sent to a vendor who asked to wait.
    const auto next = chain.send(kOperation, "marketplace", {.timeout = 500ms});
    CHECK(next.has_value() == (one.wait == 0s));
    if (!next) CHECK(next.error().details().retry_after == one.wait);
    CHECK(chain.script->sent().size() == (one.wait == 0s ? 2 : 1));
  }
}

TEST_CASE(
    "a request in a category that its vendor's limits do not have is not sent; a vendor without limits has none") {
  Chain chain(one_bucket(1s, 30));
  chain.script->answer("x", 200, "{}");
  for (const char* category : {"market", ""}) {
    CAPTURE(category);
    const auto refused = chain.send(kOperation, category);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().errc() == st::Errc::invalid_argument);
    CHECK(refused.error().details().field == "quota.category");
    CHECK_FALSE(refused.error().retryable());
  }
  CHECK(chain.send());
  CHECK(available(chain) == 29);  // what was refused took nothing
  auto options = one_bucket(1s, 30);
  options.limits.limits[0].category.clear();  // every request to the vendor
  Chain every(options);
  every.script->answer("x", 200, "{}");
  CHECK(every.send(kOperation, "market"));
  options.limits.limits[0].vendor = "ozon";
  Chain other(options);
  other.script->answer("x", 200, "{}");
  CHECK(other.send(kOperation, "market"));
}

TEST_CASE("what headers say is learned from every answer") {
  Chain chain(one_bucket(1s, 30));
  chain.script->answer("x", 200, "{}", {{"X-Ratelimit-Remaining", "2"}});
  REQUIRE(chain.send());
  CHECK(available(chain) == 2);
  chain.script->answer("x", 200, "{}", {{"X-Ratelimit-Limit", "5"}});
  REQUIRE(chain.send());
  CHECK(chain.policies->quota().status(chain.clock->now())[0].burst == 5);
}

TEST_CASE("a request of several costs that many: taken before it, charged up to the penalty, given back unsent") {
  Chain chain(one_bucket(1s, 20));
  const auto send = [&](int cost) {
    auto request = Chain::request_for(kOperation, "marketplace");
    request.cost = cost;
    return chain.transport->send(request, {.timeout = 100ms});
  };
  chain.script->answer("x", 200, "{}");
  REQUIRE(send(5));
  CHECK(available(chain) == 15);
  chain.script->answer("x", 409, "{}");
  REQUIRE(send(5));
  CHECK(available(chain) == 5);  // ten in all, not fifteen
  // Six are not there: nothing is sent, nothing is taken.
  const auto refused = send(6);
  CHECK(refused.error().errc() == st::Errc::quota_reached);
  CHECK(refused.error().retryable());
  CHECK(refused.error().details().retry_after == 1s);
  CHECK(available(chain) == 5);
  CHECK(chain.script->sent().size() == 2);
  for (const auto& [error, left] : {std::pair{st::Errc::connect_failed, 5}, std::pair{st::Errc::tls_failed, 5},
                                    std::pair{st::Errc::connection_lost, 2}}) {
    CAPTURE(to_string(error));
    chain.script->fail("x", st::Error(error));
    CHECK(send(3).error().errc() == error);
    CHECK(available(chain) == left);
  }
  for (const auto error : {st::Errc::body_truncated, st::Errc::deadline_exceeded}) {  // sent: it is spent
    const int before = available(chain);
    chain.script->fail("x", st::Error(error));
    CHECK_FALSE(send(1));
    CHECK(available(chain) == before - 1);
  }
}

TEST_CASE("tokens of a request that found no place under way are given back") {
  auto options = one_bucket(1h, 5, 3);
  options.limits.parallel.push_back({"wildberries", "marketplace", 1});
  Chain chain(std::move(options));
  auto quota = chain.policies->quota().quota({"wildberries", "seller", "personal", "marketplace"}, kOperation);
  st::QuotaSlot held;
  REQUIRE(quota.enter(chain.clock->now(), 10min, held).granted);
  CHECK(chain.send().error().errc() == st::Errc::quota_reached);
  CHECK(chain.passed() <= 30s + 50ms);
  CHECK(available(chain) == 5);
  std::stop_source stop;
  stop.request_stop();
  st::CallContext context;
  context.stop = stop.get_token();
  CHECK(chain.send(kOperation, "marketplace", context).error().errc() == st::Errc::cancelled);
  CHECK(available(chain) == 5);
  CHECK(chain.script->sent().empty());
}

TEST_CASE("a place is held to the deadline of its request: a second at least, five minutes at most") {
  for (const auto& [timeout, lease] :
       {std::pair<st::Duration, st::Duration>{10ms, 1s}, {90s, 90s}, {299s, 299s}, {1h, 5min}}) {
    CAPTURE(timeout.count());
    auto options = one_bucket(1ms, 1'000);
    options.limits.parallel.push_back({"wildberries", "marketplace", 1});
    Chain chain(std::move(options));
    const auto meanwhile = std::make_shared<Meanwhile>(chain.script);
    const auto transport = st::HttpPolicies::over(chain.policies, meanwhile);
    bool looked = false;
    meanwhile->run = [&, lease = lease] {
      looked = true;
      auto other = chain.policies->quota().quota({"wildberries", "seller", "personal", "marketplace"}, kOperation);
      st::QuotaSlot place;
      CHECK_FALSE(other.enter(chain.start + lease - 1us, 1s, place).granted);
      CHECK(other.enter(chain.start + lease, 1s, place).granted);
    };
    chain.script->answer("x", 200, "{}");
    CHECK(transport->send(Chain::request_for(kOperation, "marketplace"), {.timeout = timeout}));
    CHECK(looked);
  }
}

TEST_CASE("who waits for a place gets it within a twentieth of a second of its return") {
  auto options = one_bucket(1ms, 1'000);
  options.limits.parallel.push_back({"wildberries", "marketplace", 1});
  Chain chain(std::move(options));
  auto quota = chain.policies->quota().quota({"wildberries", "seller", "personal", "marketplace"}, kOperation);
  st::QuotaSlot held;
  REQUIRE(quota.enter(chain.clock->now(), 3s, held).granted);
  chain.script->answer("x", 200, "{}");
  CHECK(chain.send());
  CHECK(chain.passed() >= 3s);
  CHECK(chain.passed() <= 3s + 50ms);
}

TEST_CASE("twenty retries are in hand, a success earns a tenth of one, and a failure earns none") {
  Chain chain(one_bucket(1us, 1'000'000, 2));
  const auto retries_of = [&](int calls) {
    const auto before = chain.script->sent().size();
    chain.script->always("x", 503, "");
    for (int n = 0; n < calls; ++n) REQUIRE(chain.send());
    return static_cast<int>(chain.script->sent().size() - before) - calls;
  };
  CHECK(retries_of(50) == 20);
  CHECK(retries_of(50) == 0);  // of failures nothing is earned
  for (const auto& [successes, earned] : {std::pair{9, 0}, {1, 1}, {10, 1}, {35, 3}, {5'000, 20}}) {
    CAPTURE(successes);
    auto ok = std::make_shared<st::testing::ScriptedTransport>();
    ok->always("x", 200, "{}");
    const auto transport = st::HttpPolicies::over(chain.policies, ok);
    for (int n = 0; n < successes; ++n) {
      REQUIRE(transport->send(Chain::request_for(kOperation, "marketplace"), {}));
    }
    CHECK(retries_of(30) == earned);
  }
}

TEST_CASE("of requests that differ in anything that is sent, the breaker stops only the refused one") {
  auto options = one_bucket(1us, 1'000'000);
  options.breaker.failures = 2;
  Chain chain(std::move(options));
  chain.script->always("x", 400, "");
  const auto refused_one = [] {
    auto request = Chain::request_for(kOperation, "marketplace");
    request.body = "body";
    return request;
  };
  for (int n = 0; n < 2; ++n) REQUIRE(chain.transport->send(refused_one(), {}));
  REQUIRE(chain.transport->send(refused_one(), {}).error().errc() == st::Errc::breaker_open);
  const std::vector<std::function<void(st::HttpRequest&)>> changes{
      [](st::HttpRequest& one) { one.operation = "wildberries.other"; },
      [](st::HttpRequest& one) { one.url += "&page=2"; },
      [](st::HttpRequest& one) { one.body = "another"; },
      [](st::HttpRequest& one) { one.quota.owner = "another seller"; },
      [](st::HttpRequest& one) { one.secret_headers[0].value = st::Secret::copy_of("another token"); },
  };
  for (std::size_t n = 0; n < changes.size(); ++n) {
    CAPTURE(n);
    auto request = refused_one();
    changes[n](request);
    CHECK(chain.transport->send(request, {}));
  }
  CHECK(chain.transport->send(refused_one(), {}).error().errc() == st::Errc::breaker_open);
}

TEST_CASE("an open breaker says what the refusals meant and when the next trial is due, and is not asked again") {
  for (const auto& [status, cause] : {std::pair{400, st::Errc::vendor_rejected},
                                      {401, st::Errc::vendor_unauthorized},
                                      {402, st::Errc::vendor_payment_required},
                                      {403, st::Errc::vendor_forbidden},
                                      {404, st::Errc::vendor_rejected},
                                      {499, st::Errc::vendor_rejected},
                                      {500, st::Errc::vendor_unavailable},
                                      {503, st::Errc::vendor_unavailable}}) {
    CAPTURE(status);
    auto options = one_bucket(1us, 1'000'000, 3);
    options.breaker.failures = 1;
    Chain chain(std::move(options));
    chain.script->always("x", status, "");
    auto open = chain.send();
    // A 5xx is tried again within the call: that is where the breaker stops it, and the call ends there.
    if (status < 500) open = chain.send();
    REQUIRE_FALSE(open);
    CHECK(open.error().errc() == st::Errc::breaker_open);
    REQUIRE(open.error().details().cause);
    CHECK(open.error().details().cause->errc() == cause);
    const auto pause = status < 500 ? st::Duration(10min) : st::Duration(1min);
    REQUIRE(open.error().details().retry_after);
    CHECK(*open.error().details().retry_after <= pause);
    CHECK(*open.error().details().retry_after >= pause - 1s);
    CHECK(open.error().details().operation == kOperation);
    CHECK(chain.script->sent().size() == 1);
    CHECK(chain.telemetry->times("http_breaker_refusals_total") == 1);
  }
}

TEST_CASE("a retry that our own limits refuse ends the call at once") {
  Chain chain(one_bucket(1min, 1, 3));
  chain.script->always("x", 503, "");
  const auto refused = chain.send();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().errc() == st::Errc::quota_reached);
  CHECK(refused.error().details().operation == kOperation);
  CHECK(chain.script->sent().size() == 1);
  CHECK(chain.passed() < 1s);
  CHECK(chain.telemetry->times("quota_refusals_total") == 1);
  CHECK(chain.telemetry->times("http_retries_total") == 1);
}

TEST_CASE("limits and retries share one allowance of waiting") {
  // Twenty seconds for a token, then twenty more before the retry: more than thirty in all.
  Chain chain(one_bucket(20s, 1, 3));
  chain.script->answer("x", 200, "{}").always("x", 503, "", {{"Retry-After", "20"}});
  REQUIRE(chain.send());
  const auto second = chain.send();
  REQUIRE(second);
  CHECK(second.value().status == 503);
  CHECK(chain.script->sent().size() == 2);
  CHECK(chain.passed() == 20s);

  // Ten seconds for a place, then a limit of twenty-five: refused, not waited for.
  auto options = one_bucket(1ms, 1'000, 3);
  options.limits.parallel.push_back({"wildberries", "marketplace", 1});
  Chain placed(std::move(options));
  auto quota = placed.policies->quota().quota({"wildberries", "seller", "personal", "marketplace"}, kOperation);
  st::QuotaSlot held;
  REQUIRE(quota.enter(placed.clock->now(), 10s, held).granted);
  placed.script->answer("x", 503, "", {{"Retry-After", "25"}}).answer("x", 200, "{}");
  CHECK(placed.send().value().status == 503);
  CHECK(placed.script->sent().size() == 1);
}

TEST_CASE("who waits for a place gives up at the deadline, and when what may be waited in all is over") {
  auto options = one_bucket(1ms, 1'000);
  options.limits.parallel.push_back({"wildberries", "marketplace", 1});
  Chain chain(std::move(options));
  auto quota = chain.policies->quota().quota({"wildberries", "seller", "personal", "marketplace"}, kOperation);
  st::QuotaSlot held;
  REQUIRE(quota.enter(chain.clock->now(), 1h, held).granted);
  const auto late = chain.send(kOperation, "marketplace", {.timeout = 120ms});
  REQUIRE_FALSE(late);
  CHECK(late.error().errc() == st::Errc::deadline_exceeded);
  CHECK(chain.passed() == 120ms);

  // Twenty seconds for a token leave ten for a place.
  auto slow = one_bucket(20s, 1);
  slow.limits.parallel.push_back({"wildberries", "marketplace", 1});
  Chain second(std::move(slow));
  second.script->always("x", 200, "{}");
  REQUIRE(second.send());
  auto places = second.policies->quota().quota({"wildberries", "seller", "personal", "marketplace"}, kOperation);
  REQUIRE(places.enter(second.clock->now(), 1h, held).granted);
  const auto refused = second.send();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().errc() == st::Errc::quota_reached);
  CHECK(second.passed() >= 30s);
  CHECK(second.passed() <= 30s + 50ms);
}

// Whoever reads many pages never waits, and holds a lease all the time.
TEST_CASE("each answer is a sign of life") {
  class Signs final : public st::ProgressSink {
   public:
    void report(const st::Progress&) noexcept override {}
    void waiting() noexcept override { ++count; }
    int count = 0;
  };
  Chain chain;
  chain.script->always("x", 200, "{}");
  const auto signs = std::make_shared<Signs>();
  st::CallContext context;
  context.progress = signs;
  for (int n = 1; n <= 3; ++n) {
    CHECK(chain.send(kOperation, "content", context));
    CHECK(signs->count >= n);
  }
}

TEST_CASE("a wait that an earlier answer asked for is not waited twice") {
  Chain chain(one_bucket(1us, 1'000'000, 3));
  chain.script->answer("x", 503, "", {{"Retry-After", "9"}}).answer("x", 503, "").answer("x", 200, "{}");
  CHECK(chain.send().value().attempts == 3);
  CHECK(chain.passed() >= 9s);
  CHECK(chain.passed() < 11s);
  // An error of the wire before a refusal does not make the refusal one of the wire.
  Chain other(one_bucket(1us, 1'000'000, 3));
  other.script->fail("x", st::Error(st::Errc::connect_failed)).always("x", 404, "");
  CHECK(other.send().value().attempts == 2);
}

TEST_CASE("waits before retries differ from call to call: clients that failed together do not come back together") {
  std::set<st::Duration> waits;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    Chain chain(one_bucket(1us, 1'000'000, 2), seed);
    chain.script->answer("x", 503, "").answer("x", 200, "{}");
    REQUIRE(chain.send());
    waits.insert(chain.passed());
  }
  CHECK(waits.size() >= 7);
}

TEST_CASE("a stop request ends the wait before a retry, and nothing more is sent") {
  Chain chain(one_bucket(1us, 1'000'000, 3));
  std::stop_source stop;
  // Comes with the first answer.
  class Stopping final : public st::HttpTransport {
   public:
    Stopping(std::shared_ptr<st::HttpTransport> next, std::stop_source& stop) : next_(std::move(next)), stop_(stop) {}
    st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext& context) override {
      auto answer = next_->send(request, context);
      stop_.request_stop();
      return answer;
    }

   private:
    const std::shared_ptr<st::HttpTransport> next_;
    std::stop_source& stop_;
  };
  const auto stopping = st::HttpPolicies::over(chain.policies, std::make_shared<Stopping>(chain.script, stop));
  chain.script->always("x", 503, "");
  st::CallContext context;
  context.stop = stop.get_token();
  context.request_id = "r-1";
  const auto ended = stopping->send(Chain::request_for(kOperation, "marketplace"), context);
  REQUIRE_FALSE(ended);
  CHECK(ended.error().errc() == st::Errc::cancelled);
  CHECK(ended.error().details().operation == kOperation);
  CHECK(chain.script->sent().size() == 1);
  CHECK(chain.passed() == 0s);
}

TEST_CASE("every attempt of a call carries one request id, its own where the caller gave none, and the deadline") {
  Chain chain(one_bucket(1us, 1'000'000, 3));
  const auto meanwhile = std::make_shared<Meanwhile>(chain.script);
  const auto transport = st::HttpPolicies::over(chain.policies, meanwhile);
  chain.script->always("x", 503, "");
  REQUIRE(transport->send(Chain::request_for(kOperation, "marketplace"), {.timeout = 1min}));
  REQUIRE(transport->send(Chain::request_for(kOperation, "marketplace"), {.timeout = 1min}));
  st::CallContext given;
  given.request_id = "r-17";
  REQUIRE(transport->send(Chain::request_for(kOperation, "marketplace"), given));
  REQUIRE(meanwhile->contexts.size() == 9);
  const auto id = [&](std::size_t at) { return meanwhile->contexts[at].request_id; };
  for (std::size_t call = 0; call < 3; ++call) {
    CHECK_FALSE(id(3 * call).empty());
    CHECK(id(3 * call) == id(3 * call + 1));
    CHECK(id(3 * call) == id(3 * call + 2));
  }
  CHECK(id(0) != id(3));
  CHECK(id(6) == "r-17");
  CHECK(meanwhile->contexts[0].deadline == chain.start + 1min);
  CHECK(meanwhile->contexts[2].deadline == chain.start + 1min);
}

TEST_CASE("an error says operation, attempts and request id, and whether another call may help") {
  Chain chain(one_bucket(1us, 1'000'000, 3));
  for (int n = 0; n < 3; ++n) chain.script->fail("x", st::Error(st::Errc::connection_lost).may_retry());
  st::CallContext context;
  context.request_id = "r-17";
  const auto lost = chain.send(kOperation, "marketplace", context);
  REQUIRE_FALSE(lost);
  CHECK(lost.error().details().operation == kOperation);
  CHECK(lost.error().details().attempts == 3);
  CHECK(lost.error().details().request_id == "r-17");
  CHECK(lost.error().retryable());
  CHECK(chain.telemetry->times("http_retries_total") == 2);
  CHECK(chain.telemetry->times("http_exchanges_total") == 3);
  CHECK(chain.telemetry->times("http_exchange_duration_seconds") == 3);
}

TEST_CASE("an error that names its operation keeps it") {
  Chain chain;
  chain.script->fail("x", st::Error(st::Errc::tls_failed).during("inner.step"));
  CHECK(chain.send().error().details().operation == "inner.step");
}

TEST_CASE("options of the chain are refused where those of a part are") {
  CHECK(st::HttpPolicyOptions{}.validate());
  CHECK_FALSE(st::HttpPolicyOptions{.retry = {.max_attempts = 0}}.validate());
  CHECK_FALSE(st::HttpPolicyOptions{.breaker = {.failures = 0}}.validate());
}

namespace {

class Signing final : public st::Authorizer {
 public:
  st::Result<void> authorize(st::HttpRequest& request, st::Instant now) override {
    asked_at = now;
    if (!accepted) return st::Error(st::Errc::vendor_unauthorized, "the token has expired");
    request.secret_headers.push_back({"Authorization", st::Secret::copy_of("signed")});
    return st::success();
  }
  bool accepted = true;
  st::Instant asked_at;
};

class Keeping final : public st::HttpTransport {
 public:
  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext&) override {
    ++sent;
    method = request.method;
    url = request.url;
    body = request.body;
    operation = request.operation;
    quota = request.quota;
    cost = request.cost;
    idempotency = request.idempotency;
    reach = request.reach;
    max_body = request.max_body;
    for (const auto& one : request.headers) headers += one.name + "=" + one.value + ";";
    for (const auto& one : request.secret_headers) headers += one.name + "=" + std::string(one.value.reveal()) + ";";
    return st::HttpResponse{.status = 200};
  }
  int sent = 0;
  st::HttpMethod method{};
  std::string url;
  std::string body;
  std::string operation;
  std::string headers;
  st::QuotaTag quota;
  int cost = 0;
  st::Idempotency idempotency{};
  st::Reach reach{};
  std::size_t max_body = 0;
};

}  // namespace

TEST_CASE("a request that is authorized differs from the one that was given by its credentials alone") {
  const auto signing = std::make_shared<Signing>();
  const auto keeping = std::make_shared<Keeping>();
  const auto clock = std::make_shared<st::testing::ManualClock>();
  const auto transport = st::with_auth(signing, keeping, clock);
  st::HttpRequest request;
  request.method = st::HttpMethod::patch;
  request.url = "https://example.test/x";
  request.headers.push_back({"X-Plain", "p"});
  request.secret_headers.push_back({"X-Other", st::Secret::copy_of("s")});
  request.body = "body";
  request.operation = "op";
  request.quota = {"v", "seller", "tier", "category"};
  request.cost = 7;
  request.idempotency = st::Idempotency::unsafe;  // lost, and a price might be set twice
  request.reach = st::Reach::public_internet;     // lost, and a tenant's address might lead inside
  request.max_body = 1'234;
  REQUIRE(transport->send(request, {}));
  CHECK(keeping->method == st::HttpMethod::patch);
  CHECK(keeping->url == "https://example.test/x");
  CHECK(keeping->headers == "X-Plain=p;X-Other=s;Authorization=signed;");
  CHECK(keeping->body == "body");
  CHECK(keeping->operation == "op");
  CHECK(keeping->quota.vendor == "v");
  CHECK(keeping->quota.owner == "seller");
  CHECK(keeping->quota.tier == "tier");
  CHECK(keeping->quota.category == "category");
  CHECK(keeping->cost == 7);
  CHECK(keeping->idempotency == st::Idempotency::unsafe);
  CHECK(keeping->reach == st::Reach::public_internet);
  CHECK(keeping->max_body == 1'234);
  CHECK(signing->asked_at == clock->now());
  CHECK(request.secret_headers.size() == 1);  // what was given holds no credentials afterwards either

  signing->accepted = false;
  st::CallContext context;
  context.request_id = "r-17";
  const auto refused = transport->send(request, context);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().errc() == st::Errc::vendor_unauthorized);
  CHECK(refused.error().details().operation == "op");
  CHECK(refused.error().details().request_id == "r-17");
  CHECK(keeping->sent == 1);
}
