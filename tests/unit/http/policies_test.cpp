// The chain of policies: what is sent again, what waits, what is refused.
#include <algorithm>
#include <array>

#include "tests/support/catch.hpp"
#include "tests/unit/http/policy_chain.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;
using policy_chain::Chain;

TEST_CASE("a failure that may pass is tried again, and the caller learns how often") {
  Chain chain;
  chain.script->answer("x", 503, "").fail("x", st::Error(st::Errc::connect_failed)).answer("x", 200, "{}");
  const auto response = chain.send();
  REQUIRE(response);
  CHECK(response.value().status == 200);
  CHECK(response.value().attempts == 3);
  CHECK(chain.script->sent().size() == 3);
  CHECK(chain.passed() > 500ms);
  chain.script->always("x", 500, "");
  CHECK(chain.send().value().attempts == 3);
  CHECK(chain.script->sent().size() == 6);
}

TEST_CASE("final answers, certificates and what may have taken effect are not repeated") {
  for (const int status : {200, 204, 301, 400, 401, 402, 403, 404, 409, 413}) {
    Chain chain;
    chain.script->always("x", status, "");
    CHECK(chain.send().value().status == status);
    CHECK(chain.script->sent().size() == 1);
  }
  Chain chain;
  chain.script->fail("x", st::Error(st::Errc::tls_failed));
  CHECK(chain.send().error().errc() == st::Errc::tls_failed);
  chain.script->fail("x", st::Error(st::Errc::connection_lost).may_retry());
  const auto lost = chain.send("op", "marketplace", {}, st::Idempotency::unsafe);
  CHECK(lost.error().errc() == st::Errc::connection_lost);
  CHECK_FALSE(lost.error().retryable());
  CHECK(chain.script->sent().size() == 2);
}

TEST_CASE("a short wait that was asked for is waited once, a long one is the caller's") {
  Chain chain;
  chain.script->answer("x", 429, "", {{"X-Ratelimit-Retry", "7"}}).answer("x", 200, "{}");
  CHECK(chain.send("wildberries.cards_list", "content").value().status == 200);
  CHECK(chain.passed() >= 7s);
  CHECK(chain.passed() < 12s);

  Chain patient;
  patient.script->always("x", 429, "", {{"X-Ratelimit-Retry", "1224"}});
  CHECK(patient.send("wildberries.cards_list", "content").value().status == 429);
  CHECK(patient.passed() == 0s);
  CHECK(patient.script->sent().size() == 1);
  // From now on our own gate knows: nothing more is sent.
  const auto refused = patient.send("wildberries.cards_list", "content");
  CHECK(refused.error().errc() == st::Errc::quota_reached);
  CHECK(refused.error().kind() == st::ErrorKind::rate_limited);
  CHECK(refused.error().details().retry_after == 1224s);
  CHECK(patient.script->sent().size() == 1);
  patient.clock->advance(1224s);
  CHECK(patient.send("wildberries.cards_list", "content").value().status == 429);
}

TEST_CASE("the gate spaces requests out before the vendor has to, and waits no longer than it may") {
  Chain chain;
  chain.script->always("x", 200, "{}");
  CHECK(chain.send("wildberries.wb_warehouses", "analytics"));
  CHECK(chain.send("wildberries.wb_warehouses", "analytics"));
  CHECK(chain.passed() == 20s);
  CHECK(chain.send("wildberries.wb_warehouses", "analytics", {.timeout = 5s}).error().errc() ==
        st::Errc::quota_reached);
  CHECK(chain.passed() == 20s);
  for (int i = 0; i < 25; ++i) CHECK(chain.send("wildberries.seller_stock", "marketplace"));
  CHECK(chain.passed() == 20s + 5 * 200ms);
}

TEST_CASE("retries and limits together hold a caller no longer than max_wait") {
  Chain chain;
  chain.script->always("x", 503, "", {{"Retry-After", "20"}});
  CHECK(chain.send().value().status == 503);
  CHECK(chain.script->sent().size() == 2);
  CHECK(chain.passed() <= 30s);
}

namespace {

// Accepts, and says nothing: what a transport makes of that, on virtual time.
class SilentPeer final : public st::HttpTransport {
 public:
  SilentPeer(std::shared_ptr<st::testing::ManualClock> clock, st::Duration idle_timeout)
      : clock_(std::move(clock)), idle_timeout_(idle_timeout) {}
  st::Result<st::HttpResponse> send(const st::HttpRequest&, const st::CallContext& context) override {
    STK_TRY(context.check(clock_->now()));
    began.push_back(clock_->now());
    const bool in_time = clock_->now() + idle_timeout_ < context.deadline;
    clock_->advance_to(in_time ? clock_->now() + idle_timeout_ : context.deadline);
    if (!in_time) return st::Errc::deadline_exceeded;
    return st::Error(st::Errc::connection_lost, "nothing was received").may_retry();
  }
  std::vector<st::Instant> began;

 private:
  const std::shared_ptr<st::testing::ManualClock> clock_;
  const st::Duration idle_timeout_;
};

struct SilentChain {
  explicit SilentChain(st::Duration idle_timeout) : peer(std::make_shared<SilentPeer>(chain.clock, idle_timeout)) {
    transport = st::HttpPolicies::over(chain.policies, peer);
  }
  st::Result<st::HttpResponse> send(st::Duration timeout, st::Idempotency idempotency = st::Idempotency::safe) {
    st::HttpRequest request;
    request.url = "https://example.test/x";
    request.operation = "op";
    request.idempotency = idempotency;
    return transport->send(request, {.timeout = timeout});
  }
  Chain chain;
  std::shared_ptr<SilentPeer> peer;
  std::shared_ptr<st::HttpTransport> transport;
};

}  // namespace

TEST_CASE("a silent peer is asked again within the deadline, and never beyond it") {
  SilentChain in_share(10s);
  const auto cut = in_share.send(15s);
  CHECK(cut.error().errc() == st::Errc::deadline_exceeded);
  CHECK(in_share.peer->began.size() == 2);
  CHECK(in_share.chain.passed() == 15s);

  SilentChain long_share(10s);
  CHECK(long_share.send(10min).error().errc() == st::Errc::connection_lost);
  CHECK(long_share.peer->began.size() == 3);
  CHECK(long_share.chain.passed() < 33s);

  // No time is left for another try after the backoff: the first failure stays the reason.
  SilentChain short_share(10s);
  const auto lost = short_share.send(10s + 1ms);
  CHECK(lost.error().errc() == st::Errc::connection_lost);
  CHECK(lost.error().message() == "nothing was received");
  CHECK(short_share.peer->began.size() == 1);

  SilentChain unsafe(10s);
  CHECK(unsafe.send(10min, st::Idempotency::unsafe).error().errc() == st::Errc::connection_lost);
  CHECK(unsafe.peer->began.size() == 1);
}

TEST_CASE("whatever wait a retry is asked for, it ends before the deadline") {
  for (const auto left : {1ms, 400ms, 900ms, 5s + 0ms, 19s + 0ms, 29s + 0ms}) {
    for (const int attempts : {1, 2}) {
      for (const std::uint64_t random : {0U, 7U, 1U << 30U}) {
        for (const st::Duration asked : {st::Duration(0), st::Duration(10s)}) {
          st::RetryCase so_far;
          so_far.attempts = attempts;
          so_far.status = 503;
          so_far.asked_wait = asked;
          so_far.now = st::Instant::from_seconds(1'000);
          so_far.deadline = so_far.now + left;
          so_far.random = random;
          const auto decision = st::decide_retry({}, so_far);
          CHECK((decision.verdict == st::RetryVerdict::too_long || decision.wait < left));
          CHECK((decision.verdict == st::RetryVerdict::too_long) == (decision.verdict != st::RetryVerdict::again));
        }
      }
    }
  }
}

namespace {

// Signs of life, and when they came.
class Signs final : public st::ProgressSink {
 public:
  explicit Signs(std::shared_ptr<st::testing::ManualClock> clock) : clock_(std::move(clock)), last_(clock_->now()) {}
  void report(const st::Progress&) noexcept override {}
  void waiting() noexcept override {
    ++count;
    longest = std::max(longest, clock_->now() - last_);
    last_ = clock_->now();
  }
  // With the silence up to now.
  [[nodiscard]] st::Duration longest_silence() const { return std::max(longest, clock_->now() - last_); }
  int count = 0;
  st::Duration longest{};

 private:
  const std::shared_ptr<st::testing::ManualClock> clock_;
  st::Instant last_;
};

}  // namespace

TEST_CASE("a call that waits for a limit, a retry or its turn shows life at least every five seconds") {
  Chain chain;
  const auto signs = std::make_shared<Signs>(chain.clock);
  st::CallContext context;
  context.progress = signs;
  chain.script->answer("x", 200, "{}").answer("x", 200, "{}");
  CHECK(chain.send("wildberries.wb_warehouses", "analytics", context));
  CHECK(chain.send("wildberries.wb_warehouses", "analytics", context));
  CHECK(chain.passed() == 20s);
  CHECK(signs->count >= 4);
  CHECK(signs->longest_silence() <= 5s);

  chain.script->answer("x", 503, "", {{"Retry-After", "20"}}).answer("x", 200, "{}");
  CHECK(chain.send("wildberries.cards_list", "content", context));
  CHECK(chain.passed() >= 40s);
  CHECK(signs->count >= 8);
  CHECK(signs->longest_silence() <= 5s);

  st::HttpPolicyOptions options;
  options.limits = {};
  options.limits.parallel.push_back({"wildberries", "marketplace", 1});
  Chain turns(options);
  const auto seen = std::make_shared<Signs>(turns.clock);
  context.progress = seen;
  auto quota = turns.policies->quota().quota({"wildberries", "seller", "personal", "marketplace"}, "op");
  st::QuotaSlot held;
  REQUIRE(quota.enter(turns.clock->now(), 20s, held).granted);
  turns.script->answer("x", 200, "{}");
  CHECK(turns.send("op", "marketplace", context));
  CHECK(turns.passed() >= 20s);
  CHECK(seen->count >= 4);
  CHECK(seen->count <= 10);
  CHECK(seen->longest_silence() <= 5s);
}

TEST_CASE("a 4xx of the marketplace category is charged ten times") {
  Chain chain;
  chain.script->answer("x", 400, "").always("x", 200, "{}");
  CHECK(chain.send().value().status == 400);
  for (int i = 0; i < 10; ++i) CHECK(chain.send());
  CHECK(chain.passed() == 0s);
  CHECK(chain.send());
  CHECK(chain.passed() == 200ms);
}

TEST_CASE("an unsent request spends nothing") {
  Chain chain({.retry = {.max_attempts = 1}});
  chain.script->fail("x", st::Error(st::Errc::connect_failed)).always("x", 200, "{}");
  CHECK_FALSE(chain.send("wildberries.wb_warehouses", "analytics"));
  CHECK(chain.send("wildberries.wb_warehouses", "analytics"));
  CHECK(chain.passed() == 0s);
}

namespace {

// A memory on a server that comes and goes.
class Faraway final : public st::QuotaMemory {
 public:
  st::Result<std::shared_ptr<st::QuotaBlock>> block(std::string_view) override { return block_; }
  void away(bool is) { block_->away = is; }

 private:
  struct Block final : st::QuotaBlock {
    st::Result<void> with(st::Instant now, Use use) noexcept override {
      if (away) return st::Error(st::Errc::store_unreachable);
      use(now, words);
      return st::success();
    }
    bool away = false;
    std::array<std::int64_t, st::QuotaMemory::kCells> words{};
  };
  std::shared_ptr<Block> block_ = std::make_shared<Block>();
};

}  // namespace

TEST_CASE("while shared limits cannot be asked nothing is sent, and no answer is forgotten") {
  const auto memory = std::make_shared<Faraway>();
  Chain chain(memory);
  memory->away(true);
  chain.script->always("x", 200, "{}");
  const auto refused = chain.send();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().errc() == st::Errc::store_unreachable);
  CHECK(refused.error().retryable());
  CHECK(chain.script->sent().empty());
  memory->away(false);
  CHECK(chain.send());
  // Away just when the answer comes: what it says counts as soon as the memory is back.
  auto quota = chain.policies->quota().quota({"wildberries", "seller", "personal", "content"}, "op");
  REQUIRE(quota.take(chain.clock->now(), 1).granted);
  memory->away(true);
  quota.answered(chain.clock->now(), {.headers = {.retry = 600s}, .throttled = true});
  CHECK_FALSE(quota.take(chain.clock->now(), 1).asked);
  memory->away(false);
  const auto verdict = quota.take(chain.clock->now(), 1);
  CHECK_FALSE(verdict.granted);
  CHECK(verdict.wait == 600s);
}

TEST_CASE("no more requests are under way than may be at once, across all senders") {
  st::HttpPolicyOptions options;
  options.limits = {};
  options.limits.parallel.push_back({"wildberries", "marketplace", 2});
  Chain chain(options);
  // Each gives its place back, answered or not.
  for (int n = 0; n < 3; ++n) {
    chain.script->fail("x", st::Error(st::Errc::connection_lost));
    CHECK(chain.send("op", "marketplace", {}, st::Idempotency::unsafe).error().errc() == st::Errc::connection_lost);
  }
  chain.script->always("x", 200, "{}");
  for (int n = 0; n < 10; ++n) CHECK(chain.send());
  // Two of another process are under way.
  auto quota = chain.policies->quota().quota({"wildberries", "seller", "personal", "marketplace"}, "op");
  std::array<st::QuotaSlot, 2> held;
  for (auto& place : held) REQUIRE(quota.enter(chain.clock->now(), 10s, place).granted);
  const auto sent = chain.script->sent().size();
  const st::Instant before = chain.clock->now();
  CHECK(chain.send());  // waits until the first lease is over
  CHECK(chain.clock->now() - before >= 10s);
  CHECK(chain.script->sent().size() == sent + 1);
  for (auto& place : held) REQUIRE(quota.enter(chain.clock->now(), 10min, place).granted);
  const auto refused = chain.send();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().errc() == st::Errc::quota_reached);
  CHECK(chain.script->sent().size() == sent + 1);
  st::CallContext stopped;
  stopped.deadline = chain.clock->now() + 1s;
  const auto late = chain.send("wildberries.seller_stock", "marketplace", stopped);
  CHECK(late.error().errc() == st::Errc::deadline_exceeded);
  CHECK(late.error().message().find("under way") != std::string::npos);
  CHECK(chain.clock->now() == stopped.deadline);
}

TEST_CASE("a request that is refused identically is stopped, and the error has the reason") {
  Chain chain;
  chain.script->always("x", 403, "");
  for (int i = 0; i < 5; ++i) CHECK(chain.send("wildberries.cards_list", "content").value().status == 403);
  const auto open = chain.send("wildberries.cards_list", "content");
  CHECK(open.error().errc() == st::Errc::breaker_open);
  REQUIRE(open.error().details().cause);
  CHECK(open.error().details().cause->errc() == st::Errc::vendor_forbidden);
  CHECK(open.error().details().retry_after == 10min);
  CHECK(chain.script->sent().size() == 5);
  // Other credentials are another request.
  CHECK(chain.send("wildberries.cards_list", "content", {}, st::Idempotency::safe, "t-other"));
  chain.clock->advance(10min);
  CHECK(chain.send("wildberries.cards_list", "content").value().status == 403);
}

TEST_CASE("an outage is not answered by a multiple of the usual load") {
  Chain chain({.breaker = {.failures = 1'000}});
  chain.script->always("x", 503, "");
  constexpr int kCalls = 200;
  for (int i = 0; i < kCalls; ++i) {
    (void)chain.send("wildberries.seller_stock", "other");
    chain.clock->advance(10s);
  }
  CHECK(chain.script->sent().size() < kCalls + 25);
}

TEST_CASE("a stop request ends a wait of the gate, and gives the place back") {
  Chain chain;
  chain.script->always("x", 200, "{}");
  CHECK(chain.send("wildberries.wb_warehouses", "analytics"));
  std::stop_source source;
  source.request_stop();
  st::CallContext context;
  context.stop = source.get_token();
  CHECK(chain.send("wildberries.wb_warehouses", "analytics", context).error().errc() == st::Errc::cancelled);
  CHECK(chain.policies->quota().status(chain.clock->now())[3].wait == 20s);
}

TEST_CASE("events name operation, outcome, attempt and request id, and no secret, address or body") {
  Chain chain;
  chain.script->answer("x", 503, "body-canary").answer("x", 200, "body-canary");
  st::CallContext context;
  context.request_id = "r-17";
  CHECK(chain.send("wildberries.cards_list", "content", context));
  const std::string& text = chain.telemetry->text;
  CHECK(text.find("http.exchange") != std::string::npos);
  CHECK(text.find("operation=wildberries.cards_list outcome=503") != std::string::npos);
  CHECK(text.find("outcome=200") != std::string::npos);
  CHECK(text.find("attempt=2") != std::string::npos);
  CHECK(text.find("request_id=r-17") != std::string::npos);
  for (const char* canary : {"canary", "secretish", "example.test"}) CHECK(text.find(canary) == std::string::npos);
}
