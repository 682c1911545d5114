// Requests to marketplaces: bodies, limits, deadlines, the reported time.
#include "marketplace/vendor_calls.hpp"

#include <stocktracker/testing/manual_clock.hpp>
#include <stocktracker/testing/scripted_transport.hpp>

#include <map>

#include "marketplace/position_rows.hpp"
#include "marketplace/remembered.hpp"
#include "tests/support/catch.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

constexpr st::VendorErrors kErrors{.vendor = "stall"};

class Memory final : public st::AccountMemory {
 public:
  st::Result<std::string> get(std::string_view name, const st::CallContext&) override {
    return texts[std::string(name)];
  }
  st::Result<void> set(std::string_view name, std::string_view value, const st::CallContext&) override {
    texts[std::string(name)] = value;
    return st::success();
  }
  std::map<std::string, std::string> texts;
};

struct Calls {
  std::shared_ptr<st::testing::ManualClock> clock = std::make_shared<st::testing::ManualClock>();
  std::shared_ptr<st::testing::ScriptedTransport> script = std::make_shared<st::testing::ScriptedTransport>();
  std::shared_ptr<Memory> memory = std::make_shared<Memory>();
  st::VendorCalls calls{{script, clock, std::make_shared<st::Telemetry>(), memory}, kErrors};

  st::Result<st::HttpResponse> get(const st::CallContext& context = {}) const {
    return calls.send(st::vendor_request(st::HttpMethod::get, "https://stall.example/x", "stall.x", "stall", "all"),
                      context);
  }
};

class Signature final : public st::Authorizer {
 public:
  st::Result<void> authorize(st::HttpRequest& request, st::Instant) override {
    request.secret_headers.push_back({"X-Key", st::Secret::copy_of("k")});
    return st::success();
  }
};

}  // namespace

TEST_CASE("a request is sent as JSON where it has a body, and names the limits that it spends") {
  const auto get = st::vendor_request(st::HttpMethod::get, "https://a/x", "v.get", "v", "goods");
  CHECK(get.body.empty());
  CHECK(get.headers.size() == 1);
  const auto post = st::vendor_request(st::HttpMethod::post, "https://a/x", "v.post", "v", "goods", "{}");
  CHECK(post.headers.size() == 2);
  CHECK(post.operation == "v.post");
  CHECK(post.quota.vendor == "v");
  CHECK(post.quota.category == "goods");
  CHECK(post.idempotency == st::Idempotency::safe);
}

TEST_CASE("nothing is sent after the deadline or a stop request, and the error names the operation") {
  Calls made;
  made.script->always("x", 200, "{}");
  st::CallContext late;
  late.deadline = made.clock->now();
  const auto passed = made.get(late);
  CHECK(passed.error().errc() == st::Errc::deadline_exceeded);
  CHECK(passed.error().details().operation == "stall.x");
  std::stop_source source;
  source.request_stop();
  st::CallContext stopped;
  stopped.stop = source.get_token();
  CHECK(made.get(stopped).error().errc() == st::Errc::cancelled);
  CHECK(made.script->sent().empty());
  CHECK(made.get());
}

TEST_CASE("the reported time is the latest of all answers, refusals too, and never goes back") {
  Calls made;
  CHECK_FALSE(made.calls.reported_time());
  made.script->answer("x", 200, "{}").answer("x", 200, "{}", {{"Date", "Sun, 06 Nov 1994 08:49:37 GMT"}});
  REQUIRE(made.get());
  CHECK_FALSE(made.calls.reported_time());
  REQUIRE(made.get());
  CHECK(made.calls.reported_time() == st::Instant::from_seconds(784'111'777));
  made.script->answer("x", 200, "{}", {{"Date", "Sun, 06 Nov 1994 08:49:30 GMT"}})
      .answer("x", 503, "{}", {{"Date", "Sun, 06 Nov 1994 08:50:00 GMT"}})
      .answer("x", 200, "{}", {{"Date", "nonsense"}});
  REQUIRE(made.get());
  CHECK(made.calls.reported_time() == st::Instant::from_seconds(784'111'777));
  CHECK_FALSE(made.get());
  CHECK(made.calls.reported_time() == st::Instant::from_seconds(784'111'800));
  REQUIRE(made.get());
  CHECK(made.calls.reported_time() == st::Instant::from_seconds(784'111'800));
}

TEST_CASE("a reported time is believed for a week ahead of ours, and no further") {
  // What an answer covers ends at it: a date of the next century would leave a period that is never read.
  Calls made;
  made.script->answer("x", 200, "{}", {{"Date", "Sat, 06 Nov 2094 08:49:37 GMT"}});
  REQUIRE(made.get());
  CHECK(made.calls.reported_time() == made.clock->now() + std::chrono::hours(24 * 7));
}

TEST_CASE("a refusal is an error that says how often it was asked, and keeps the vendor's wait") {
  Calls made;
  made.script->answer("x", 429, "{}", {{"Retry-After", "9"}});
  const auto refused = made.get();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().errc() == st::Errc::vendor_throttled);
  CHECK(refused.error().retryable());
  CHECK(refused.error().details().retry_after == std::chrono::seconds(9));
  st::HttpResponse third{503, {}, "{}"};
  third.attempts = 3;
  const auto after = st::check_response(kErrors, {}, third, made.clock->now());
  REQUIRE_FALSE(after);
  CHECK(after.error().details().attempts == 3);
}

namespace {

// Keeps places apart: they count only once the lines before them are stored.
class CommittingMemory final : public st::AccountMemory {
 public:
  st::Result<std::string> get(std::string_view, const st::CallContext&) override { return std::string(); }
  st::Result<void> set(std::string_view, std::string_view, const st::CallContext&) override {
    ++at_once;
    return st::success();
  }
  st::Result<void> set_on_commit(std::string_view, std::string_view value, const st::CallContext&) override {
    place = value;
    return st::success();
  }
  int at_once = 0;
  std::string place;
};

}  // namespace

TEST_CASE("a place in the list of orders is kept with the lines before it, never before them") {
  Calls made;
  const auto memory = std::make_shared<CommittingMemory>();
  const st::VendorCalls calls({made.script, made.clock, std::make_shared<st::Telemetry>(), memory}, kErrors);
  REQUIRE(calls.remember_place("p", "7", {}));
  CHECK(memory->place == "7");
  CHECK(memory->at_once == 0);
  // A memory that knows no commits keeps it at once.
  REQUIRE(made.calls.remember_place("p", "8", {}));
  CHECK(made.calls.recall("p", {}).value() == "8");
}

TEST_CASE("what a connector remembers is kept where there is a memory, and nowhere else") {
  Calls made;
  CHECK(made.calls.has_memory());
  CHECK(made.calls.recall("a", {}).value().empty());
  REQUIRE(made.calls.remember("a", "1", {}));
  CHECK(made.calls.recall("a", {}).value() == "1");
  const st::VendorCalls forgetful({made.script, made.clock, std::make_shared<st::Telemetry>(), {}}, kErrors);
  CHECK_FALSE(forgetful.has_memory());
  CHECK(forgetful.remember("a", "1", {}));
  CHECK(forgetful.recall("a", {}).value().empty());
}

TEST_CASE("requests over authorised ports are signed, and only there") {
  Calls made;
  made.script->always("x", 200, "{}");
  const auto ports =
      st::authorized(std::make_shared<Signature>(), {made.script, made.clock, std::make_shared<st::Telemetry>(), {}});
  const st::VendorCalls calls(ports, kErrors);
  REQUIRE(
      calls.send(st::vendor_request(st::HttpMethod::get, "https://stall.example/x", "stall.x", "stall", "all"), {}));
  CHECK(made.script->sent().front().secret_header_names == std::vector<std::string>{"X-Key"});
  REQUIRE(made.get());
  CHECK(made.script->sent().back().secret_header_names.empty());
}

TEST_CASE("texts of rows stay where they are while more are added") {
  st::RowTexts texts;
  std::vector<std::string_view> views;
  for (std::int64_t n = 0; n < 1'000; ++n) {
    views.push_back(texts.add(n));
    views.push_back(texts.add("text " + std::to_string(n)));
  }
  views.push_back(texts.add(INT64_MIN));
  for (std::size_t n = 0; n < 1'000; ++n) {
    CHECK(views[2 * n] == std::to_string(n));
    CHECK(views[2 * n + 1] == "text " + std::to_string(n));
  }
  CHECK(views.back() == "-9223372036854775808");
}

TEST_CASE("a remembered value lives as long as it is used, whatever replaces it") {
  st::Remembered<std::string> value;
  CHECK(value.get() == nullptr);
  const auto first = value.set("first");
  value.set("second");
  CHECK(*first == "first");
  CHECK(*value.get() == "second");
}

TEST_CASE("each position has one row, however often its page border is repeated") {
  st::PositionRows rows;
  const auto add = [&](std::string_view offer, std::uint32_t warehouse, std::int64_t units) {
    const std::size_t row = rows.find(offer, warehouse);
    st::StockCells& columns = rows.columns();
    if (row == columns.rows()) {
      columns.offer.push(offer);
      columns.warehouse.push_back(warehouse);
      columns.on_hand.push_back(units);
      return true;
    }
    columns.on_hand[row] = units;
    return false;
  };
  for (int n = 0; n < 2'000; ++n)
    CHECK(add("o" + std::to_string(n % 700), static_cast<std::uint32_t>(n / 700 % 2), n) == (n < 1'400));
  CHECK(rows.columns().rows() == 1'400);
  CHECK(add("o1", 7, 1));
}
