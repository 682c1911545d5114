// Each part that a program brings throws, and each kind of value: the error says whose part it was and what it said, no
// lease is left, and the next run works.
#include <atomic>
#include <filesystem>
#include <stdexcept>

#include <stocktracker/adapters/openssl.hpp>
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/ports/audit_sink.hpp>

#include "tests/support/bazaar.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

// What throws now: a name of a part, and what it throws.
struct Fuse {
  std::string part;
  bool number = false;
  std::atomic<int> thrown = 0;

  void pass(const std::string& name) {
    if (part != name) return;
    ++thrown;
    if (number) throw 7;
    throw std::runtime_error("a fault of " + name);
  }
  [[nodiscard]] std::string said() const {
    return number ? "something that is no std::exception" : "a fault of " + part;
  }
};

struct FusedTransport final : st::HttpTransport {
  explicit FusedTransport(Fuse& given) : fuse(given) {}
  st::Result<st::HttpResponse> send(const st::HttpRequest&, const st::CallContext&) override {
    fuse.pass("the HTTP transport");
    st::HttpResponse response;
    response.status = 200;
    return response;
  }
  Fuse& fuse;
};

struct FusedKeys final : st::KeyProvider {
  FusedKeys(Fuse& given, std::shared_ptr<st::KeyProvider> behind) : fuse(given), next(std::move(behind)) {}
  st::Result<st::SealingKey> current() override {
    fuse.pass("the key provider");
    return next->current();
  }
  st::Result<st::SealingKey> find(std::string_view id) override {
    fuse.pass("the key provider");
    return next->find(id);
  }
  Fuse& fuse;
  std::shared_ptr<st::KeyProvider> next;
};

struct FusedClock final : st::Clock {
  FusedClock(Fuse& given, std::shared_ptr<st::Clock> behind) : fuse(given), next(std::move(behind)) {}
  st::Instant now() const override {
    fuse.pass("the clock");
    return next->now();
  }
  st::Result<void> wait_until(st::Instant at, std::stop_token stop) override {
    fuse.pass("the clock");
    return next->wait_until(at, std::move(stop));
  }
  Fuse& fuse;
  std::shared_ptr<st::Clock> next;
};

struct FusedTelemetry final : st::Telemetry {
  explicit FusedTelemetry(Fuse& given) : fuse(given) {}
  void log(const st::LogEvent& event) override {
    fuse.pass("telemetry");
    if (event.name == "audit.failed") audits.emplace_back(event.fields[1].value);
  }
  void count(std::string_view, std::int64_t, std::span<const st::MetricLabel>) override { fuse.pass("telemetry"); }
  void observe(std::string_view, st::Duration, std::span<const st::MetricLabel>) override { fuse.pass("telemetry"); }
  Fuse& fuse;
  std::vector<std::string> audits;
};

struct FusedAudit final : st::AuditSink {
  explicit FusedAudit(Fuse& given) : fuse(given) {}
  void record(const st::AuditEvent&) override { fuse.pass("the audit sink"); }
  Fuse& fuse;
};

struct FusedProgress final : st::ProgressSink {
  explicit FusedProgress(Fuse& given) : fuse(given) {}
  void report(const st::Progress&) override { fuse.pass("the progress sink"); }
  Fuse& fuse;
};

// A shop all of whose parts have the fuse.
struct FusedShop {
  FusedShop() {
    bazaar.list({"A"});
    bazaar.stock[""] = [this](const st::StockQuery&, st::StockSink& sink,
                              const st::CallContext& within) -> st::Result<void> {
      STK_TRY(bazaar.transport->send({.url = "https://api.shop.example/stock"}, within));
      fuse.pass("the connector's fetch_stock");
      return sink.rows(Bazaar::page("M", st::WarehouseKind::marketplace, {{"A", units}}));
    };
    engine = st::open({.path = ":memory:",
                       .keys = std::make_shared<FusedKeys>(
                           fuse, st::make_key_file({.path = folder.file("shop.key"), .create = true}).value()),
                       .transport = std::make_shared<FusedTransport>(fuse),
                       .clock = std::make_shared<FusedClock>(fuse, bazaar.clock),
                       .executor = st::make_inline_executor(),
                       .telemetry = telemetry,
                       .connectors = {std::make_shared<BazaarFactory>(bazaar)},
                       .audit = std::make_shared<FusedAudit>(fuse)})
                 .value();
    st::Credentials credentials;
    credentials.channel = Bazaar::kChannel;
    credentials.parts.push_back({"key", st::Secret::copy_of("k")});
    account = engine->accounts().connect(std::move(credentials)).value().id;
    context.progress = std::make_shared<FusedProgress>(fuse);
  }
  st::Result<st::SyncRun> run() { return engine->sync().run(account, {}, context); }
  [[nodiscard]] std::int64_t on_hand() const { return engine->stock().total(account).value().on_hand.units(); }

  TempFolder folder;
  Fuse fuse;
  Bazaar bazaar;
  std::int64_t units = 1;
  std::shared_ptr<FusedTelemetry> telemetry = std::make_shared<FusedTelemetry>(fuse);
  std::optional<st::Engine> engine;
  st::AccountId account;
  st::CallContext context;
};

enum class Hurts { source, call, nothing };

}  // namespace

TEST_CASE("whatever part of the program throws, and whatever it throws, the run says it and the next one works") {
  struct Case {
    const char* part;
    Hurts hurts;
  };
  for (const Case& one :
       {Case{"the connector's fetch_stock", Hurts::source}, Case{"the HTTP transport", Hurts::source},
        Case{"the key provider", Hurts::call}, Case{"the clock", Hurts::call}, Case{"the progress sink", Hurts::call},
        Case{"telemetry", Hurts::nothing}, Case{"the audit sink", Hurts::nothing}}) {
    for (const bool number : {false, true}) {
      CAPTURE(one.part, number);
      FusedShop shop;
      REQUIRE(shop.run().value().state == st::RunState::ok);
      shop.bazaar.clock->advance(1h);
      shop.units = 2;
      shop.fuse.number = number;
      shop.fuse.part = one.part;
      const std::string message = std::string(one.part) + " threw: " + shop.fuse.said();
      const auto run = shop.run();
      if (one.hurts == Hurts::call) {
        REQUIRE_FALSE(run);
        CHECK(run.error().errc() == st::Errc::internal);
        CHECK(run.error().message() == message);
      } else {
        REQUIRE(run);
        const auto& fbo = Stall::source(run.value(), "fbo");
        CHECK(fbo.state == (one.hurts == Hurts::source ? st::SourceState::failed : st::SourceState::ok));
        if (one.hurts == Hurts::source) {
          REQUIRE(fbo.error);
          CHECK(fbo.error->errc() == st::Errc::internal);
          CHECK(fbo.error->message() == message);
        }
      }
      if (one.part == std::string("the audit sink")) {
        CHECK(shop.engine->accounts().rename(shop.account, "west"));
        CHECK(shop.telemetry->audits == std::vector<std::string>{message});
      }
      CHECK(shop.fuse.thrown > 0);
      shop.fuse.part.clear();
      CHECK(shop.on_hand() == (one.hurts == Hurts::nothing ? 2 : 1));
      shop.bazaar.clock->advance(1h);
      shop.units = 3;
      const auto next = shop.run();
      REQUIRE(next);
      CHECK(next.value().state == st::RunState::ok);
      CHECK(shop.on_hand() == 3);
      CHECK(shop.engine->ledger().verify().value().broken == 0);
    }
  }
}

TEST_CASE("a clock that throws in the middle of a call ends its waits with what it said") {
  Bazaar bazaar;
  struct Late final : st::Clock {
    st::Instant now() const override {
      if (waited) throw std::runtime_error("no time");
      return st::Instant::from_seconds(1'795'300'000);
    }
    st::Result<void> wait_until(st::Instant, std::stop_token) override {
      if (waited.exchange(true)) return st::Errc::cancelled;  // the wait before should have been the last one
      return st::success();
    }
    std::atomic<bool> waited = false;
  };
  const auto engine =
      st::open({.path = ":memory:", .clock = std::make_shared<Late>(), .executor = st::make_inline_executor()}).value();
  const auto events = engine.events().after(0, {.wait = 1h});
  REQUIRE_FALSE(events);
  CHECK(events.error().errc() == st::Errc::internal);
  CHECK(events.error().message() == "the clock threw: no time");
}

TEST_CASE("an engine is not opened with a clock that throws") {
  const TempFolder folder;
  Fuse fuse;
  fuse.part = "the clock";
  const auto opened =
      st::open({.path = folder.file("shop.db"), .clock = std::make_shared<FusedClock>(fuse, st::make_system_clock())});
  REQUIRE_FALSE(opened);
  CHECK(opened.error().details().message == "the clock threw: " + fuse.said());
  CHECK_FALSE(std::filesystem::exists(folder.file("shop.db")));
}
