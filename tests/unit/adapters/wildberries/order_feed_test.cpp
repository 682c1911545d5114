// The order feed over several calls: interruptions, snapshots, and what an answer covers.
#include "tests/unit/adapters/wildberries/reading.hpp"

namespace st = stocktracker;
using namespace reading;
using namespace std::chrono_literals;

namespace {

st::Instant at(std::string_view text) { return st::parse_rfc3339(text).value(); }

std::string line(const std::string& srid, const std::string& status = "created",
                 const std::string& updated = "2026-11-20T00:00:00Z") {
  return R"({"nmId":1,"chrtId":1,"srid":")" + srid + R"(","createdAt":"2026-11-19T00:00:00Z","isMp":true,"status":")" +
         status + R"(","updatedAt":")" + updated + R"("})";
}
std::string feed(const std::string& lines, const std::string& snapshot = "2026-11-21T22:00:00Z") {
  return R"({"data":{"snapshotTime":")" + snapshot + R"(","currency":"RUB","orders":[)" + lines + "]}}";
}

// Five lines, two a page; a request takes a minute, as the method's limit has it.
struct SlowFeed {
  Account account;
  std::string snapshot = "2026-11-21T22:00:00Z";
  int refusals = 0;  // of pages that name a snapshot
  st::wildberries::Options options{.orders_per_page = 2};

  SlowFeed() {
    account.transport->answer = [this](const st::HttpRequest& request) {
      account.clock->advance(1min);
      const bool later = request.body.find("snapshotTime") != std::string::npos;
      if (later && refusals > 0) {
        --refusals;
        return st::HttpResponse{400, {}, R"({"title":"Invalid request body","detail":"snapshotTime"})"};
      }
      const auto offset = std::stoul(request.body.substr(request.body.find("offset\":") + 8));
      std::string lines;
      for (std::size_t n = offset; n < std::min<std::size_t>(5, offset + 2); ++n) {
        lines += (lines.empty() ? "" : ",") + line(std::string(1, static_cast<char>('a' + n)));
      }
      return st::HttpResponse{200, {}, feed(lines, snapshot)};
    };
  }
  st::Result<st::OrderCoverage> read(Collect& sink, std::optional<st::Duration> timeout = {},
                                     st::Instant since = at("2026-11-20T00:00:00Z")) {
    st::CallContext context;
    if (timeout) context.deadline = account.clock->now() + *timeout;
    return account.connector(options)->fetch_orders({since}, sink, context);
  }
  [[nodiscard]] std::string last_request() const { return account.transport->bodies.back(); }
  [[nodiscard]] std::size_t requests() const { return account.transport->bodies.size(); }
};

}  // namespace

TEST_CASE("C33: a feed that time interrupts goes on where it was, with the same snapshot") {
  SlowFeed slow;
  Collect first;
  const auto interrupted = slow.read(first, 90s);
  REQUIRE_FALSE(interrupted);
  CHECK(interrupted.error().errc() == st::Errc::deadline_exceeded);
  CHECK(first.seen == std::vector<std::string>{"a placed", "b placed", "c placed", "d placed"});
  Collect second;
  const auto covered = slow.read(second, 90s);
  REQUIRE(covered);
  CHECK(second.seen == std::vector<std::string>{"e placed"});
  CHECK(slow.requests() == 3);
  CHECK(
      slow.last_request() ==
      R"({"selectedPeriod":{"start":"2026-11-19T23:00:00Z"},"pagination":{"snapshotTime":"2026-11-21T22:00:00Z","offset":4,"limit":2}})");
  CHECK(covered.value().from == at("2026-11-19T23:00:00Z"));
  CHECK(covered.value().until == at("2026-11-21T22:00:00Z"));
  // What was remembered is forgotten: the next call asks for a new snapshot.
  CHECK(slow.account.memory->kept["order_feed"].empty());
  Collect third;
  REQUIRE(slow.read(third));
  CHECK(third.seen.size() == 5);
}

TEST_CASE("a feed goes on at the next call only after errors of which what came is kept") {
  struct Case {
    st::Result<st::HttpResponse> answer;
    bool goes_on;
  };
  for (const Case& one : {Case{st::HttpResponse{429, {}, "{}"}, true}, Case{st::HttpResponse{503, {}, "{}"}, true},
                          Case{st::Error(st::Errc::connect_failed), true}, Case{st::Error(st::Errc::cancelled), false},
                          Case{st::HttpResponse{403, {}, "{}"}, false}, Case{st::HttpResponse{200, {}, "no"}, false}}) {
    SlowFeed slow;
    const auto usual = slow.account.transport->answer;
    slow.account.transport->answer = [&](const st::HttpRequest& request) {
      return slow.requests() == 2 ? one.answer : usual(request);
    };
    Collect sink;
    const auto first = slow.read(sink);
    REQUIRE_FALSE(first);
    CAPTURE(first.error().text());
    sink.seen.clear();
    REQUIRE(slow.read(sink));
    CHECK(sink.seen.size() == (one.goes_on ? 3U : 5U));
  }
  // A stop leaves what was remembered before as it was: its own page is not kept.
  SlowFeed slow;
  Collect sink;
  REQUIRE_FALSE(slow.read(sink, 30s));
  const auto usual = slow.account.transport->answer;
  slow.account.transport->answer = [&](const st::HttpRequest& request) {
    return slow.requests() == 3 ? st::Result<st::HttpResponse>(st::Errc::cancelled) : usual(request);
  };
  REQUIRE_FALSE(slow.read(sink));
  sink.seen.clear();
  REQUIRE(slow.read(sink));
  CHECK(sink.seen == std::vector<std::string>{"c placed", "d placed", "e placed"});
}

TEST_CASE("a feed starts over where the snapshot is too old, where more is asked for, and where it is gone") {
  for (const auto* const why : {"old", "earlier", "refused", "another", "clock", "broken"}) {
    CAPTURE(why);
    SlowFeed slow;
    Collect sink;
    REQUIRE_FALSE(slow.read(sink, 30s));
    sink.seen.clear();
    st::Instant since = at("2026-11-20T00:00:00Z");
    const std::string reason = why;
    if (reason == "old") slow.account.clock->advance(31min);
    if (reason == "earlier") since = at("2026-11-18T00:00:00Z");
    if (reason == "refused") slow.refusals = 1;
    if (reason == "another") slow.snapshot = "2026-11-21T22:30:00Z";
    if (reason == "clock") slow.account.clock->step_back(1h);
    if (reason == "broken") slow.account.memory->kept["order_feed"] = "12 x";
    REQUIRE(slow.read(sink, {}, since));
    CHECK(sink.seen.size() == 5);
    CHECK(sink.seen.back() == "e placed");
  }
  // A snapshot that is refused although the feed has just begun is the marketplace's word.
  SlowFeed slow;
  slow.refusals = 1'000;
  Collect sink;
  CHECK(slow.read(sink).error().errc() == st::Errc::vendor_rejected);
  CHECK(slow.account.memory->kept["order_feed"].empty());
  // A place that was refused is not tried again: the method allows one request a minute.
  SlowFeed again;
  REQUIRE_FALSE(again.read(sink, 30s));
  REQUIRE_FALSE(again.account.memory->kept["order_feed"].empty());
  again.account.transport->answer = [](const st::HttpRequest&) { return st::HttpResponse{400, {}, "{}"}; };
  CHECK(again.read(sink).error().errc() == st::Errc::vendor_rejected);
  CHECK(again.account.memory->kept["order_feed"].empty());
}

TEST_CASE("what the feed covers ends at what the marketplace has reported, never at our own clock") {
  struct Case {
    std::string body;
    std::vector<st::HttpHeader> headers;
    std::string until;
  };
  const st::HttpHeader date{"Date", "Sat, 21 Nov 2026 22:10:00 GMT"};
  std::string unnamed = feed(line("a", "buyout", "2026-11-20T05:00:00Z") + "," + line("b"));
  unnamed.replace(unnamed.find("2026-11-21T22:00:00Z"), 20, "");
  for (const Case& one :
       {Case{feed(line("a")), {date}, "2026-11-21T22:00:00Z"}, Case{feed(line("a")), {}, "2026-11-21T22:00:00Z"},
        Case{feed(line("a"), "2026-11-22T10:00:00Z"), {date}, "2026-11-21T22:10:00Z"},
        Case{unnamed, {date}, "2026-11-21T22:10:00Z"}, Case{unnamed, {}, "2026-11-20T05:00:00Z"}}) {
    CAPTURE(one.body);
    Account account;
    account.clock->advance(24h);  // ahead of the marketplace
    account.transport->answer = [&](const st::HttpRequest&) { return st::HttpResponse{200, one.headers, one.body}; };
    Collect sink;
    const auto covered = account.connector()->fetch_orders({at("2026-11-20T00:00:00Z")}, sink, {});
    REQUIRE(covered);
    CHECK(st::to_rfc3339(covered.value().until) == one.until);
    CHECK(covered.value().from <= covered.value().until);
  }
}

TEST_CASE("a feed without a snapshot that goes on is refused: its pages would not belong together") {
  Account account;
  account.answers({R"({"data":{"currency":"RUB","orders":[)" + line("a") + "]}}"});
  Collect sink;
  const auto ended = account.connector({.orders_per_page = 1})->fetch_orders({}, sink, {});
  REQUIRE_FALSE(ended);
  CHECK(ended.error().errc() == st::Errc::vendor_schema);
  CHECK(ended.error().details().field == "data.snapshotTime");
}

TEST_CASE("every documented status of the feed is known") {
  Account account;
  account.answers({feed(line("a", "created") + "," + line("b", "buyout") + "," + line("c", "cancel") + "," +
                        line("d", "return") + "," + line("e", "returnDefective") + "," + line("f", "newer"))});
  Collect sink;
  REQUIRE(account.connector()->fetch_orders({}, sink, {}));
  CHECK(sink.seen ==
        std::vector<std::string>{"a placed", "b delivered", "c cancelled", "d returned", "e returned", "f unknown"});
  CHECK(st::wildberries::capabilities().order_changes_timed);
  CHECK_FALSE(st::wildberries::capabilities().orders_by_period);
  CHECK_FALSE(st::wildberries::capabilities().orders_complete);
}

TEST_CASE("an order that was cancelled and is alive again comes with its later time, and so does a return taken back") {
  class Changes final : public st::OrderSink {
   public:
    st::Result<void> lines(std::span<const st::OrderLineRow> page) override {
      for (const auto& row : page) {
        seen.push_back(std::string(row.key) + " " + st::to_string(row.status) + " " + st::to_rfc3339(row.changed_at));
      }
      return st::success();
    }
    void restart() override {}
    std::vector<std::string> seen;
  };
  Account account;
  account.answers(
      {feed(line("a", "cancel", "2026-11-20T10:00:00Z") + "," + line("b", "return", "2026-11-20T10:00:00Z")),
       feed(line("a", "created", "2026-11-20T12:00:00Z") + "," + line("b", "buyout", "2026-11-20T12:00:00Z"))});
  Changes sink;
  const auto connector = account.connector();
  REQUIRE(connector->fetch_orders({}, sink, {}));
  REQUIRE(connector->fetch_orders({}, sink, {}));
  CHECK(sink.seen == std::vector<std::string>{"a cancelled 2026-11-20T10:00:00Z", "b returned 2026-11-20T10:00:00Z",
                                              "a placed 2026-11-20T12:00:00Z", "b delivered 2026-11-20T12:00:00Z"});
}
